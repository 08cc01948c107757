/** npm run worker: posts of a JetStream in, verdicts of the shipped model out; any number of workers share a backlog. */
import { setTimeout as delay } from 'node:timers/promises'
import { type Consumer, type ConsumerMessages, jetstream, JetStreamApiCodes, JetStreamApiError, type JsMsg } from '@nats-io/jetstream'
import { errors, type NatsConnection } from '@nats-io/transport-node'
import { ACK_WAIT, type BacklogOptions, deadLetterOf, type IncomingPost, openBacklog, postOf, SILENT_TRIES, SUBJECTS, TRIES } from './backlog.ts'
import { command, countOf, UsageError } from './command.ts'
import { connectTo, PASSWORD } from './connect.ts'
import { printed } from './model.ts'
import { Pool } from './pool.ts'
import { Progress } from './progress.ts'

const HELP = `
用法  npm run worker -- --server URL --stream posts
Usage npm run worker -- --server URL --stream posts

从 NATS JetStream 取帖子（主题 ${SUBJECTS.posts}，JSON {"id","text"}），用随附模型判断，把判定发到 ${SUBJECTS.verdicts}（与 classify 的输出相同），
发出后才确认；${TRIES} 次仍不成的连同原因发到 ${SUBJECTS.dead}。缺少的流会自动建立。可在任意多台机器上启动任意多个。
Takes posts from NATS JetStream (subject ${SUBJECTS.posts}, JSON {"id","text"}), judges them with the shipped model, publishes
verdicts on ${SUBJECTS.verdicts} (as classify prints them) and acknowledges after that; what fails ${TRIES} times goes to
${SUBJECTS.dead} with the reason. Creates missing streams. Start any number, on any number of machines.
SIGTERM、SIGINT：做完手上的再退出 · finishes what it holds, then ends.

--server URL           nats://HOST:4222 或 or tls://HOST:4222；集群用逗号分隔 · several with commas
--stream NAME          存放 ${SUBJECTS.posts} 的流 · the stream that holds ${SUBJECTS.posts}
--threads N            线程数，默认 1 · threads, 1 unless given
--max-ack-pending N    所有 worker 一共可持有的未确认帖子，默认 2048 · posts that all workers together may hold, 2048 unless given
--replicas N           新建的流的副本数，默认集群 3、单机 1 · copies of created streams, 3 in a cluster, 1 on a single server
--user NAME            用户，密码在环境变量 ${PASSWORD} · user, the password in ${PASSWORD}
--creds FILE           JWT 凭据文件 · credentials file
--ca FILE              自签证书的 CA（PEM） · authority of the servers' certificate
`

/** Posts judged in one go; see AT_ONCE of classify. */
const AT_ONCE = 16
/** How long SIGTERM waits for servers that are away before it leaves the rest to other workers. */
const DRAIN = 15_000

interface Asked {
  msg: JsMsg
  post: IncomingPost
}

class Judging {
  readonly #nc: NatsConnection
  readonly #js: ReturnType<typeof jetstream>
  readonly #pool: Pool
  readonly #progress: Progress
  readonly #held = new Set<JsMsg>()
  readonly #gone = new AbortController()
  #told = 0

  constructor(nc: NatsConnection, pool: Pool, progress: Progress) {
    this.#nc = nc
    this.#js = jetstream(nc)
    this.#pool = pool
    this.#progress = progress
  }

  /** Judges what comes until `messages` is closed; returns when everything taken was answered or given back. */
  async run(messages: ConsumerMessages, stopping: AbortSignal): Promise<void> {
    const alive = setInterval(() => this.#held.forEach((msg) => msg.working()), ACK_WAIT / 3)
    const open = new Set<Promise<void>>()
    let batch: JsMsg[] = []
    const flush = () => {
      if (batch.length === 0) return
      const judged = this.#batch(batch).finally(() => open.delete(judged))
      open.add(judged)
      batch = []
    }
    try {
      for await (const msg of messages) {
        if (stopping.aborted) {
          msg.nak()
          continue
        }
        this.#held.add(msg)
        batch.push(msg)
        this.#progress.total = this.#progress.done + this.#held.size + msg.info.pending
        if (batch.length === AT_ONCE) flush()
        // What has arrived is taken together; nothing waits for more to come.
        else if (batch.length === 1) setImmediate(flush)
        if (open.size > 2 * this.#pool.size) await Promise.race(open)
      }
      flush()
      const late = setTimeout(() => this.#gone.abort(), DRAIN)
      await Promise.all(open)
      clearTimeout(late)
    } finally {
      clearInterval(alive)
    }
  }

  async #batch(batch: JsMsg[]): Promise<void> {
    const asked: Asked[] = []
    const alone: Asked[] = []
    const answers: Promise<void>[] = []
    for (const msg of batch) {
      if (msg.info.deliveryCount > SILENT_TRIES) {
        answers.push(this.#bury(msg, `${SILENT_TRIES} deliveries ended without an answer: each ended its worker or took longer than it may be held`))
        continue
      }
      try {
        // One that ends its worker must not take its neighbours with it each time.
        const list = msg.info.deliveryCount > TRIES ? alone : asked
        list.push({ msg, post: postOf(msg.data) })
      } catch (cause) {
        answers.push(this.#fail(msg, (cause as Error).message))
      }
    }
    answers.push(this.#judge(asked))
    await Promise.all(answers)
    for (const one of alone) await this.#judge([one])
  }

  async #judge(asked: Asked[]): Promise<void> {
    if (asked.length === 0) return
    try {
      const verdicts = await this.#pool.classify(asked.map(({ post }) => post.text))
      await Promise.all(
        asked.map(async ({ msg, post: { id, text } }, index) => {
          await this.#answer(msg, SUBJECTS.verdicts, { id, ...printed(verdicts[index]!, text) }, id)
        }),
      )
    } catch (cause) {
      // One text must not cost its neighbours a try.
      if (asked.length > 1) for (const one of asked) await this.#judge([one])
      else await this.#fail(asked[0]!.msg, (cause as Error).message)
    }
  }

  async #fail(msg: JsMsg, reason: string): Promise<void> {
    const tries = msg.info.deliveryCount
    if (tries >= TRIES) return this.#bury(msg, reason)
    this.#held.delete(msg)
    msg.nak(100 * 2 ** tries)
  }

  #bury(msg: JsMsg, reason: string): Promise<void> {
    return this.#answer(msg, SUBJECTS.dead, deadLetterOf(msg, reason), `${msg.info.stream}:${msg.seq}`)
  }

  /** Publishes until the server has stored it, then acknowledges. Servers that are away cost the post no try. */
  async #answer(msg: JsMsg, subject: string, value: unknown, id: string): Promise<void> {
    const body = JSON.stringify(value)
    for (let tries = 0; ; tries++) {
      try {
        await this.#js.publish(subject, body, { msgID: id, timeout: 5_000 })
        msg.ack()
        this.#progress.done++
        break
      } catch (cause) {
        if (this.#gone.signal.aborted || this.#nc.isClosed()) break
        if (Date.now() - this.#told > 10_000) {
          this.#told = Date.now()
          console.error(`发不到 ${subject}，继续重试：${(cause as Error).message} Cannot publish, trying on.`)
        }
        await delay(Math.min(5_000, 100 * 2 ** tries), undefined, { signal: this.#gone.signal }).catch(() => undefined)
      }
    }
    this.#held.delete(msg)
  }
}

async function tellStatus(nc: NatsConnection): Promise<void> {
  for await (const status of nc.status()) {
    if (status.type === 'disconnect') console.error(`与 ${status.server} 的连接断了，正在重连。 Connection lost, reconnecting.`)
    if (status.type === 'reconnect') console.error(`已连上 ${status.server}。 Connected again.`)
    if (status.type === 'error') console.error(`NATS：${status.error.message}`)
  }
}

/** Servers that restart or choose a leader give no answer, or 503; asked again they may. */
const isPassing = (cause: unknown): boolean =>
  cause instanceof errors.TimeoutError || cause instanceof errors.RequestError || cause instanceof errors.ConnectionError || (cause instanceof JetStreamApiError && cause.status === 503)

/** Opens the streams however long the servers take; undefined when `stopping` comes first. */
async function opened(nc: NatsConnection, options: BacklogOptions, stopping: AbortSignal): Promise<{ consumer: Consumer; waiting: number } | undefined> {
  for (let tries = 0; !stopping.aborted; tries++) {
    try {
      const consumer = await openBacklog(nc, options)
      return { consumer, waiting: (await consumer.info()).num_pending }
    } catch (cause) {
      if (stopping.aborted) break
      if (!isPassing(cause) || nc.isClosed()) throw explained(cause)
      console.error(`JetStream 还没有应答，继续重试：${(cause as Error).message} JetStream does not answer yet, trying on.`)
      await delay(Math.min(5_000, 100 * 2 ** tries), undefined, { signal: stopping }).catch(() => undefined)
    }
  }
  return undefined
}

/** Explains what the servers answered while the streams were looked up or created. */
function explained(cause: unknown): unknown {
  if (!(cause instanceof Error)) return cause
  if (cause.name === 'JetStreamNotEnabled' || (cause instanceof JetStreamApiError && cause.code === JetStreamApiCodes.JetStreamNotEnabledForAccount)) {
    return new Error('服务器没有开启 JetStream：在配置里加 jetstream {}，或用 nats-server -js 启动。 JetStream is off: add jetstream {} to the configuration, or start nats-server -js.')
  }
  if (cause instanceof JetStreamApiError) {
    return new Error(`JetStream：${cause.message}。集群少于三台时用 --replicas 1；已有同名的流或消费者时先查看它们的设置。 With fewer than three servers use --replicas 1; where a stream or consumer exists already, look at its settings.`)
  }
  return cause
}

await command(
  HELP,
  {
    server: { type: 'string' },
    stream: { type: 'string' },
    threads: { type: 'string' },
    'max-ack-pending': { type: 'string' },
    replicas: { type: 'string' },
    user: { type: 'string' },
    creds: { type: 'string' },
    ca: { type: 'string' },
  },
  async ({ server, stream, user, creds, ca, ...given }) => {
    if (!server) throw new UsageError('缺少 --server。 No --server given.')
    if (!stream || !/^[\w-]{1,64}$/.test(stream)) throw new UsageError('缺少 --stream，或它不只含字母、数字、_ 和 -。 --stream is missing, or has other than letters, digits, _ and -.')
    const threads = countOf('threads', given.threads) ?? 1
    const maxAckPending = countOf('max-ack-pending', given['max-ack-pending']) ?? 2_048
    const replicas = countOf('replicas', given.replicas)

    const nc = await connectTo({ server, user, creds, ca }, 'mingcha worker')
    const stopping = new AbortController()
    const stop = () => stopping.abort()
    process.once('SIGTERM', stop).once('SIGINT', stop)
    void tellStatus(nc)
    const pool = new Pool(threads)
    const progress = new Progress()
    try {
      // A model that cannot be loaded must not cost any post a try.
      await pool.classify(['预热'])
      const backlog = await opened(nc, { stream, maxAckPending, replicas: replicas ?? (nc.info?.cluster ? 3 : 1) }, stopping.signal)
      if (backlog) {
        console.error(`就绪：${nc.getServer()}，${backlog.waiting} 条待判。 Ready: ${backlog.waiting} posts wait.`)
        const messages = await backlog.consumer.consume({ max_messages: Math.min(maxAckPending, 4 * AT_ONCE * threads), expires: 10_000 })
        const close = () => void messages.close()
        if (stopping.signal.aborted) close()
        else stopping.signal.addEventListener('abort', close, { once: true })
        await new Judging(nc, pool, progress).run(messages, stopping.signal)
      }
      if (!stopping.signal.aborted) throw new Error('连接已被服务器关闭。 The server closed the connection for good.')
    } finally {
      progress.end()
      await Promise.race([nc.drain().catch(() => undefined), delay(5_000)])
      await nc.close()
      await pool.dispose()
    }
    console.error(`已退出，共判断 ${progress.done} 条。 Ended after ${progress.done} posts.`)
  },
)
