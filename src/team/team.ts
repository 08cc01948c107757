import { AckPolicy, type Consumer, DeliverPolicy, JetStreamApiCodes, JetStreamApiError, type JetStreamClient, type JetStreamManager, jetstream, jetstreamManager, type JsMsg } from '@nats-io/jetstream'
import type { KV } from '@nats-io/kv'
import { credsAuthenticator, errors, type NatsConnection, wsconnect } from '@nats-io/nats-core'
import { type CloudEvent, cloudEvent, cloudEventOf, DECIDED, REPORTED, reportedData, type ReportedData } from '../cloudevent.ts'
import type { Case, Decision } from '../types.ts'
import { deedsOf } from './exchange.ts'
import { Local, type Recorded } from './local.ts'
import { EVENTS, eventSubject, QUEUE, queueSubject, REVIEWERS, sourceOf, tokenOf } from './names.ts'
import { checkTeamOptions, type TeamOptions } from './options.ts'
import { type CaseState, caseStateOf, checkedEvent, standing, withEvent } from './state.ts'
import { ACK_WAIT, openStreams } from './streams.ts'

export interface TeamStatus {
  link: 'connecting' | 'connected' | 'away' | 'refused'
  /** What the server or the network said, for `away` and `refused`. */
  why: string
  /** Reports and decisions made here that the team does not have yet. */
  waiting: number
}

/** A case in this reviewer's hands. It is theirs until decided or released, or until they fall silent. */
export interface Handed {
  key: string
  event: CloudEvent<ReportedData>
  /** Kept on this machine when the promise resolves; sent when the link allows. */
  decide(decision: Decision): Promise<void>
  /** Gives the case to the next reviewer. */
  release(): void
}

interface Link {
  nc: NatsConnection
  js: JetStreamClient
  jsm: JetStreamManager
  reviewers: Consumer
  cases: KV
}

/** Entries of the outbox that are sent at once. */
const AT_ONCE = 64
/** Between attempts to connect or to send, in milliseconds; doubled each time. */
const [FIRST_PAUSE, LONGEST_PAUSE] = [500, 5_000]

/** A team's queue over NATS JetStream. Whatever a person does is first kept on this machine, and sent when the link is there. */
export class Team {
  readonly #options: TeamOptions
  readonly #local: Local
  readonly #closed = new AbortController()
  readonly #onStatus: (status: TeamStatus) => void
  #status: TeamStatus = { link: 'connecting', why: '', waiting: 0 }
  #link: Link | undefined
  #linked = deferred<Link>()
  #flushing: Promise<void> | undefined
  /** What ends a case in hand when the team has a decision of it, by key. */
  readonly #ending = new Map<string, () => void>()
  readonly #held = new Set<() => void>()
  readonly #running: Promise<void>

  /** Connects at once, and again whenever the link is lost. */
  constructor(options: TeamOptions, onStatus: (status: TeamStatus) => void = () => undefined, local = new Local()) {
    checkTeamOptions(options)
    this.#options = options
    this.#local = local
    this.#onStatus = onStatus
    this.#running = this.#run()
  }

  get status(): TeamStatus {
    return this.#status
  }

  /** Tells the team what this person did of a case since it was last told; both are on this machine when the promise resolves. */
  async tell(one: Case, since: number): Promise<void> {
    const done = deedsOf(one, since)
    const told = await this.#local.told(one.key)
    if (done.length <= told) return
    const source = sourceOf(this.#options.person)
    const events = done.slice(told).map(({ what, at }) =>
      what === 'reported'
        ? cloudEvent(REPORTED, source, crypto.randomUUID(), one.key, at, reportedData(one))
        : cloudEvent(DECIDED, source, crypto.randomUUID(), one.key, at, { key: one.key, decision: what as Decision }))
    await this.#local.add(events, { key: one.key, count: done.length })
    this.#set({ waiting: this.#status.waiting + events.length })
    this.#flush()
  }

  /** Puts a case before the team. */
  async report(one: Case): Promise<void> {
    await this.#add(cloudEvent(REPORTED, sourceOf(this.#options.person), crypto.randomUUID(), one.key, Date.now(), reportedData(one)))
  }

  /** Says what this person holds of a case, whether it was handed to them or not. */
  async decide(key: string, decision: Decision): Promise<void> {
    await this.#add(cloudEvent(DECIDED, sourceOf(this.#options.person), crypto.randomUUID(), key, Date.now(), { key, decision }))
  }

  /** The next case that nobody has, or undefined when there is none within `wait` milliseconds. Rejects while the link is away. */
  async take(wait = 5_000): Promise<Handed | undefined> {
    if (!this.#link) throw new Error(`the link is ${this.#status.link}`)
    const { reviewers, cases } = this.#link
    for (;;) {
      const msg = await reviewers.next({ expires: wait })
      if (!msg) return undefined
      let event: CloudEvent
      try {
        event = checkedEvent(cloudEventOf(msg.json()))
        if (event.type !== REPORTED) throw new Error('not a report')
      } catch {
        msg.term()
        continue
      }
      try {
        // The same case may be queued again: reported anew, or handed back after its decision was on the way.
        if (standing(await stateOf(cases, await tokenOf(event.subject))) !== 'open') {
          msg.ack()
          continue
        }
      } catch (cause) {
        msg.nak()
        throw cause
      }
      return this.#hand(msg, event as CloudEvent<ReportedData>)
    }
  }

  /** States of all cases and then each change, until aborted; all states again after the link was lost. */
  watch(changed: (state: CaseState) => void, signal: AbortSignal): Promise<void> {
    return this.#onEachLink(signal, (link, signal) => this.#watch(link, changed, signal))
  }

  /** Reads the record on from where this browser stopped, days ago perhaps, until aborted; `changed` gets the keys of each portion kept. */
  follow(changed: (keys: string[]) => void, signal: AbortSignal): Promise<void> {
    return this.#onEachLink(signal, (link, signal) => this.#follow(link, changed, signal))
  }

  async #onEachLink(signal: AbortSignal, work: (link: Link, signal: AbortSignal) => Promise<void>): Promise<void> {
    const ending = AbortSignal.any([signal, this.#closed.signal])
    const ended = new Promise<undefined>((resolve) => ending.addEventListener('abort', () => resolve(undefined), { once: true }))
    while (!ending.aborted) {
      const link = await Promise.race([this.#linked.promise, ended])
      if (!link) return
      // What fails with a lost link is begun again with the next.
      await work(link, ending).catch((cause: unknown) => this.#set({ why: (cause as Error).message }))
      await sleep(FIRST_PAUSE, ending)
    }
  }

  async #watch({ cases }: Link, changed: (state: CaseState) => void, signal: AbortSignal): Promise<void> {
    const entries = await cases.watch()
    signal.addEventListener('abort', () => entries.stop(), { once: true })
    for await (const entry of entries) {
      if (signal.aborted) return
      try {
        changed(caseStateOf(entry.json()))
      } catch { /* not written by this program */ }
    }
  }

  async #follow({ js, jsm }: Link, changed: (keys: string[]) => void, signal: AbortSignal): Promise<void> {
    const name = `history-${await this.#local.installation()}`
    try {
      await jsm.consumers.info(EVENTS, name)
    } catch (cause) {
      if (!(cause instanceof JetStreamApiError && cause.code === JetStreamApiCodes.ConsumerNotFound)) throw cause
      await jsm.consumers.add(EVENTS, { durable_name: name, ack_policy: AckPolicy.Explicit, deliver_policy: DeliverPolicy.All, max_ack_pending: 2_000 })
    }
    const messages = await (await js.consumers.get(EVENTS, name)).consume({ max_messages: 500, expires: 10_000 })
    signal.addEventListener('abort', () => void messages.close(), { once: true })
    let batch: { msg: JsMsg; recorded: Recorded }[] = []
    for await (const msg of messages) {
      if (signal.aborted) return
      try {
        const event = checkedEvent(cloudEventOf(msg.json()))
        // The server lets each login publish under its own name alone; an event that claims another name is nobody's.
        if (event.source === sourceOf(msg.subject.split('.')[3] ?? '')) batch.push({ msg, recorded: { seq: msg.seq, subject: event.subject, event } })
        else msg.term()
      } catch {
        msg.term()
      }
      if (batch.length < 250 && messages.getPending() > 0) continue
      await this.#local.keep(batch.map(({ recorded }) => recorded))
      batch.forEach(({ msg }) => msg.ack())
      if (batch.length > 0) changed([...new Set(batch.map(({ recorded }) => recorded.subject))])
      batch = []
    }
  }

  /** What happened to a case as far as this browser has read, oldest first. */
  history(key: string): Promise<CloudEvent[]> {
    return this.#local.history(key)
  }

  /** Gives back what is in hand and ends the link; what waits in the outbox stays there. */
  async close(): Promise<void> {
    if (this.#closed.signal.aborted) return
    this.#held.forEach((release) => release())
    this.#closed.abort()
    await this.#running
    await this.#flushing
    await this.#local.close()
  }

  #hand(msg: JsMsg, event: CloudEvent<ReportedData>): Handed {
    // Answered over whatever connection there is, not only the one that brought it.
    const { reply } = msg as JsMsg & { reply: string }
    const say = (word: '+ACK' | '-NAK' | '+WPI') => this.#link?.nc.publish(reply, word)
    const alive = setInterval(() => say('+WPI'), (this.#options.ackWait ?? ACK_WAIT) / 3)
    const key = event.subject
    const end = (answer: () => void) => {
      clearInterval(alive)
      this.#ending.delete(key)
      if (this.#held.delete(release)) answer()
    }
    const release = () => end(() => say('-NAK'))
    this.#held.add(release)
    this.#ending.set(key, () => end(() => say('+ACK')))
    return { key, event, release, decide: (decision) => this.decide(key, decision) }
  }

  async #add(...events: CloudEvent[]): Promise<void> {
    await this.#local.add(events)
    this.#set({ waiting: this.#status.waiting + events.length })
    this.#flush()
  }

  #set(change: Partial<TeamStatus>): void {
    this.#status = { ...this.#status, ...change }
    this.#onStatus(this.#status)
  }

  /** Keeps one connection; returns when closed. */
  async #run(): Promise<void> {
    let pause = FIRST_PAUSE
    while (!this.#closed.signal.aborted) {
      let nc: NatsConnection | undefined
      try {
        this.#set({ waiting: await this.#local.waiting() })
        const { servers, person, password, creds, ackWait } = this.#options
        nc = await wsconnect({
          servers: [...servers],
          name: `mingcha ${person}`,
          timeout: 5_000,
          // Only to the servers that the person named, whatever others these tell of.
          ignoreClusterUpdates: true,
          // The loop around this opens a new connection: it also asks again who may log in.
          reconnect: false,
          ...(creds ? { authenticator: credsAuthenticator(new TextEncoder().encode(creds)) } : password ? { user: person, pass: password } : {}),
        })
        if (this.#closed.signal.aborted) break
        const js = jetstream(nc, { timeout: 10_000 })
        const jsm = await jetstreamManager(nc, { timeout: 10_000 })
        const cases = await openStreams(js, jsm, nc.info?.cluster ? 3 : 1, ackWait ?? ACK_WAIT)
        this.#link = { nc, js, jsm, cases, reviewers: await js.consumers.get(QUEUE, REVIEWERS) }
        this.#linked.resolve(this.#link)
        this.#set({ link: 'connected', why: '' })
        pause = FIRST_PAUSE
        this.#flush()
        await this.#stay(nc)
      } catch (cause) {
        const refused = cause instanceof errors.AuthorizationError || cause instanceof errors.UserAuthenticationExpiredError || cause instanceof errors.PermissionViolationError
        this.#set({ link: refused ? 'refused' : 'away', why: (cause as Error).message })
      } finally {
        if (this.#link) this.#linked = deferred()
        this.#link = undefined
        if (nc) await Promise.race([nc.close().catch(() => undefined), sleep(1_000)])
      }
      await sleep(pause, this.#closed.signal)
      pause = Math.min(LONGEST_PAUSE, pause * 2)
    }
  }

  /** Waits until a connection ends or the team is closed. */
  async #stay(nc: NatsConnection): Promise<void> {
    const closing = new Promise<void>((resolve) => this.#closed.signal.addEventListener('abort', () => resolve(), { once: true }))
    const ended = await Promise.race([nc.closed(), closing])
    // Answers to the queue that were given last must leave before the connection does.
    if (this.#closed.signal.aborted) await Promise.race([nc.flush().catch(() => undefined), sleep(1_000)])
    else throw ended instanceof Error ? ended : new Error('the connection was lost')
  }

  /** Sends the outbox; one run at a time, which goes on until it is empty or the link is lost. */
  #flush(): void {
    this.#flushing ??= this.#sendAll().finally(() => {
      this.#flushing = undefined
    })
  }

  async #sendAll(): Promise<void> {
    let pause = FIRST_PAUSE
    while (this.#link && !this.#closed.signal.aborted) {
      const link = this.#link
      const entries = await this.#local.outbox(AT_ONCE)
      if (entries.length === 0) {
        // Counted as waiting after it had left.
        if (this.#status.waiting > 0) this.#set({ waiting: 0 })
        break
      }
      // Entries of one case leave one after the other, in order; where one fails, the later ones wait.
      const byCase = new Map<string, typeof entries>()
      for (const entry of entries) byCase.set(entry.event.subject, [...(byCase.get(entry.event.subject) ?? []), entry])
      const sent: number[] = []
      let failure: Error | undefined
      await Promise.all([...byCase.values()].map(async (ordered) => {
        try {
          for (const { number, event } of ordered) {
            await publish(link, this.#options.person, event)
            sent.push(number)
          }
        } catch (cause) {
          failure = cause as Error
        }
      }))
      await this.#local.sent(sent)
      // Taken from the queue only when the team has the decision.
      for (const { number, event } of entries) if (event.type === DECIDED && sent.includes(number)) this.#ending.get(event.subject)?.()
      this.#set({ waiting: await this.#local.waiting(), ...(failure ? { why: failure.message } : {}) })
      if (!failure) {
        pause = FIRST_PAUSE
        continue
      }
      await sleep(pause, this.#closed.signal)
      pause = Math.min(LONGEST_PAUSE, pause * 2)
    }
  }
}

/** Writes an event to the record, then to the queue and the state. Each step may be repeated without harm. */
async function publish({ js, cases }: Link, person: string, event: CloudEvent): Promise<void> {
  const token = await tokenOf(event.subject)
  const body = JSON.stringify(event)
  await js.publish(eventSubject(event.type === REPORTED ? 'reported' : 'decided', person, token), body, { msgID: `${event.source} ${event.id}` })
  if (event.type === REPORTED) {
    await js.publish(queueSubject(token), body, { msgID: token }).catch((cause: unknown) => {
      if (!(cause instanceof JetStreamApiError && cause.code === WAITS_ALREADY)) throw cause
    })
  }
  for (;;) {
    const entry = await cases.get(token)
    const old = entry?.operation === 'PUT' ? caseStateOf(entry.json()) : undefined
    const next = withEvent(old, event)
    if (old && next === old) return
    try {
      const value = JSON.stringify(next)
      await (entry ? cases.update(token, value, entry.revision) : cases.create(token, value))
      return
    } catch (cause) {
      // Somebody else wrote between: read theirs and add to it.
      if (!isRace(cause)) throw cause
    }
  }
}

/** The server's error for a stream that takes nothing more, here a second message of one case. */
const WAITS_ALREADY = 10_077

const isRace = (cause: unknown): boolean =>
  cause instanceof JetStreamApiError && (cause.code === JetStreamApiCodes.StreamWrongLastSequence || cause.code === JetStreamApiCodes.StreamWrongLastSequenceUnknown)

async function stateOf(cases: KV, token: string): Promise<CaseState | undefined> {
  const entry = await cases.get(token)
  return entry?.operation === 'PUT' ? caseStateOf(entry.json()) : undefined
}

/** Promise.withResolvers, which Node 20 lacks. */
function deferred<T>(): { promise: Promise<T>; resolve(value: T): void } {
  let resolve!: (value: T) => void
  const promise = new Promise<T>((done) => (resolve = done))
  return { promise, resolve }
}

function sleep(milliseconds: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer)
      signal?.removeEventListener('abort', done)
      resolve()
    }
    const timer = setTimeout(done, milliseconds)
    signal?.addEventListener('abort', done, { once: true })
  })
}
