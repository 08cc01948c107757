import { type Check, DECISIONS, flag, isObject, isPost, isVerdict, listOf, number, oneOf, optional, practiceOrNull, shape, SHORT, text, URL_LIMIT } from './checks.ts'
import { type Capture, type Choice, type Decision, LEFT, MOST_CUTTINGS, type Post, type Practice, TEXT_LIMIT, type Verdict } from './types.ts'

/**
 * Every message that crosses a border of the extension: name → (request) => reply.
 * Who answers is in {@link ANSWERED_BY}; what may arrive is in {@link CHECKS}.
 *
 *   page ── content ──judge, report, decide──▶ background ──classify──▶ engine
 *   popup ──tabState, show, decided──▶ content      popup, review ──report, decide, engineState──▶ background
 */
export interface Messages {
  /** Judges posts and keeps the flagged and unsure ones; replies in the same order. */
  judge(request: { posts: Post[]; pageUrl: string }): { judgements: Judgement[]; storeProblem?: string }
  /** A person's report of one post; replies with the receipt. Repeating it changes nothing. */
  report(request: { post: Post; pageUrl: string; verdict: Verdict; category: Practice | null; note: string }): { receipt: string }
  /** Takes a report back; what was reported stays in the case's history. */
  withdraw(request: { key: string }): void
  /** Notes that a reported case was handed to a destination of src/advice/router, with the receiver's receipt. */
  hand(request: { key: string; to: string; receipt: string }): void
  /**
   * Keeps what a page shows of a post now, on a person's click. From a content script it is about the sender's own tab.
   * `screenshot` says whether the browser gave one: it does after a click on the toolbar button alone.
   */
  preserve(request: { key: string; tabId?: number }): { screenshot: boolean }
  /** A person's decision on cases, all or none; `open` takes it back. From a tab it is about one case. */
  decide(request: { choices: Choice[] }): void
  /** Judges one text that a person pasted; nothing is kept. */
  check(request: { text: string }): Verdict
  /** The settings that hold here, as src/store/settings reads them: a content script does not get at the organisation's policy. */
  settings(request: Record<string, never>): unknown
  /** What an update says of the sites' usual pages, as src/sites/norms has it; undefined without one. */
  norms(request: Record<string, never>): unknown
  /** Sends what waits for the organisation's endpoint and is due; replies when it has begun. */
  deliver(request: Record<string, never>): void
  /** What this tab shows in the toolbar badge. */
  badge(request: Badge): void
  /** State of the engine, without loading it. */
  engineState(request: Record<string, never>): EngineState
  /** Loads the engine ahead of the first post, where it is not there. */
  engineWake(request: Record<string, never>): void
  /** Loads the engine again: after a failure, or with another model. */
  engineRetry(request: Record<string, never>): EngineState

  /** Texts → verdicts, in order; loads the model when it is not there. */
  classify(request: { texts: string[] }): Verdict[]
  /** State of the engine that is running, for the background. */
  engineStatus(request: Record<string, never>): EngineState
  /** Ends the engine's worker, so that the next message starts afresh. */
  engineEnd(request: Record<string, never>): void

  /** What the content script of a tab knows now. */
  tabState(request: Record<string, never>): TabState
  /** Scrolls to a post of this tab and opens its reasons; false when it is no longer on the page. */
  show(request: { key: string }): boolean
  /** What the page shows of a post now, scrolled into view and framed for a screenshot; null when it is no longer there. */
  capture(request: { key: string }): Capture | null
  /** Takes the frame away again. */
  captured(request: Record<string, never>): void
  /** Tells a tab that a case was decided or reported elsewhere. */
  decided(request: { key: string; decision: Decision; reported: boolean }): void
}
export type MessageName = keyof Messages
export type Request<N extends MessageName> = Parameters<Messages[N]>[0]
export type Reply<N extends MessageName> = ReturnType<Messages[N]>

export type Party = 'background' | 'engine' | 'tab'
export const ANSWERED_BY = {
  judge: 'background',
  report: 'background',
  withdraw: 'background',
  hand: 'background',
  preserve: 'background',
  decide: 'background',
  check: 'background',
  settings: 'background',
  norms: 'background',
  deliver: 'background',
  badge: 'background',
  engineState: 'background',
  engineWake: 'background',
  engineRetry: 'background',
  classify: 'engine',
  engineStatus: 'engine',
  engineEnd: 'engine',
  tabState: 'tab',
  show: 'tab',
  capture: 'tab',
  captured: 'tab',
  decided: 'tab',
} as const satisfies Record<MessageName, Party>
export type NamesOf<P extends Party> = { [N in MessageName]: (typeof ANSWERED_BY)[N] extends P ? N : never }[MessageName]

/** Handlers of one side: leaving one out does not compile. */
export type Handlers<P extends Party> = {
  [N in NamesOf<P>]: (request: Request<N>, from: Sender) => Reply<N> | Promise<Reply<N>>
}
export interface Sender {
  tabId?: number
  /** The message comes from one of our own pages, not from a content script. */
  ownPage: boolean
}

/** A verdict and what is already known of the same post on this machine. */
export interface Judgement {
  verdict: Verdict
  decision: Decision
  reported: boolean
}

export interface EngineState {
  state: 'idle' | 'loading' | 'ready' | 'failed'
  /** Model version when ready. */
  model?: string
  /** Why the model that was taken by an update is not the one that runs: the runtime's own words. */
  fellBack?: string
  /** Key of the message catalogue that says why it failed, and the runtime's own words. */
  reason?: string
  detail?: string
}

export interface Badge {
  state: 'off' | 'loading' | 'on' | 'attention'
  flagged: number
}

/** One flagged or unsure post of a tab. */
export interface TabItem extends Judgement {
  key: string
  post: Post
  /** Its mark can be jumped to. */
  onPage: boolean
}

export interface TabState {
  /** Id of the adapter in charge. */
  platform: string
  enabled: boolean
  /** Different posts and comments read since the page was opened, and those still waiting for a verdict. */
  read: number
  pending: number
  notJudged: number
  /** Why the latest post could not be judged: a key of the catalogue. */
  notJudgedReason?: string
  /** Why flagged posts could not be kept: a key of the catalogue. */
  storeProblem?: string
  /** The page should hold posts, yet the adapter finds none. */
  blind: boolean
  /** The site's form is new to its adapter and the generic reader took over: a report of it without a word of the page. */
  newForm?: string
  /** The adapter reads on, but some of what the page shows may be missing: such a report. */
  partly?: string
  /** Flagged and unsure, in the order they were read. */
  items: TabItem[]
  pageUrl: string
}

/** What an extension page that follows along live gets over the port {@link LIVE_PORT}. */
export const LIVE_PORT = 'live'
export interface LiveJudgement extends Judgement {
  tabId: number
  post: Post
}

/** Most posts in one request. */
export const BATCH_LIMIT = 64
/** Most cases in one decision: a family, however large. */
const CHOICES_LIMIT = 100_000
/** Of an inert document, see evidence/inert.ts. */
const CAPTURE_LIMIT = 600_000
const nothing: Check = isObject

const box = { x: number, y: number, width: number, height: number }
const isCutting = shape({ address: text(URL_LIMIT), box: shape(box), partly: flag, left: optional(oneOf(LEFT)) })
/** What a content script says of its page, before it is kept; no page hands over pixels. */
export const isCapture: Check = shape({
  key: text(300),
  at: number,
  timeZone: text(100),
  url: text(URL_LIMIT),
  title: text(SHORT),
  post: isPost,
  verdict: isVerdict,
  html: text(CAPTURE_LIMIT),
  cut: flag,
  text: text(TEXT_LIMIT + SHORT),
  pictures: listOf(text(URL_LIMIT), 100),
  box: shape(box),
  viewport: shape({ width: number, height: number, scale: number }),
  userAgent: text(SHORT * 2),
  language: text(100),
  software: text(100),
  source: oneOf(['live', 'saved']),
  cuttings: listOf((value) => isCutting(value) && !Object.hasOwn(value as object, 'shown'), MOST_CUTTINGS),
  moreCuttings: optional(flag),
})

/** Whether a request may be handed to its handler: shape and size, since a page may sit behind the sender. */
export const CHECKS: { [N in MessageName]: Check } = {
  judge: shape({ posts: listOf(isPost, BATCH_LIMIT), pageUrl: text(URL_LIMIT) }),
  report: shape({ post: isPost, pageUrl: text(URL_LIMIT), verdict: isVerdict, category: practiceOrNull, note: text(2_000) }),
  withdraw: shape({ key: text(300) }),
  hand: shape({ key: text(300), to: text(20), receipt: text(200) }),
  preserve: shape({ key: text(300), tabId: optional(number) }),
  decide: shape({ choices: listOf(shape({ key: text(300), decision: oneOf(DECISIONS) }), CHOICES_LIMIT) }),
  check: shape({ text: text(TEXT_LIMIT + SHORT) }),
  settings: nothing,
  norms: nothing,
  deliver: nothing,
  badge: shape({ state: oneOf(['off', 'loading', 'on', 'attention']), flagged: number }),
  engineState: nothing,
  engineWake: nothing,
  engineRetry: nothing,
  classify: shape({ texts: listOf(text(TEXT_LIMIT + SHORT), BATCH_LIMIT) }),
  engineStatus: nothing,
  engineEnd: nothing,
  tabState: nothing,
  show: shape({ key: text(300) }),
  capture: shape({ key: text(300) }),
  captured: nothing,
  decided: shape({ key: text(300), decision: oneOf(DECISIONS), reported: flag }),
}
