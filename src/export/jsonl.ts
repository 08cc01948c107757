import { type Case, PRACTICES } from '../types.ts'
import type { ExportFormat } from './format.ts'

/** For programs, and to be read again: each line is a case as it is kept, and names the model that judged it. */
export const jsonl: ExportFormat = {
  id: 'jsonl',
  name: 'JSONL',
  extension: 'jsonl',
  mime: 'application/x-ndjson',
  write: (cases) => cases.map((line) => `${JSON.stringify(line)}\n`).join(''),
}

/** A line that could not be taken, counted from 1. */
export interface Problem {
  line: number
  reason: 'lineNotJson' | 'lineNotCase' | 'lineTwice'
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
const isNumber: Check = (value) => typeof value === 'number'
const isList = (check: Check): Check => (value) => Array.isArray(value) && value.every(check)
const isPractice: Check = (value) => (PRACTICES as readonly unknown[]).includes(value)

const FIELDS: Record<string, Check> = {
  key: isText,
  pageUrl: isText,
  firstSeen: isNumber,
  lastSeen: isNumber,
  decision: (value) => ['open', 'confirmed', 'wrong', 'unsure', 'dismissed'].includes(value as string),
  'post.platform': isText,
  'post.id': isText,
  'post.kind': (value) => ['post', 'comment', 'quote'].includes(value as string),
  'post.text': isText,
  'post.permalink': isText,
  'post.author.name': isText,
  'verdict.band': (value) => ['flagged', 'unsure', 'clean', 'not_judged'].includes(value as string),
  'verdict.score': isNumber,
  'verdict.categories': isList(isPractice),
  'verdict.evidence': isList((span) => isObject(span) && isNumber(span['start']) && isNumber(span['end'])),
  'verdict.model': isText,
  history: isList((entry) => isObject(entry) && isNumber(entry['at']) && isText(entry['what'])),
  report: (value) => value === undefined || (isObject(value) && isText(value['receipt']) && isNumber(value['at'])),
}

/** The first field that keeps a value from being a case; '' when it is one. */
function wrongField(value: unknown): string {
  if (!isObject(value)) return '{}'
  for (const [path, check] of Object.entries(FIELDS)) {
    const found = path.split('.').reduce<unknown>((at, name) => (isObject(at) ? at[name] : undefined), value)
    if (!check(found)) return path
  }
  return ''
}
