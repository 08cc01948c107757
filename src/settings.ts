import { isRule, MOST_RULES, type Rule } from './rules.ts'

/** How flagged posts of a site are shown. */
export const DISPLAYS = ['mark', 'fold', 'off'] as const
export type Display = (typeof DISPLAYS)[number]

/** Every setting: key, type, default. `storage` is the browser's local area, given by the caller. */
export interface Settings {
  /** Bumped when a stored value changes its meaning; see {@link MIGRATIONS}. */
  version: number
  /** By adapter id; a site that is not named is marked. */
  display: Readonly<Record<string, Display>>
  /** Keys work in the page. */
  moderator: boolean
  /** A report also keeps what the page showed of the post. */
  preserveReports: boolean
  /** What a person excepted or added. */
  rules: readonly Rule[]
  /** `auto` follows the browser. */
  language: 'auto' | 'zh' | 'en'
}

export const DEFAULTS: Settings = { version: 2, display: {}, moderator: false, preserveReports: false, rules: [], language: 'auto' }
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
  const { display, moderator, preserveReports, rules, language } = value
  const isDisplay = (entry: [string, unknown]): entry is [string, Display] => (DISPLAYS as readonly unknown[]).includes(entry[1])
  return {
    version: DEFAULTS.version,
    display: typeof display === 'object' && display !== null ? Object.fromEntries(Object.entries(display).filter(isDisplay)) : DEFAULTS.display,
    moderator: moderator === true,
    preserveReports: preserveReports === true,
    rules: Array.isArray(rules) ? rules.filter(isRule).slice(-MOST_RULES) : DEFAULTS.rules,
    language: language === 'zh' || language === 'en' ? language : 'auto',
  }
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
