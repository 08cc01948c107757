/** The nouns that every step shares. */

/** The nine practices of models/policy.md, in the model's output order. */
export const PRACTICES = [
  'debt_ad',
  'evasion_tutorial',
  'script_kit',
  'forged_proof',
  'proxy_complaint',
  'debt_bearer',
  'loan_broker',
  'credit_repair',
  'alliance_recruit',
] as const
export type Practice = (typeof PRACTICES)[number]

/** Version of models/policy.md: what a decision or an export was made under. */
export const POLICY = '2026-11-23'

/** `ad` asks for contact, payment or joining; `tutorial` teaches. */
export type Form = 'ad' | 'tutorial'

export type Kind = 'post' | 'comment' | 'quote'

export interface Author {
  name: string
  /** The platform's own id, where the page shows one. */
  id?: string
}

/** One unit that a reader sees: a post, a comment, a reply, or the post quoted inside another. */
export interface Post {
  /** Id of the adapter that read it, such as `weibo`. */
  platform: string
  /** The platform's id, or `h:` and a hash of author and text where the page shows none. */
  id: string
  kind: Kind
  /** Text as a reader sees it: emoji pictures by their alt, line breaks kept, no buttons or counters. */
  text: string
  title?: string
  author: Author
  /** Absolute https address of this unit, or '' where the page shows none. */
  permalink: string
  /** As the page writes it: `3天前`, `2026-11-20 14:05`. */
  publishedText?: string
  /** Id of the post or comment it answers or stands in. */
  parentId?: string
  imageCount?: number
  /** Only a title or a cover text is on the page. */
  titleOnly?: boolean
}

/** UTF-16 offsets [start, end) into the judged text, and how much the words weighed, 0 to 1. */
export interface Span {
  start: number
  end: number
  weight: number
}

export type Band = 'flagged' | 'unsure' | 'clean' | 'not_judged'

/** What the model says of one text. */
export interface Verdict {
  band: Band
  /** Calibrated probability that a moderator would flag the text, 0 to 1; 0 when not judged. */
  score: number
  /** Most likely first; empty unless flagged or unsure. */
  categories: Practice[]
  form: Form | null
  /** The words that decided, best first. */
  evidence: Span[]
  /** Version of the model that judged; '' when none did. */
  model: string
  /** Why there is no judgement: a message key of the catalogue. */
  reason?: string
}

/** What a person decided of a case. `dismissed` is the reader's own "not this". */
export type Decision = 'open' | 'confirmed' | 'wrong' | 'unsure' | 'dismissed'

/** A flagged, unsure or reported post as the store keeps it. Times are epoch milliseconds. */
export interface Case {
  /** `platform:id`, see {@link caseKey}. */
  key: string
  post: Post
  /** Address of the page it was read on, without query and fragment unless they name the post. */
  pageUrl: string
  verdict: Verdict
  firstSeen: number
  lastSeen: number
  decision: Decision
  report?: Report
  /** Append-only. */
  history: HistoryEntry[]
}

export interface Report {
  /** Receipt that the person can quote. */
  receipt: string
  at: number
  category: Practice | null
  note: string
  /** Where the person took it besides, and what they were told there. */
  handed?: Handed[]
}

export interface Handed {
  /** A destination of src/advice/router, or `endpoint`: the organisation's own, see src/sinks. */
  to: string
  /** The receiver's own receipt, '' where they gave none. */
  receipt: string
  at: number
}

export interface HistoryEntry {
  at: number
  what: 'flagged' | 'reported' | 'withdrawn' | 'handed' | 'preserved' | Decision
  model: string
  /** Version of models/policy.md that held; absent in older entries and in lists that do not say. */
  policy?: string
  /** Name of the reviewer who decided or read, as the settings give it; absent where none was given. */
  by?: string
  /** Said in a blind second reading: it stands beside the decision and changes nothing. */
  second?: true
  /** `what` is the answer that readers are measured against from here on; false takes that back. */
  golden?: boolean
  /** When it came with a colleague's list; without it, it happened here. */
  imported?: number
}

export interface Choice {
  key: string
  decision: Decision
}

/** Numbers of what the store holds; `oldest` is when the case that was not seen for longest was last seen, epoch milliseconds. */
export interface Kept {
  cases: number
  captures: number
  outbox: number
  oldest?: number
}

/** What a page showed of a post at one moment, for a package of evidence. */
export interface Capture {
  /** Of the case, see {@link caseKey}. */
  key: string
  /** By the clock of this machine, epoch milliseconds, and its IANA zone. */
  at: number
  timeZone: string
  /** Address and title of the page. */
  url: string
  title: string
  post: Post
  verdict: Verdict
  /** The post's own part of the page as a document that loads and runs nothing. */
  html: string
  /** The part was larger than what is kept. */
  cut: boolean
  /** The visible text of that part. */
  text: string
  /** Addresses of the pictures that stood in it. */
  pictures: string[]
  /** Where the part stood in the window, and the window itself, CSS pixels; `scale` is device pixels to one of them. */
  box: { x: number; y: number; width: number; height: number }
  viewport: { width: number; height: number; scale: number }
  userAgent: string
  language: string
  /** Version of the extension. */
  software: string
  /** `live` from the site; `saved` from a file that was shown under the address. */
  source: 'live' | 'saved'
  /** The visible part of the page, PNG; absent where the browser gave none. */
  screenshot?: Uint8Array<ArrayBuffer>
  /** Its `img` elements in page order, at most {@link MOST_CUTTINGS}; absent from captures of before they were listed. */
  cuttings?: Cutting[]
  /** There were more of them than are listed. */
  moreCuttings?: boolean
}

export const MOST_CUTTINGS = 100
/** Why nothing is kept of a picture. The first four are known to the page, the others to whoever takes the screenshot. */
export const LEFT = ['notShown', 'notLoaded', 'small', 'zoomed', 'notChosen', 'noScreenshot', 'failed'] as const

/** A picture of a captured post: as it was shown, cut from the screenshot, or why not. Never its original bytes. */
export interface Cutting {
  /** http(s) address; '' where the picture is within the page itself. */
  address: string
  /** Its visible part in the window, CSS pixels, and whether that is less than the whole. */
  box: Capture['box']
  partly: boolean
  left?: (typeof LEFT)[number]
  /** PNG, and its size in pixels. */
  shown?: { png: Uint8Array<ArrayBuffer>; width: number; height: number }
}

/** An account as far as a page tells it: by its id, else by its name. */
export const accountOf = ({ platform, author }: Pick<Post, 'platform' | 'author'>): string => `${platform} ${author.id ?? author.name}`

export const caseKey = (post: Pick<Post, 'platform' | 'id'>): string => `${post.platform}:${post.id}`

/** Longest name of a reviewer, in UTF-16 units. */
export const REVIEWER_LIMIT = 60

/** Longest text kept for judging, in UTF-16 units; longer ones keep head and tail. */
export const TEXT_LIMIT = 10_000
