import type { Case, Decision, HistoryEntry } from '../types.ts'

/** What a colleague's case means for ours: none of it yet, something to add, nothing, or another decision. */
export type Merging = 'new' | 'joined' | 'same' | 'conflict'

/** Says something of how readers read: a second reading, or the answer that they are measured against. */
const measures = ({ second, golden }: HistoryEntry): boolean => second === true || golden !== undefined
const isDecision = (entry: HistoryEntry): boolean => !measures(entry) && ['confirmed', 'wrong', 'unsure', 'dismissed', 'open'].includes(entry.what)
const isSame = (one: HistoryEntry, other: HistoryEntry): boolean => one.at === other.at && one.what === other.what && one.second === other.second && one.golden === other.golden

/**
 * Joins a colleague's case to ours, if we have one. A decision of ours stays; theirs goes into the history beside it.
 * Merging the same list again changes nothing.
 */
export function merge(ours: Case | undefined, theirs: Case, now: number): { how: Merging; merged: Case } {
  const fromThem = (entry: HistoryEntry): HistoryEntry => ({ ...entry, imported: now })
  if (!ours) return { how: 'new', merged: { ...theirs, history: theirs.history.map(fromThem) } }

  const news: HistoryEntry[] = []
  let how: Merging = 'same'
  if (theirs.decision !== 'open' && theirs.decision !== ours.decision) {
    const entry = theirs.history.findLast((one) => isDecision(one) && one.what === theirs.decision) ?? { at: theirs.lastSeen, what: theirs.decision, model: theirs.verdict.model }
    const known = ours.history.find((one) => isSame(one, entry))
    if (!known) news.push(entry)
    // What we decided ourselves before we changed our mind is no conflict, as in a list of our own.
    if (!known || known.imported !== undefined) how = ours.decision === 'open' ? 'joined' : 'conflict'
  }
  const report = ours.report ?? theirs.report
  if (report && !ours.report) {
    how = how === 'conflict' ? how : 'joined'
    const entry: HistoryEntry = { at: report.at, what: 'reported', model: theirs.verdict.model }
    if (!ours.history.some((one) => isSame(one, entry))) news.push(entry)
  }
  const measured = theirs.history.filter((entry) => measures(entry) && !ours.history.some((one) => isSame(one, entry)))
  if (measured.length > 0 && how === 'same') how = 'joined'
  news.push(...measured)
  return {
    how,
    merged: {
      ...ours,
      ...(report ? { report } : {}),
      firstSeen: Math.min(ours.firstSeen, theirs.firstSeen),
      lastSeen: Math.max(ours.lastSeen, theirs.lastSeen),
      decision: how === 'joined' && ours.decision === 'open' ? theirs.decision : ours.decision,
      history: [...ours.history, ...news.map(fromThem)].sort((a, b) => a.at - b.at),
    },
  }
}

/** The colleague's decision that ours differs from, until we decide again. */
export function conflictOf({ decision, history }: Case): Decision | undefined {
  const theirs = history.findLast((entry) => isDecision(entry) && entry.imported !== undefined)
  if (!theirs || theirs.what === decision) return undefined
  const since = history.some((entry) => isDecision(entry) && entry.imported === undefined && entry.at > theirs.imported!)
  return since ? undefined : (theirs.what as Decision)
}
