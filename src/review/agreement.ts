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

const isJudgement = ({ what }: HistoryEntry): boolean => what === 'confirmed' || what === 'wrong' || what === 'unsure'

/** What we decided and what a colleague's list says, where both did. */
function withLists({ history }: Case): Pair | undefined {
  const ours = history.findLast((entry) => isJudgement(entry) && entry.imported === undefined && !entry.second)
  const theirs = history.findLast((entry) => isJudgement(entry) && entry.imported !== undefined && !entry.second)
  return ours && theirs && [ours.what as Decision, theirs.what as Decision]
}

/** What was decided and what the blind second reading said. */
function withSecond({ history }: Case): Pair | undefined {
  const at = history.findLastIndex((entry) => entry.second === true && entry.imported === undefined)
  const first = history.slice(0, Math.max(0, at)).findLast((entry) => isJudgement(entry) && entry.imported === undefined && !entry.second)
  return first && [first.what as Decision, history[at]!.what as Decision]
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

/** One decided case in this many is read a second time. */
export const SHARE = 10

/** Cases decided here that chance, fixed by their keys, chose for a second reading, and that have had none since. */
export function dueForSecond(cases: readonly Case[]): Case[] {
  return cases.filter(({ key, history }) => {
    const decided = history.findLastIndex((entry) => isJudgement(entry) && entry.imported === undefined && !entry.second)
    return decided >= 0 && hashOf(key) % SHARE === 0 && !history.slice(decided).some(({ second }) => second)
  })
}

/** FNV-1a with a final mix, 32 bits. */
function hashOf(text: string): number {
  let hash = 0x811c9dc5
  for (let at = 0; at < text.length; at++) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193)
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b)
  return (hash ^ (hash >>> 13)) >>> 0
}
