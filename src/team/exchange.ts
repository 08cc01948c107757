/** Between the store, which is the truth of what this person did, and the team's record. */
import { wrongInCase } from '../checks.ts'
import { type CloudEvent, DECIDED, type DecidedData, REPORTED, type ReportedData } from '../cloudevent.ts'
import { type Case, type Form, type HistoryEntry, type Kind, type Practice, PRACTICES, type Span } from '../types.ts'
import { sourceOf } from './names.ts'

const DECIDING: readonly HistoryEntry['what'][] = ['confirmed', 'wrong', 'unsure', 'dismissed', 'open']

/** What was reported and decided of a case on this machine since then, oldest first; only ever added to. */
export function deedsOf({ history }: Pick<Case, 'history'>, since: number): HistoryEntry[] {
  return history.filter(({ what, at, imported, second, golden }) =>
    imported === undefined && second === undefined && golden === undefined && at >= since && (what === 'reported' || DECIDING.includes(what)))
}

/**
 * What colleagues said of a case as a list of theirs would bring it, for Store.merge; null where nothing of it is theirs,
 * or it is no case.
 * @param events the case's record, oldest first
 * @param person whose events are our own
 */
export function colleaguesCase(events: readonly CloudEvent[], person: string, ours: Case | undefined): Case | null {
  const theirs = events.filter(({ source }) => source !== sourceOf(person))
  if (theirs.length === 0) return null
  const reported = theirs.find(({ type, subject, data }) => type === REPORTED && (data as ReportedData).key === subject) as CloudEvent<ReportedData> | undefined
  const base = reported ? caseOf(reported) : ours && { ...ours, report: undefined, history: [] }
  if (!base) return null
  const history = theirs.filter(({ type }) => type === DECIDED).map(({ source, time, data }): HistoryEntry => ({
    at: Date.parse(time), what: (data as DecidedData).decision, model: base.verdict.model, by: source.slice(source.lastIndexOf('/') + 1),
  }))
  const { report, ...rest } = base
  const one: Case = { ...rest, ...(report ? { report } : {}), decision: (history.at(-1)?.what ?? 'open') as Case['decision'], history: [...base.history, ...history] }
  return wrongInCase(one) === '' ? one : null
}

function caseOf({ data, time }: CloudEvent<ReportedData>): Case {
  const { key, platform, kind, title, text, author, permalink, verdict, report } = data
  const at = Date.parse(time)
  const evidence = verdict.evidence.flatMap((words): Span[] => {
    const start = text.indexOf(words)
    return start < 0 || words === '' ? [] : [{ start, end: start + words.length, weight: 1 }]
  })
  return {
    key,
    post: { platform, id: key.slice(platform.length + 1), kind: kind as Kind, text, ...(title ? { title } : {}), author, permalink },
    pageUrl: '',
    verdict: {
      band: verdict.band as Case['verdict']['band'], score: verdict.score, form: verdict.form as Form | null, evidence, model: verdict.model,
      categories: verdict.categories.filter((one): one is Practice => (PRACTICES as readonly string[]).includes(one)),
    },
    firstSeen: at,
    lastSeen: at,
    decision: 'open',
    ...(report ? { report: { receipt: report.receipt, at, category: report.category as Practice | null, note: report.note } } : {}),
    history: [{ at, what: 'flagged', model: verdict.model }],
  }
}
