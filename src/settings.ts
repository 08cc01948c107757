/** Every setting: key, type, default. `storage` is the browser's local area, given by the caller. */
export interface Settings {
  /** Bumped when a stored value changes its meaning; see {@link MIGRATIONS}. */
  version: number
  /** Adapter id → off; a site that is not named is on. */
  sitesOff: string[]
  /** `auto` follows the browser. */
  language: 'auto' | 'zh' | 'en'
}

export const DEFAULTS: Settings = { version: 1, sitesOff: [], language: 'auto' }
const KEY = 'settings'

/** What a settings object of version n needs to become one of version n + 1; index 0 is for version 1. */
const MIGRATIONS: ((old: Record<string, unknown>) => Record<string, unknown>)[] = []

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
  for (let version = Number(value['version']) || 1; version < DEFAULTS.version; version++) {
    value = MIGRATIONS[version - 1]!(value)
  }
  const { sitesOff, language } = value
  return {
    version: DEFAULTS.version,
    sitesOff: Array.isArray(sitesOff) ? sitesOff.filter((id): id is string => typeof id === 'string') : DEFAULTS.sitesOff,
    language: language === 'zh' || language === 'en' ? language : 'auto',
  }
}

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
