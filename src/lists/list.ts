import { STAGES, type Stage } from '../review/chain.ts'
import { SignedError } from '../signed/envelope.ts'

export const ENTRY_KINDS = ['organisation', 'contact', 'family'] as const
export const ENTRY_STATES = ['asserted', 'disputed', 'withdrawn'] as const

/** What an issuer says of one organisation, contact code or text family; see schema.json. Times are UTC to the second. */
export interface Entry {
  id: string
  kind: (typeof ENTRY_KINDS)[number]
  masked: string
  hash: string
  /** Of a family alone: the sketch that src/review/grams makes of its text. */
  grams?: number[]
  stages: Stage[]
  evidence: string[]
  firstSeen: string
  lastSeen: string
  expires: string
  state: (typeof ENTRY_STATES)[number]
}

/** One issue of a shared list: the payload of a signed envelope. */
export interface SharedList {
  list: string
  issuer: string
  sequence: number
  issued: string
  expires: string
  salt: string
  entries: Entry[]
}

/** Most of schema.json, in its order; a test holds the two together. */
const MOST_ENTRIES = 10_000
const MOST_GRAMS = 512
const MOST_EVIDENCE = 50
const NAME = /^[a-z0-9][a-z0-9.-]{0,63}$/
const ISSUER = /^\P{Cc}*[^\s\p{Cc}]\P{Cc}*$/u
const SALT = /^[A-Za-z0-9_-]{22,86}$/
const ID = /^[A-Za-z0-9][A-Za-z0-9._:-]{0,63}$/
const EVIDENCE = /^[A-Za-z0-9][A-Za-z0-9._:-]{0,127}$/
const HASH = /^[0-9a-f]{64}$/
const TIME = /^20\d\d-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])T([01]\d|2[0-3]):[0-5]\d:[0-5]\dZ$/

type Check = (value: unknown) => boolean
const like = (pattern: RegExp): Check => (value) => typeof value === 'string' && pattern.test(value)
const oneOf = (values: readonly unknown[]): Check => (value) => values.includes(value)
const whole = (least: number, most: number): Check => (value) => Number.isInteger(value) && (value as number) >= least && (value as number) <= most
const textUpTo = (most: number): Check => (value) => typeof value === 'string' && value.length > 0 && [...value].length <= most
const listOf = (check: Check, least: number, most: number): Check => (value) => Array.isArray(value) && value.length >= least && value.length <= most && value.every(check)
const unique = (check: Check): Check => (value) => check(value) && new Set(value as unknown[]).size === (value as unknown[]).length

const LIST: Record<keyof SharedList, Check> = {
  list: like(NAME),
  issuer: (value) => textUpTo(100)(value) && ISSUER.test(value as string),
  sequence: whole(1, Number.MAX_SAFE_INTEGER),
  issued: like(TIME),
  expires: like(TIME),
  salt: like(SALT),
  entries: listOf(() => true, 0, MOST_ENTRIES),
}
const ENTRY: Record<keyof Entry, Check> = {
  id: like(ID),
  kind: oneOf(ENTRY_KINDS),
  masked: textUpTo(200),
  hash: like(HASH),
  grams: listOf(whole(-(2 ** 31), 2 ** 31 - 1), 1, MOST_GRAMS),
  stages: unique(listOf(oneOf(STAGES), 0, STAGES.length)),
  evidence: unique(listOf(like(EVIDENCE), 1, MOST_EVIDENCE)),
  firstSeen: like(TIME),
  lastSeen: like(TIME),
  expires: like(TIME),
  state: oneOf(ENTRY_STATES),
}

/** The first field that is missing, wrong or unknown; undefined where all are as they should be. */
function wrongField(value: unknown, fields: Record<string, Check>, absent: string[] = []): string | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return '{}'
  const unknown = Object.keys(value).find((name) => !Object.hasOwn(fields, name) || absent.includes(name))
  if (unknown !== undefined) return unknown.slice(0, 40)
  return Object.keys(fields).find((name) => !absent.includes(name) && !(Object.hasOwn(value, name) && fields[name]!((value as Record<string, unknown>)[name])))
}

/**
 * Checks the payload of an envelope. All or nothing: an issuer who signs a malformed entry is asked to mend it.
 * @throws {SignedError} `signedMalformed` with the path of what is wrong, and nothing else
 */
export function listOfPayload(value: unknown): SharedList {
  const refuse = (path: string): never => {
    throw new SignedError('signedMalformed', path)
  }
  const wrong = wrongField(value, LIST)
  if (wrong !== undefined) refuse(wrong)
  const list = value as SharedList
  const ids = new Set<string>()
  for (const [index, entry] of list.entries.entries()) {
    const isFamily = (entry as Partial<Entry> | null)?.kind === 'family'
    const field = wrongField(entry, ENTRY, isFamily ? [] : ['grams'])
    if (field !== undefined) refuse(`entries.${index}.${field}`)
    if (ids.has(entry.id)) refuse(`entries.${index}.id`)
    ids.add(entry.id)
    if (Date.parse(entry.lastSeen) < Date.parse(entry.firstSeen)) refuse(`entries.${index}.lastSeen`)
    if (entry.grams?.some((gram, at) => at > 0 && gram <= entry.grams![at - 1]!)) refuse(`entries.${index}.grams`)
  }
  if (Date.parse(list.expires) <= Date.parse(list.issued)) refuse('expires')
  return list
}
