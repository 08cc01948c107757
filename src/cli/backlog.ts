import { AckPolicy, type Consumer, type ConsumerConfig, type JetStreamManager, jetstream, JetStreamApiCodes, JetStreamApiError, type JsMsg, jetstreamManager, RetentionPolicy, StorageType } from '@nats-io/jetstream'
import { nanos, type NatsConnection } from '@nats-io/transport-node'
import { UsageError } from './command.ts'

/** Where posts come in as JSON `{"id", "text"}`, verdicts go out, and posts go that cannot be judged. */
export const SUBJECTS = { posts: 'posts.in', verdicts: 'verdicts.out', dead: 'posts.dead' } as const
/** Tries of one post before it becomes a dead letter. */
export const TRIES = 5
/** Deliveries that ended without a word before a post is buried unread: servers and workers that died bring about most of them. */
export const SILENT_TRIES = 20
/** A post that is held this long without a sign of life goes to another worker. */
export const ACK_WAIT = 30_000
/** A verdict that comes twice within this time is kept once. The server keeps the ids of this time in memory. */
const REPEATS = 10 * 60_000
const CONSUMER = 'workers'
const LONGEST_ID = 512

export interface BacklogOptions {
  /** Name of the stream that holds the posts. */
  stream: string
  /** Copies of each stream that is created. */
  replicas: number
  /** Posts that all workers together may hold unanswered. */
  maxAckPending: number
}

/** Finds or creates the three streams and the consumer that all workers share. */
export async function openBacklog(nc: NatsConnection, { stream, replicas, maxAckPending }: BacklogOptions): Promise<Consumer> {
  const jsm = await jetstreamManager(nc)
  const found = await findOrAdd(jsm, SUBJECTS.posts, { name: stream, retention: RetentionPolicy.Workqueue, num_replicas: replicas })
  if (found !== stream) {
    throw new UsageError(`${SUBJECTS.posts} 属于流 ${found}：请用 --stream ${found}。 ${SUBJECTS.posts} belongs to the stream ${found}: use --stream ${found}.`)
  }
  await findOrAdd(jsm, SUBJECTS.verdicts, { name: 'verdicts', num_replicas: replicas, duplicate_window: nanos(REPEATS) })
  await findOrAdd(jsm, SUBJECTS.dead, { name: `${stream}-dead`, num_replicas: replicas })
  const config: Partial<ConsumerConfig> = {
    durable_name: CONSUMER,
    filter_subject: SUBJECTS.posts,
    ack_policy: AckPolicy.Explicit,
    ack_wait: nanos(ACK_WAIT),
    // The worker counts the tries, since it also writes the dead letter: the server would only fall silent.
    max_deliver: -1,
    max_ack_pending: maxAckPending,
  }
  await jsm.consumers.add(stream, config)
  return jetstream(nc).consumers.get(stream, CONSUMER)
}

async function findOrAdd(jsm: JetStreamManager, subject: string, config: { name: string; num_replicas: number; retention?: RetentionPolicy; duplicate_window?: number }): Promise<string> {
  try {
    return await jsm.streams.find(subject)
  } catch (cause) {
    if (!(cause instanceof JetStreamApiError && cause.code === JetStreamApiCodes.StreamNotFound)) throw cause
  }
  await jsm.streams.add({ ...config, subjects: [subject], storage: StorageType.File })
  return config.name
}

export interface IncomingPost {
  id: string
  text: string
}

/** @throws {Error} what is wrong with the message, for the dead letter */
export function postOf(data: Uint8Array): IncomingPost {
  let value: unknown
  try {
    value = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(data))
  } catch (cause) {
    throw new Error(`not JSON in UTF-8: ${(cause as Error).message}`, { cause })
  }
  const { id, text } = (value ?? {}) as Record<string, unknown>
  // The id becomes a header.
  if (typeof id !== 'string' || id === '' || id.length > LONGEST_ID || /\p{Cc}/u.test(id)) {
    throw new Error(`"id" must be a string of 1 to ${LONGEST_ID} characters without control characters`)
  }
  if (typeof text !== 'string') throw new Error('"text" must be a string')
  return { id, text }
}

/** A dead letter: why, after how many tries, and the message as it came, as far as it is UTF-8. */
export function deadLetterOf(msg: JsMsg, reason: string): { reason: string; tries: number; sequence: number; message: string } {
  // Twice the length that is read of a post, so that a letter stays well below the server's limit.
  return { reason, tries: Math.min(msg.info.deliveryCount, SILENT_TRIES), sequence: msg.seq, message: new TextDecoder().decode(msg.data).slice(0, 20_000) }
}
