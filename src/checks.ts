/** Whether a value from a page, a message, a file or the disk is what it should be: shape and size. */
import { type Case, caseKey, type Decision, type Form, type Kind, PRACTICES, REVIEWER_LIMIT, TEXT_LIMIT } from './types.ts'

export interface Check {
  (value: unknown): boolean
  /** Of a {@link shape}: the checks of its fields. */
  fields?: Record<string, Check>
}

export const SHORT = 500
export const URL_LIMIT = 4_000
/** Most steps of one case's history. */
const HISTORY_LIMIT = 10_000

export const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value)
export const text = (limit: number): Check => (value) => typeof value === 'string' && value.length <= limit
export const optional = (check: Check): Check => (value) => value === undefined || check(value)
export const oneOf = (values: readonly unknown[]): Check => (value) => values.includes(value)
export const listOf = (check: Check, limit: number): Check => (value) => Array.isArray(value) && value.length <= limit && value.every(check)
export const number: Check = (value) => typeof value === 'number' && Number.isFinite(value)
export const flag: Check = (value) => typeof value === 'boolean'
/** A time that a Date can hold, epoch milliseconds. */
const time: Check = (value) => number(value) && Math.abs(value as number) <= 8.64e15
export const shape = (fields: Record<string, Check>): Check =>
  Object.assign((value: unknown) => isObject(value) && Object.entries(fields).every(([name, check]) => check(value[name])), { fields })

/** Path of the first field that keeps a value from passing, `{}` for the value itself; '' where it passes. */
export function wrongField(check: Check, value: unknown): string {
  if (check(value)) return ''
  if (!check.fields || !isObject(value)) return '{}'
  const [name, of] = Object.entries(check.fields).find(([name, of]) => !of(value[name]))!
  const within = wrongField(of, value[name])
  return within === '{}' ? name : `${name}.${within}`
}

const KINDS: readonly Kind[] = ['post', 'comment', 'quote']
const FORMS: readonly (Form | null)[] = ['ad', 'tutorial', null]
export const DECISIONS: readonly Decision[] = ['open', 'confirmed', 'wrong', 'unsure', 'dismissed']
export const practiceOrNull = oneOf([...PRACTICES, null])

export const isPost = shape({
  platform: text(40),
  id: text(200),
  kind: oneOf(KINDS),
  text: text(TEXT_LIMIT + SHORT),
  title: optional(text(SHORT * 2)),
  author: shape({ name: text(SHORT), id: optional(text(200)) }),
  permalink: text(URL_LIMIT),
  publishedText: optional(text(SHORT)),
  parentId: optional(text(200)),
  imageCount: optional(number),
  titleOnly: optional(flag),
})
export const isVerdict = shape({
  band: oneOf(['flagged', 'unsure', 'clean', 'not_judged']),
  score: number,
  categories: listOf(oneOf(PRACTICES), PRACTICES.length),
  form: oneOf(FORMS),
  evidence: listOf(shape({ start: number, end: number, weight: number }), 50),
  model: text(100),
  reason: optional(text(100)),
})
const isReport = shape({
  receipt: text(200),
  at: time,
  category: practiceOrNull,
  note: text(2_000),
  handed: optional(listOf(shape({ to: text(20), receipt: text(200), at: time }), 100)),
})
const aCase = shape({
  key: text(300),
  post: isPost,
  pageUrl: text(URL_LIMIT),
  verdict: isVerdict,
  firstSeen: time,
  lastSeen: time,
  decision: oneOf(DECISIONS),
  report: optional(isReport),
  history: listOf(shape({
    at: time,
    what: oneOf(['flagged', 'reported', 'withdrawn', 'handed', 'preserved', ...DECISIONS]),
    model: text(100),
    policy: optional(text(100)),
    by: optional(text(REVIEWER_LIMIT)),
    second: optional(oneOf([true])),
    golden: optional(oneOf([true, false])),
    imported: optional(time),
  }), HISTORY_LIMIT),
})

/** The first field that keeps a value from being a case; '' when it is one. */
export function wrongInCase(value: unknown): string {
  const wrong = wrongField(aCase, value)
  if (wrong) return wrong
  const { key, post } = value as Case
  return key === caseKey(post) ? '' : 'key'
}
