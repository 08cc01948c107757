import type { Links } from './links.ts'
import { type Case, type Decision, type HistoryEntry, PRACTICES, type Practice } from '../types.ts'

/** Beginning of a day or of a Monday in the reader's zone, as `2026-11-23`. */
export type Unit = 'day' | 'week'

/** Days that are drawn one by one; a longer time is drawn by weeks. */
const MOST_DAYS = 62
const DAY = 86_400_000

const two = (n: number): string => String(n).padStart(2, '0')
const startOf = (at: number, unit: Unit): Date => {
  const date = new Date(at)
  date.setHours(0, 0, 0, 0)
  if (unit === 'week') date.setDate(date.getDate() - ((date.getDay() + 6) % 7))
  return date
}
const nameOf = (date: Date): string => `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`
export const periodOf = (at: number, unit: Unit): string => nameOf(startOf(at, unit))

/** Every day or week from the first to the last, those without anything as well. */
function periods(times: readonly number[], unit: Unit): string[] {
  if (times.length === 0) return []
  const [first, last] = times.reduce(([a, b], at) => [Math.min(a, at), Math.max(b, at)], [Infinity, -Infinity])
  const all: string[] = []
  for (const date = startOf(first!, unit); date.getTime() <= last!; date.setDate(date.getDate() + (unit === 'day' ? 1 : 7))) all.push(nameOf(date))
  return all
}

export interface Daily {
  unit: Unit
  periods: string[]
  /** Ids of sites, the most frequent first, each with its counts in the order of the periods. */
  sites: { id: string; counts: number[] }[]
}

/** Posts flagged first, by day (by week over a long time) and site. */
export function dailyOf(cases: readonly Case[]): Daily {
  const flagged = cases.filter(({ verdict }) => verdict.band === 'flagged')
  const times = flagged.map(({ firstSeen }) => firstSeen)
  const span = times.reduce((most, at) => Math.max(most, at), -Infinity) - times.reduce((least, at) => Math.min(least, at), Infinity)
  const unit = span > MOST_DAYS * DAY ? 'week' : 'day'
  const all = periods(times, unit)
  const place = new Map(all.map((name, at) => [name, at]))
  const sites = new Map<string, number[]>()
  for (const { post, firstSeen } of flagged) {
    const counts = sites.get(post.platform) ?? all.map(() => 0)
    counts[place.get(periodOf(firstSeen, unit))!]!++
    sites.set(post.platform, counts)
  }
  const sum = (counts: readonly number[]): number => counts.reduce((a, b) => a + b, 0)
  return { unit, periods: all, sites: [...sites].map(([id, counts]) => ({ id, counts })).sort((a, b) => sum(b.counts) - sum(a.counts)) }
}

/** Posts of each practice, the most frequent first; a post of several counts in each. */
export function practicesOf(cases: readonly Case[]): { practice: Practice; posts: number }[] {
  return PRACTICES.map((practice) => ({ practice, posts: cases.filter(({ verdict }) => verdict.categories.includes(practice)).length }))
    .filter(({ posts }) => posts > 0)
    .sort((a, b) => b.posts - a.posts)
}

/** Sizes of families, each from `from` to `to` posts. */
const SIZES = [[2, 2], [3, 5], [6, 10], [11, 20], [21, 50], [51, Infinity]] as const

export interface Sizes {
  from: number
  to: number
  families: number
  posts: number
}

/** How many families of which size the cases hold. */
export function sizesOf(cases: readonly Case[], { families }: Pick<Links, 'families'>): Sizes[] {
  const counts = new Map<string, number>()
  for (const { key } of cases) {
    const family = families.get(key)
    if (family) counts.set(family, (counts.get(family) ?? 0) + 1)
  }
  return SIZES.map(([from, to]) => {
    const its = [...counts.values()].filter((posts) => posts >= from && posts <= to)
    return { from, to, families: its.length, posts: its.reduce((a, b) => a + b, 0) }
  })
}

export interface Precision {
  week: string
  confirmed: number
  wrong: number
  /** Share of confirmed among those two, and the ends of its 95 % interval after Wilson, 0 to 1. */
  share: number
  low: number
  high: number
}

/** A reviewer's own word on a mark of this machine, not a colleague's and not a second reading. */
const isOwn = ({ what, imported, second }: HistoryEntry): boolean => imported === undefined && !second && (['open', 'confirmed', 'wrong', 'unsure', 'dismissed'] satisfies Decision[] as string[]).includes(what)

/**
 * How many flagged posts reviewers here confirmed, by the week of the decision that stands. It speaks of what was
 * reviewed, not of all that was flagged.
 */
export function precisionOf(cases: readonly Case[]): Precision[] {
  const weeks = new Map<string, { confirmed: number; wrong: number }>()
  for (const { verdict, history } of cases) {
    const last = verdict.band === 'flagged' ? history.findLast(isOwn) : undefined
    if (last?.what !== 'confirmed' && last?.what !== 'wrong') continue
    const week = periodOf(last.at, 'week')
    const counts = weeks.get(week) ?? { confirmed: 0, wrong: 0 }
    counts[last.what]++
    weeks.set(week, counts)
  }
  return [...weeks].sort(([a], [b]) => (a < b ? -1 : 1)).map(([week, counts]) => ({ week, ...counts, ...wilson(counts.confirmed, counts.confirmed + counts.wrong) }))
}

/** Share and 95 % interval of `hits` out of `all` > 0 (Wilson 1927). */
export function wilson(hits: number, all: number): { share: number; low: number; high: number } {
  const z = 1.959964
  const share = hits / all
  const middle = (share + (z * z) / (2 * all)) / (1 + (z * z) / all)
  const half = (z / (1 + (z * z) / all)) * Math.sqrt((share * (1 - share)) / all + (z * z) / (4 * all * all))
  return { share, low: Math.max(0, middle - half), high: Math.min(1, middle + half) }
}
