import { AckPolicy, DiscardPolicy, type JetStreamClient, JetStreamApiCodes, JetStreamApiError, type JetStreamManager, RetentionPolicy, StorageType, type StreamConfig } from '@nats-io/jetstream'
import { type KV, Kvm } from '@nats-io/kv'
import { nanos } from '@nats-io/nats-core'
import { CASES, EVENTS, QUEUE, REVIEWERS } from './names.ts'

/** A reviewer who is silent this long loses the case to the next one. */
export const ACK_WAIT = 60_000
/** A report or decision that is sent twice within this time is kept once by the server; later, by whoever reads the record. */
const REPEATS = 60 * 60_000

/** Finds the team's streams, or makes them where that is allowed, and opens the bucket. */
export async function openStreams(js: JetStreamClient, jsm: JetStreamManager, replicas: number, ackWait: number): Promise<KV> {
  await findOrAdd(jsm, { name: EVENTS, subjects: ['mingcha.events.>'], num_replicas: replicas, duplicate_window: nanos(REPEATS) })
  await findOrAdd(jsm, {
    name: QUEUE,
    subjects: ['mingcha.queue.*'],
    num_replicas: replicas,
    retention: RetentionPolicy.Workqueue,
    // A case that waits already is not queued again, however long ago it came.
    max_msgs_per_subject: 1,
    discard: DiscardPolicy.New,
    discard_new_per_subject: true,
    duplicate_window: nanos(REPEATS),
  })
  if (await missing(() => jsm.consumers.info(QUEUE, REVIEWERS), JetStreamApiCodes.ConsumerNotFound)) {
    await jsm.consumers.add(QUEUE, { durable_name: REVIEWERS, ack_policy: AckPolicy.Explicit, ack_wait: nanos(ackWait), max_deliver: -1, max_ack_pending: 10_000 })
  }
  const kvm = new Kvm(js)
  // Read from the leader: a case that was just decided must not be handed out from an older copy.
  if (await missing(() => jsm.streams.info(`KV_${CASES}`), JetStreamApiCodes.StreamNotFound)) await kvm.create(CASES, { replicas, history: 1, allow_direct: false })
  return kvm.open(CASES, { allow_direct: false })
}

async function findOrAdd(jsm: JetStreamManager, config: Partial<StreamConfig> & { name: string }): Promise<void> {
  if (await missing(() => jsm.streams.info(config.name), JetStreamApiCodes.StreamNotFound)) await jsm.streams.add({ ...config, storage: StorageType.File })
}

async function missing(look: () => Promise<unknown>, code: number): Promise<boolean> {
  try {
    await look()
    return false
  } catch (cause) {
    if (cause instanceof JetStreamApiError && cause.code === code) return true
    throw cause
  }
}
