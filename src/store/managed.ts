import { type Endpoint, type EndpointError, endpointOf } from '../sinks/endpoint.ts'
import { type Display, displayOf, DISPLAYS, isLanguage, type Settings } from './settings.ts'
import type { Verdict } from '../types.ts'

/** Settings that an organisation can fix. */
export const LOCKABLE = ['display', 'moderator', 'language', 'rules', 'endpoints'] as const
export type Lockable = (typeof LOCKABLE)[number]
/** Features that an organisation can take away. */
export const FEATURES = ['genericReader', 'export', 'modelUpdates'] as const
export type Feature = (typeof FEATURES)[number]

/** What an organisation sets through the browser (`storage.managed`). What it leaves out stays with the person. */
export interface Managed {
  /** Shown wherever something is fixed. */
  organisation?: string
  /** By adapter id; `web` is the generic reader. */
  display?: Readonly<Record<string, Display>>
  moderator?: boolean
  language?: Settings['language']
  /** Least score of each band, 0 to 1: stricter than the model's own where higher; lower ones change nothing. */
  thresholds?: { flagged?: number; unsure?: number }
  /** Records last seen longer ago are deleted; days, 1 to 3650. */
  retentionDays?: number
  /** Where reports go besides. */
  endpoints?: { reports?: Endpoint }
  /** Where the settings offer to fetch a signed model from, https. Whose models are taken is not for a policy to say. */
  modelAddress?: string
  /** Settings that a person cannot change; the others are where a person begins. */
  locked: readonly Lockable[]
  disabled: readonly Feature[]
}

export const NOT_MANAGED: Managed = { locked: [], disabled: [] }

/** A value of the policy that is left out, by path. */
export type PolicyProblem = string

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value)
const isScore = (value: unknown): value is number => typeof value === 'number' && value >= 0 && value <= 1

/**
 * Checks a policy value by value: Firefox does not look at the schema, and Chrome drops what does not fit without a
 * word. A bad value costs only itself.
 */
export function managedOf(value: unknown, sites: readonly string[]): { managed: Managed; problems: PolicyProblem[] } {
  const problems: PolicyProblem[] = []
  if (value === undefined || value === null) return { managed: NOT_MANAGED, problems }
  if (!isObject(value)) return { managed: NOT_MANAGED, problems: ['{}'] }
  const bad = (path: string): undefined => void problems.push(path)
  const listOf = <T extends string>(name: string, known: readonly T[]): T[] => {
    const given = value[name]
    if (given === undefined) return []
    if (!Array.isArray(given)) return bad(name) ?? []
    return given.filter((one, index): one is T => known.includes(one as T) || bad(`${name}.${index}`) !== undefined)
  }
  const mapOf = <T>(name: string, keys: readonly string[], is: (value: unknown) => value is T): Record<string, T> | undefined => {
    const given = value[name]
    if (given === undefined) return undefined
    if (!isObject(given)) return bad(name)
    return Object.fromEntries(Object.entries(given).filter((entry): entry is [string, T] => (keys.includes(entry[0]) && is(entry[1])) || bad(`${name}.${entry[0]}`) !== undefined))
  }
  const one = <T>(name: string, is: (value: unknown) => value is T): T | undefined => (value[name] === undefined ? undefined : is(value[name]) ? value[name] : bad(name))
  const organisation = one('organisation', (x): x is string => typeof x === 'string' && x.trim() !== '' && x.length <= 100)
  const display = mapOf('display', sites, (x): x is Display => (DISPLAYS as readonly unknown[]).includes(x))
  const moderator = one('moderator', (x): x is boolean => typeof x === 'boolean')
  const language = one('language', isLanguage)
  const thresholds = mapOf('thresholds', ['flagged', 'unsure'], isScore)
  const retentionDays = one('retentionDays', (x): x is number => Number.isInteger(x) && (x as number) >= 1 && (x as number) <= 3650)
  const endpoints = endpointsOf(value['endpoints'], bad)
  const modelAddress = one('modelAddress', (x): x is string => typeof x === 'string' && x.length <= 500 && x.startsWith('https://') && URL.canParse(x))
  const managed: Managed = {
    ...(organisation === undefined ? {} : { organisation }),
    ...(display === undefined ? {} : { display }),
    ...(moderator === undefined ? {} : { moderator }),
    ...(language === undefined ? {} : { language }),
    ...(thresholds === undefined ? {} : { thresholds }),
    ...(retentionDays === undefined ? {} : { retentionDays }),
    ...(endpoints === undefined ? {} : { endpoints }),
    ...(modelAddress === undefined ? {} : { modelAddress }),
    locked: listOf('locked', LOCKABLE),
    disabled: listOf('disabled', FEATURES),
  }
  for (const key of Object.keys(value)) if (!POLICY_KEYS.includes(key)) problems.push(key)
  return { managed, problems }
}

export const POLICY_KEYS: readonly string[] = ['organisation', 'display', 'moderator', 'language', 'thresholds', 'retentionDays', 'endpoints', 'modelAddress', 'locked', 'disabled']

function endpointsOf(value: unknown, bad: (path: string) => void): Managed['endpoints'] {
  if (value === undefined) return undefined
  if (!isObject(value)) return void bad('endpoints')
  for (const name of Object.keys(value)) if (name !== 'reports') bad(`endpoints.${name}`)
  if (value['reports'] === undefined) return undefined
  try {
    return { reports: endpointOf(value['reports']) }
  } catch (cause) {
    return void bad(`endpoints.reports.${(cause as EndpointError).field}`)
  }
}

/** Where a value comes from. `fixed`: from the policy, and the person cannot change it. */
export type Origin = 'fixed' | 'policy' | 'person' | 'default'

/** Where each setting comes from; endpoints are not among them, see {@link endpointFor}. */
export type Origins = Record<Exclude<Lockable, 'endpoints'>, Origin>

/** The settings that hold: the policy's where it fixes them, else the person's own, else the policy's, else ours. */
export function effective(own: Settings, managed: Managed, defaults: Settings): { settings: Settings; origins: Origins } {
  const { locked } = managed
  const pick = <K extends 'moderator' | 'language'>(key: K): { value: Settings[K]; origin: Origin } => {
    const set = managed[key] as Settings[K] | undefined
    if (locked.includes(key)) return { value: set ?? defaults[key], origin: 'fixed' }
    if (own[key] !== defaults[key]) return { value: own[key], origin: 'person' }
    return set === undefined ? { value: defaults[key], origin: 'default' } : { value: set, origin: 'policy' }
  }
  const moderator = pick('moderator')
  const language = pick('language')
  const display = locked.includes('display') ? { ...managed.display } : { ...managed.display, ...own.display }
  if (managed.disabled.includes('genericReader')) display['web'] = 'off'
  return {
    settings: { ...own, display, moderator: moderator.value, language: language.value, rules: locked.includes('rules') ? defaults.rules : own.rules },
    origins: {
      display: locked.includes('display') ? 'fixed' : Object.keys(own.display).length > 0 ? 'person' : managed.display ? 'policy' : 'default',
      moderator: moderator.origin,
      language: language.origin,
      rules: locked.includes('rules') ? 'fixed' : own.rules.length > 0 ? 'person' : 'default',
    },
  }
}

/** Where reports go besides, null for nowhere. `own` is what the person chose, if anything. */
export function endpointFor(own: Endpoint | 'off' | undefined, { endpoints, locked }: Managed): { endpoint: Endpoint | null; origin: Origin } {
  const policy = endpoints?.reports
  if (locked.includes('endpoints')) return { endpoint: policy ?? null, origin: 'fixed' }
  if (own !== undefined) return { endpoint: own === 'off' ? null : own, origin: 'person' }
  return policy ? { endpoint: policy, origin: 'policy' } : { endpoint: null, origin: 'default' }
}

/** Where one site's display comes from. */
export function displayOrigin(own: Settings, managed: Managed, site: string): Origin {
  if (managed.locked.includes('display') || (site === 'web' && managed.disabled.includes('genericReader'))) return 'fixed'
  if (Object.hasOwn(own.display, site)) return 'person'
  return managed.display && displayOf({ ...own, display: managed.display }, site) !== 'mark' ? 'policy' : 'default'
}

/** A verdict under the organisation's thresholds, which can only ask for more certainty than the model's own. */
export function applyThresholds(verdict: Verdict, { flagged = 0, unsure = 0 }: NonNullable<Managed['thresholds']> = {}): Verdict {
  const { band, score } = verdict
  if (band !== 'flagged' && band !== 'unsure') return verdict
  if (score < unsure) return { ...verdict, band: 'clean', categories: [], form: null, evidence: [] }
  return band === 'flagged' && score < flagged ? { ...verdict, band: 'unsure' } : verdict
}
