import { type Case, caseKey, PRACTICES } from '../types.ts'
import { chunksOf, type ExportFormat } from './format.ts'

/** For programs, and to be read again: each line is a case as it is kept, and names the model that judged it. */
export const jsonl: ExportFormat = {
  id: 'jsonl',
  name: 'JSONL',
  extension: 'jsonl',
  mime: 'application/x-ndjson',
  *parts(cases) {
    for (const some of chunksOf(cases)) yield some.map((one) => `${JSON.stringify(one)}\n`).join('')
  },
}

/** A line that could not be taken, counted from 1; of any format. */
export interface Problem {
  line: number
  reason: 'lineNotJson' | 'lineNotCase' | 'lineTwice' | 'cellWrong' | 'headingMissing' | 'notText'
  /** Which field, or the parser's own words. */
  detail: string
}

export interface Read {
  cases: Case[]
  problems: Problem[]
}

/** Reads what {@link jsonl} wrote. A bad line costs only itself. */
export function readJsonl(text: string): Read {
  const read: Read = { cases: [], problems: [] }
  const keys = new Set<string>()
  for (const [index, written] of text.replace(/^\uFEFF/, '').split('\n').entries()) {
    const line = index + 1
    if (!written.trim()) continue
    let value: unknown
    try {
      value = JSON.parse(written)
    } catch (cause) {
      read.problems.push({ line, reason: 'lineNotJson', detail: (cause as Error).message })
      continue
    }
    const wrong = wrongField(value)
    if (wrong) read.problems.push({ line, reason: 'lineNotCase', detail: wrong })
    else if (keys.has((value as Case).key)) read.problems.push({ line, reason: 'lineTwice', detail: (value as Case).key })
    else {
      keys.add((value as Case).key)
      read.cases.push(value as Case)
    }
  }
  return read
}

type Check = (value: unknown) => boolean
const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value)
const isText: Check = (value) => typeof value === 'string'
const isNumber: Check = (value) => Number.isFinite(value)
/** A time that a Date can hold. */
const isTime: Check = (value) => isNumber(value) && Math.abs(value as number) <= 8.64e15
const isOptional = (check: Check): Check => (value) => value === undefined || check(value)
const isOneOf = (values: readonly unknown[]): Check => (value) => values.includes(value)
const DECISIONS = ['open', 'confirmed', 'wrong', 'unsure', 'dismissed']
const isList = (check: Check): Check => (value) => Array.isArray(value) && value.every(check)
const isPractice: Check = (value) => (PRACTICES as readonly unknown[]).includes(value)

const isHanded = isOptional(isList((one) => isObject(one) && isText(one['to']) && isText(one['receipt']) && isTime(one['at'])))

const FIELDS: Record<string, Check> = {
  key: isText,
  pageUrl: isText,
  firstSeen: isTime,
  lastSeen: isTime,
  decision: isOneOf(DECISIONS),
  'post.platform': isText,
  'post.id': isText,
  'post.kind': isOneOf(['post', 'comment', 'quote']),
  'post.title': isOptional(isText),
  'post.publishedText': isOptional(isText),
  'post.text': isText,
  'post.permalink': isText,
  'post.author.name': isText,
  'post.author.id': isOptional(isText),
  'verdict.band': isOneOf(['flagged', 'unsure', 'clean', 'not_judged']),
  'verdict.score': isNumber,
  'verdict.categories': isList(isPractice),
  'verdict.evidence': isList((span) => isObject(span) && isNumber(span['start']) && isNumber(span['end'])),
  'verdict.form': isOneOf(['ad', 'tutorial', null]),
  'verdict.reason': isOptional(isText),
  'verdict.model': isText,
  history: isList((entry) => isObject(entry) && isTime(entry['at']) && isText(entry['model']) && isOptional(isText)(entry['policy']) && isOptional(isOneOf([true]))(entry['second']) && isOneOf(['flagged', 'reported', 'withdrawn', 'handed', 'preserved', ...DECISIONS])(entry['what'])),
  report: isOptional((value) => isObject(value) && isText(value['receipt']) && isTime(value['at']) && isText(value['note']) && (value['category'] === null || isPractice(value['category'])) && isHanded(value['handed'])),
}

/** The first field that keeps a value from being a case; '' when it is one. */
export function wrongField(value: unknown): string {
  if (!isObject(value)) return '{}'
  for (const [path, check] of Object.entries(FIELDS)) {
    const found = path.split('.').reduce<unknown>((at, name) => (isObject(at) ? at[name] : undefined), value)
    if (!check(found)) return path
  }
  const { key, post } = value as unknown as Case
  return key === caseKey(post) ? '' : 'key'
}
