import { type Stage, stagesOf } from './chain.ts'
import { periodOf } from './figures.ts'
import type { Links } from './links.ts'
import { accountOf, type Case } from '../types.ts'

/** A group of fewer accounts is a few persons, and nobody's portrait is drawn. */
export const FEWEST = 5

/** What accounts have in common that one family or one contact joins; nothing in it names one of them. */
export interface Portrait {
  /** Key of its first case. */
  id: string
  accounts: number
  posts: number
  /** Ids of sites, with their posts. */
  platforms: Counts
  stages: readonly [Stage, number][]
  /** Whom they say they are, in how many accounts' names and texts. */
  claims: Counts
  /** Words about price and payment, in how many posts. */
  prices: Counts
  /** Posts by the hour of the reader's day at which they were found, 24 of them. */
  hours: number[]
  /** Posts by the week in which they were found, from its Monday. */
  weeks: [week: string, posts: number][]
}
type Counts = [name: string, count: number][]

const CLAIMS = /律师|法务|法律(?:顾问|咨询)|老师|导师|银行(?:内部|员工|经理|工作)|信贷(?:经理|员)|(?:前|离职|从事)?催收员?|规划师|协商师|顾问|公益|过来人|已上岸|上岸|宝妈|公司|团队|工作室|事务所/g
const PRICES = /\d+(?:\.\d+)?\s?(?:元|块|万|w|%|％|个?点)|免费|先办后付|不成功不收费|定金|押金|首付|分成|提成|佣金|包过|全款|服务费|手续费/gi

/** How many words of one kind are kept. */
const MOST = 8

/** Most frequent first. */
function countsOf(names: Iterable<string>): Counts {
  const counts = new Map<string, number>()
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1)
  return [...counts].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1))
}
const wordsIn = (text: string, pattern: RegExp): string[] => [...new Set([...text.matchAll(pattern)].map(([word]) => word.replace(/\s/g, '').toLowerCase()))]

/** Groups of {@link FEWEST} accounts or more that share a template or a contact, the largest first. */
export function portraitsOf(cases: readonly Case[], { families, contacts }: Pick<Links, 'families' | 'contacts'>): Portrait[] {
  const parent = new Map<string, string>()
  const root = (name: string): string => {
    let at = name
    while (parent.has(at)) at = parent.get(at)!
    if (at !== name) parent.set(name, at)
    return at
  }
  const join = (one: string, other: string): void => {
    const [a, b] = [root(one), root(other)]
    if (a !== b) parent.set(a, b)
  }
  const named = cases.filter(({ post: { author } }) => (author.id ?? author.name) !== '')
  for (const { key, post } of named) {
    const account = `account ${accountOf(post)}`
    const family = families.get(key)
    if (family) join(account, `family ${family}`)
    for (const contact of contacts.get(key) ?? []) join(account, `contact ${contact}`)
  }
  const groups = new Map<string, Case[]>()
  for (const one of named) {
    const group = root(`account ${accountOf(one.post)}`)
    const known = groups.get(group)
    if (known) known.push(one)
    else groups.set(group, [one])
  }
  return [...groups.values()].map(portraitOf).filter(({ accounts }) => accounts >= FEWEST).sort((a, b) => b.accounts - a.accounts || b.posts - a.posts || (a.id < b.id ? -1 : 1))
}

function portraitOf(cases: readonly Case[]): Portrait {
  const ordered = [...cases].sort((a, b) => a.firstSeen - b.firstSeen || (a.key < b.key ? -1 : 1))
  const words = new Map<string, Set<string>>()
  for (const { post } of ordered) {
    const said = words.get(accountOf(post)) ?? new Set()
    for (const word of wordsIn(`${post.author.name}\n${post.text}`, CLAIMS)) said.add(word)
    words.set(accountOf(post), said)
  }
  const hours = Array.from({ length: 24 }, () => 0)
  for (const { firstSeen } of ordered) hours[new Date(firstSeen).getHours()]!++
  return {
    id: ordered[0]!.key,
    accounts: words.size,
    posts: ordered.length,
    platforms: countsOf(ordered.map(({ post }) => post.platform)),
    stages: countsOf(ordered.flatMap(({ verdict }) => stagesOf(verdict.categories))) as [Stage, number][],
    claims: countsOf([...words.values()].flatMap((said) => [...said])).slice(0, MOST),
    prices: countsOf(ordered.flatMap(({ post }) => wordsIn(post.text, PRICES))).slice(0, MOST),
    hours,
    weeks: countsOf(ordered.map(({ firstSeen }) => periodOf(firstSeen, 'week'))).sort(([a], [b]) => (a < b ? -1 : 1)),
  }
}
