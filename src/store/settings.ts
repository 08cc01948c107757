import { REVIEWER_LIMIT } from '../types.ts'
import { isRule, MOST_RULES, type Rule } from './rules.ts'

/** How flagged posts of a site are shown. */
export const DISPLAYS = ['mark', 'fold', 'off'] as const
export type Display = (typeof DISPLAYS)[number]

export const LANGUAGES = ['auto', 'zh', 'zh-TW', 'en'] as const
export const isLanguage = (value: unknown): value is Settings['language'] => (LANGUAGES as readonly unknown[]).includes(value)

export const RETENTION = [7, 30, 90, 180, 365, 0] as const
/** One decided case in this many is read a second time; 0 for none. */
export const SECOND_SHARES = [2, 5, 10, 20, 50, 0] as const
const isShare = (value: unknown): value is number => (SECOND_SHARES as readonly unknown[]).includes(value)
const isRetention = (value: unknown): value is number => (RETENTION as readonly unknown[]).includes(value)

export interface View {
  name: string
  /** As the review page's address names it, with its `#`. */
  address: string
}
/** Most views that are kept, and the longest name and address of one. */
export const VIEWS = { most: 50, name: 60, address: 2_000 }
const isView = (value: unknown): value is View => {
  const { name, address } = (typeof value === 'object' && value !== null ? value : {}) as Partial<Record<keyof View, unknown>>
  return typeof name === 'string' && name.length <= VIEWS.name && typeof address === 'string' && address.length <= VIEWS.address && address.startsWith('#')
}

/** Every setting: key, type, default. `storage` is the browser's local area, given by the caller. */
export interface Settings {
  /** Bumped when a stored value changes its meaning; see {@link MIGRATIONS}. */
  version: number
  /** By adapter id; a site that is not named is marked. */
  display: Readonly<Record<string, Display>>
  /** Keys work in the page. */
  moderator: boolean
  /** Name that goes with every decision made here; '' for none. */
  reviewer: string
  /** Days after which a case that nobody reported or decided is deleted; 0 for never. One of {@link RETENTION}. */
  retentionDays: number
  /** One of {@link SECOND_SHARES}. */
  secondShare: number
  /** A report also keeps what the page showed of the post. */
  preserveReports: boolean
  /** What is kept of a post includes its pictures, cut from the screenshot. */
  preservePictures: boolean
  /** Time authority for packages of evidence: its address, '' for none, and the roots that are trusted, PEM. */
  stamp: Readonly<{ url: string; roots: string }>
  /** What a person excepted or added. */
  rules: readonly Rule[]
  /** Filters of the review desk that a person named. */
  views: readonly View[]
  /** `auto` follows the browser. */
  language: (typeof LANGUAGES)[number]
}

export const DEFAULTS: Settings = { version: 2, display: {}, moderator: false, reviewer: '', retentionDays: 180, secondShare: 10, preserveReports: false, preservePictures: false, stamp: { url: '', roots: '' }, rules: [], views: [], language: 'auto' }
const KEY = 'settings'

/** What a settings object of version n needs to become one of version n + 1; index 0 is for version 1. */
const MIGRATIONS: ((old: Record<string, unknown>) => Record<string, unknown>)[] = [
  ({ sitesOff, ...rest }) => ({ ...rest, display: Object.fromEntries((Array.isArray(sitesOff) ? sitesOff : []).map((id) => [id, 'off'])) }),
]

export interface StorageArea {
  get(key: string): Promise<Record<string, unknown>>
  set(items: Record<string, unknown>): Promise<void>
}

/** Stored settings over the defaults; a value of the wrong kind falls back to its default. */
export async function readSettings(storage: StorageArea): Promise<Settings> {
  return settingsOf((await storage.get(KEY))[KEY])
}

export function settingsOf(stored: unknown): Settings {
  if (typeof stored !== 'object' || stored === null) return { ...DEFAULTS }
  let value = stored as Record<string, unknown>
  const from = value['version']
  for (let version = typeof from === 'number' && Number.isInteger(from) && from > 0 ? from : 1; version < DEFAULTS.version; version++) {
    value = MIGRATIONS[version - 1]!(value)
  }
  const { display, moderator, reviewer, retentionDays, secondShare, preserveReports, preservePictures, stamp, rules, views, language } = value
  const isDisplay = (entry: [string, unknown]): entry is [string, Display] => (DISPLAYS as readonly unknown[]).includes(entry[1])
  return {
    version: DEFAULTS.version,
    display: typeof display === 'object' && display !== null ? Object.fromEntries(Object.entries(display).filter(isDisplay)) : DEFAULTS.display,
    moderator: moderator === true,
    reviewer: typeof reviewer === 'string' ? reviewer.trim().slice(0, REVIEWER_LIMIT) : '',
    retentionDays: isRetention(retentionDays) ? retentionDays : DEFAULTS.retentionDays,
    secondShare: isShare(secondShare) ? secondShare : DEFAULTS.secondShare,
    preserveReports: preserveReports === true,
    preservePictures: preservePictures === true,
    stamp: stampOf(stamp),
    rules: Array.isArray(rules) ? rules.filter(isRule).slice(-MOST_RULES) : DEFAULTS.rules,
    views: Array.isArray(views) ? views.filter(isView).slice(0, VIEWS.most) : DEFAULTS.views,
    language: isLanguage(language) ? language : 'auto',
  }
}

function stampOf(stored: unknown): Settings['stamp'] {
  const { url, roots } = (typeof stored === 'object' && stored !== null ? stored : {}) as Record<string, unknown>
  const isAddress = typeof url === 'string' && url.length <= 500 && /^https?:/.test(url) && URL.canParse(url)
  return { url: isAddress ? url : '', roots: typeof roots === 'string' ? roots.slice(0, 200_000) : '' }
}

export const displayOf = ({ display }: Settings, site: string): Display => (Object.hasOwn(display, site) ? display[site]! : 'mark')

let writing: Promise<unknown> = Promise.resolve()
/** Changes some settings; changes made at once are applied one after the other. */
export function changeSettings(storage: StorageArea, change: (old: Settings) => Partial<Settings>): Promise<Settings> {
  const next = writing.then(async () => {
    const old = await readSettings(storage)
    const changed = { ...old, ...change(old) }
    await storage.set({ [KEY]: changed })
    return changed
  })
  writing = next.catch(() => undefined)
  return next
}
