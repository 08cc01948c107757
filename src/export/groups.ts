import { codeOf, kindOf } from '../review/contacts.ts'
import type { Links } from '../review/links.ts'
import { type Summary, summaryOf } from '../review/template.ts'
import { accountOf, type Case, type Practice } from '../types.ts'

/** Whom several cases lead to: an account, or a way to be reached. */
export interface Identity {
  /** `account`, or a kind of contact. */
  kind: 'account' | ReturnType<typeof kindOf>
  name: string
  id: string
  platforms: string[]
  posts: number
  practices: Practice[]
  /** Epoch milliseconds. */
  first: number
  last: number
}

/** Accounts and contacts of the cases, the most frequent first. */
export function identitiesOf(cases: readonly Case[], { contacts }: Links): Identity[] {
  const found = new Map<string, { of: Pick<Identity, 'kind' | 'name' | 'id'>; cases: Case[] }>()
  const add = (key: string, of: Pick<Identity, 'kind' | 'name' | 'id'>, one: Case): void => {
    const known = found.get(key)
    if (known) known.cases.push(one)
    else found.set(key, { of, cases: [one] })
  }
  for (const one of cases) {
    const { author } = one.post
    if (author.name || author.id) add(`account ${accountOf(one.post)}`, { kind: 'account', name: author.name, id: author.id ?? '' }, one)
    for (const contact of contacts.get(one.key) ?? []) add(contact, { kind: kindOf(contact), name: codeOf(contact), id: '' }, one)
  }
  return [...found.values()]
    .map(({ of, cases: its }) => ({
      ...of,
      platforms: [...new Set(its.map(({ post }) => post.platform))],
      posts: its.length,
      practices: [...new Set(its.flatMap(({ verdict }) => verdict.categories))],
      first: Math.min(...its.map(({ firstSeen }) => firstSeen)),
      last: Math.max(...its.map(({ lastSeen }) => lastSeen)),
    }))
    .sort((a, b) => b.posts - a.posts || a.first - b.first)
}

export interface Template extends Summary {
  /** Key of the family's first case. */
  family: string
  platforms: string[]
}

/** Families of near-equal texts, the largest first. */
export function templatesOf(cases: readonly Case[], { families }: Links): Template[] {
  const members = new Map<string, Case[]>()
  for (const one of cases) {
    const family = families.get(one.key)
    if (family) members.set(family, [...(members.get(family) ?? []), one])
  }
  return [...members]
    .map(([family, its]) => ({ family, platforms: [...new Set(its.map(({ post }) => post.platform))], ...summaryOf(its) }))
    .sort((a, b) => b.posts - a.posts || a.first - b.first)
}
