import { type CloudEvent, DECIDED, REPORTED, type ReportedData } from '../cloudevent.ts'
import type { Decision } from '../types.ts'

const DECISIONS: readonly Decision[] = ['open', 'confirmed', 'wrong', 'unsure', 'dismissed']

export interface TeamDecision {
  /** Id of the event. */
  event: string
  /** `source` of the event: whose decision it is. */
  by: string
  decision: Decision
  /** RFC 3339. */
  at: string
}

/** What the team knows of a case. Decisions are only ever added. */
export interface CaseState {
  key: string
  decisions: TeamDecision[]
}

/** More than this many decisions of one case are kept in the record alone. */
const MOST = 100

export function caseStateOf(value: unknown): CaseState {
  const { key, decisions } = (value ?? {}) as CaseState
  const isText = (x: unknown) => typeof x === 'string' && x.length <= 1_024
  const good =
    isText(key) && Array.isArray(decisions) && decisions.every((one) => isText(one?.event) && isText(one.by) && isText(one.at) && DECISIONS.includes(one.decision))
  if (!good) throw new Error('not the state of a case')
  return { key, decisions }
}

/** The state with this event in it; the same state where it is in it already. */
export function withEvent(state: CaseState | undefined, event: CloudEvent): CaseState {
  const old = state ?? { key: event.subject, decisions: [] }
  if (event.type !== DECIDED || old.decisions.some((one) => one.event === event.id) || old.decisions.length >= MOST) return old
  return { ...old, decisions: [...old.decisions, { event: event.id, by: event.source, decision: decisionOf(event), at: event.time }] }
}

/** Where a case stands: each person's last word counts; two that differ are a conflict for people to settle. */
export function standing(state: CaseState | undefined): Decision | 'conflict' {
  const last = new Map((state?.decisions ?? []).map(({ by, decision }) => [by, decision]))
  const said = new Set([...last.values()].filter((decision) => decision !== 'open'))
  return said.size > 1 ? 'conflict' : (said.values().next().value ?? 'open')
}

function decisionOf({ data }: CloudEvent): Decision {
  const { decision } = (data ?? {}) as { decision?: Decision }
  if (!decision || !DECISIONS.includes(decision)) throw new Error('not a decision')
  return decision
}

/** Checks what a colleague's browser sent; throws where it is neither a report nor a decision. */
export function checkedEvent(event: CloudEvent): CloudEvent {
  if (event.type === DECIDED) decisionOf(event)
  else if (event.type !== REPORTED || !isReported(event.data)) throw new Error('neither a report nor a decision')
  return event
}

function isReported(data: unknown): data is ReportedData {
  const { key, platform, kind, title, text, author, permalink, verdict, report } = (data ?? {}) as ReportedData
  const isText = (x: unknown, longest: number) => typeof x === 'string' && x.length <= longest
  const isList = (x: unknown) => Array.isArray(x) && x.length <= 1_000 && x.every((one) => isText(one, 10_000))
  return (
    isText(key, 1_024) &&
    isText(platform, 64) &&
    isText(kind, 64) &&
    (title === undefined || isText(title, 500)) &&
    isText(text, 10_000) &&
    isText(author?.name, 200) &&
    (author.id === undefined || isText(author.id, 200)) &&
    (permalink === '' || (isText(permalink, 4_096) && /^https?:\/\//.test(permalink))) &&
    isText(verdict?.band, 64) &&
    typeof verdict.score === 'number' &&
    isList(verdict.categories) &&
    (verdict.form === null || isText(verdict.form, 64)) &&
    isList(verdict.evidence) &&
    isText(verdict.model, 64) &&
    (report === undefined || (isText(report.receipt, 64) && (report.category === null || isText(report.category, 64)) && isText(report.note, 10_000)))
  )
}
