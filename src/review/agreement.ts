import { periodOf } from './figures.ts'
import { type Case, type Decision, type HistoryEntry, PRACTICES, type Practice } from '../types.ts'

/** Decisions of two readers on the same posts. */
export type Pair = readonly [one: Decision, other: Decision]

export interface Agreement {
  pairs: number
  /** How many are the same. */
  same: number
  /** Cohen's kappa (1960): 1 full, 0 as by chance; null where both always say the same one thing, or nothing. */
  kappa: number | null
}

export function agreementOf(pairs: readonly Pair[]): Agreement {
  const same = pairs.filter(([one, other]) => one === other).length
  const count = (side: 0 | 1, said: Decision): number => pairs.filter((pair) => pair[side] === said).length
  const said = new Set(pairs.flat())
  const chance = [...said].reduce((sum, one) => sum + (count(0, one) / pairs.length) * (count(1, one) / pairs.length), 0)
  return { pairs: pairs.length, same, kappa: said.size < 2 ? null : (same / pairs.length - chance) / (1 - chance) }
}

const isJudgement = ({ what, golden }: HistoryEntry): boolean => golden === undefined && (what === 'confirmed' || what === 'wrong' || what === 'unsure')

/** What we decided and what a colleague's list says, where both did. */
function withLists({ history }: Case): Pair | undefined {
  const ours = history.findLast((entry) => isJudgement(entry) && entry.imported === undefined && !entry.second)
  const theirs = history.findLast((entry) => isJudgement(entry) && entry.imported !== undefined && !entry.second)
  return ours && theirs && [ours.what as Decision, theirs.what as Decision]
}

/** What was decided and what the blind second reading said, with who and when. */
function secondOf({ history }: Case): { first: HistoryEntry; second: HistoryEntry } | undefined {
  const at = history.findLastIndex((entry) => entry.second === true && entry.imported === undefined)
  const first = history.slice(0, Math.max(0, at)).findLast((entry) => isJudgement(entry) && entry.imported === undefined && !entry.second)
  return first && { first, second: history[at]! }
}
function withSecond(one: Case): Pair | undefined {
  const both = secondOf(one)
  return both && [both.first.what as Decision, both.second.what as Decision]
}

export const READERS = { lists: withLists, second: withSecond } as const

/** Agreement on all cases and by their first practice; practices without a pair are left out. */
export function agreementsOf(cases: readonly Case[], of: keyof typeof READERS): { practice: Practice | null; agreement: Agreement }[] {
  const pairs: { practice: Practice | undefined; pair: Pair }[] = []
  for (const one of cases) {
    const pair = READERS[of](one)
    if (pair) pairs.push({ practice: one.verdict.categories[0], pair })
  }
  if (pairs.length === 0) return []
  const rows: (Practice | null)[] = [null, ...PRACTICES.filter((practice) => pairs.some((one) => one.practice === practice))]
  return rows.map((practice) => ({ practice, agreement: agreementOf(pairs.filter((one) => practice === null || one.practice === practice).map(({ pair }) => pair)) }))
}

/** A group of pairs under its name. */
export interface Row {
  name: string
  practice: Practice | null
  agreement: Agreement
}

/**
 * How each reviewer's reading, first or second, agrees with the other one of the same case: all practices, then by the
 * first practice of the case. Who reads a case twice is compared with himself, once. '' is whoever gave no name.
 */
export function reviewersOf(cases: readonly Case[]): Row[] {
  const found = new Map<string, { practice: Practice | undefined; pair: Pair }[]>()
  for (const one of cases) {
    const both = secondOf(one)
    if (!both) continue
    const [first, second] = [both.first.what as Decision, both.second.what as Decision]
    const pairs = new Map<string, Pair>([[both.second.by ?? '', [second, first]], [both.first.by ?? '', [first, second]]])
    for (const [by, pair] of pairs) found.set(by, [...(found.get(by) ?? []), { practice: one.verdict.categories[0], pair }])
  }
  return [...found].sort(([a], [b]) => (a < b ? -1 : 1)).flatMap(([name, its]) =>
    [null, ...PRACTICES.filter((practice) => its.some((one) => one.practice === practice))].map((practice) => ({
      name, practice, agreement: agreementOf(its.filter((one) => practice === null || one.practice === practice).map(({ pair }) => pair)),
    })),
  )
}

/** Agreement by the week of the second reading, oldest first: whether readers drift apart. */
export function weeksOf(cases: readonly Case[]): Row[] {
  const weeks = new Map<string, Pair[]>()
  for (const one of cases) {
    const both = secondOf(one)
    if (!both) continue
    const week = periodOf(both.second.at, 'week')
    weeks.set(week, [...(weeks.get(week) ?? []), [both.first.what as Decision, both.second.what as Decision]])
  }
  return [...weeks].sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, pairs]) => ({ name, practice: null, agreement: agreementOf(pairs) }))
}

/** The answer that readers of a case are measured against, while there is one. */
export function goldenOf({ history }: Case): HistoryEntry | undefined {
  const last = history.findLast(({ golden }) => golden !== undefined)
  return last?.golden ? last : undefined
}

/** How each reader's blind readings agree with the golden answers. '' is whoever gave no name. */
export function goldenReadersOf(cases: readonly Case[]): Row[] {
  const found = new Map<string, Pair[]>()
  for (const one of cases) {
    const golden = goldenOf(one)
    if (!golden) continue
    for (const { by = '', what } of one.history.filter(({ second, at }) => second && at >= golden.at)) {
      found.set(by, [...(found.get(by) ?? []), [what as Decision, golden.what as Decision]])
    }
  }
  return [...found].sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, pairs]) => ({ name, practice: null, agreement: agreementOf(pairs) }))
}

/**
 * What is to be read blind by this reviewer ('' without a name), in the order of `cases`: one in `share` of the cases
 * decided here (0 for none) that chance, fixed by their keys, chose and that have had no second reading since; and the
 * golden ones, but for whoever made them so, once.
 */
export function dueForSecond(cases: readonly Case[], share: number, reader: string): Case[] {
  return cases.filter((one) => {
    const { key, history } = one
    const golden = goldenOf(one)
    if (golden && (golden.imported !== undefined || (golden.by ?? '') !== reader)) {
      return !history.some(({ second, imported, by = '', at }) => second && imported === undefined && by === reader && at >= golden.at)
    }
    const decided = history.findLastIndex((entry) => isJudgement(entry) && entry.imported === undefined && !entry.second)
    return decided >= 0 && share > 0 && hashOf(key) % share === 0 && !history.slice(decided).some(({ second }) => second)
  })
}

/** FNV-1a with a final mix, 32 bits. */
function hashOf(text: string): number {
  let hash = 0x811c9dc5
  for (let at = 0; at < text.length; at++) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193)
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b)
  return (hash ^ (hash >>> 13)) >>> 0
}
