import { type Case, type Decision, TEXT_LIMIT } from './types.ts'

/** CloudEvents 1.0 in its JSON format (github.com/cloudevents/spec). `source` and `id` together name an event once for all. */
export interface CloudEvent<T = unknown> {
  specversion: '1.0'
  id: string
  /** A URI of who saw it happen. */
  source: string
  type: string
  subject: string
  /** RFC 3339. */
  time: string
  datacontenttype: 'application/json'
  data: T
}

export const REPORTED = 'post.reported.v1'
export const DECIDED = 'post.decided.v1'

/** What is said of a case beyond this machine: text, place and verdict; never a picture. */
export interface ReportedData {
  key: string
  platform: string
  kind: string
  title?: string
  text: string
  author: { name: string; id?: string }
  permalink: string
  verdict: { band: string; score: number; categories: string[]; form: string | null; evidence: string[]; model: string }
  report?: { receipt: string; category: string | null; note: string }
}

export interface DecidedData {
  key: string
  decision: Decision
}

export function reportedData({ key, post, verdict, report }: Case): ReportedData {
  const text = post.text.slice(0, TEXT_LIMIT)
  return {
    key,
    platform: post.platform,
    kind: post.kind,
    ...(post.title ? { title: post.title.slice(0, 500) } : {}),
    text,
    author: { name: post.author.name.slice(0, 200), ...(post.author.id ? { id: post.author.id.slice(0, 200) } : {}) },
    permalink: post.permalink,
    verdict: {
      band: verdict.band,
      score: verdict.score,
      categories: [...verdict.categories],
      form: verdict.form,
      evidence: verdict.evidence.map(({ start, end }) => text.slice(start, end)).filter(Boolean),
      model: verdict.model,
    },
    ...(report ? { report: { receipt: report.receipt, category: report.category, note: report.note } } : {}),
  }
}

/** @param at epoch milliseconds */
export function cloudEvent<T>(type: string, source: string, id: string, subject: string, at: number, data: T): CloudEvent<T> {
  return { specversion: '1.0', id, source, type, subject, time: new Date(at).toISOString(), datacontenttype: 'application/json', data }
}

/** Checks the envelope of an event that came from elsewhere; what `data` must be is for its reader to check. */
export function cloudEventOf(value: unknown): CloudEvent {
  const event = value as CloudEvent
  const isText = (x: unknown) => typeof x === 'string' && x.length > 0 && x.length <= 1_024
  const good =
    typeof event === 'object' &&
    event !== null &&
    event.specversion === '1.0' &&
    [event.id, event.source, event.type, event.subject].every(isText) &&
    typeof event.time === 'string' &&
    Number.isFinite(Date.parse(event.time))
  if (!good) throw new Error('not a CloudEvent 1.0 with id, source, type, subject and time')
  return event
}
