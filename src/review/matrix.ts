import { type Stage, stagesOf } from './chain.ts'
import type { Contact } from './contacts.ts'
import type { Links } from './links.ts'
import { accountOf, type Case } from '../types.ts'

/** Whom the rows of the matrix stand for. */
export const HANDS = ['contact', 'family'] as const
export type Hand = (typeof HANDS)[number]

/** How far one contact or family reaches along the chain. */
export interface Reach {
  /** The contact, or the key of the family's first case. */
  id: string
  /** Text of its first case. */
  text: string
  posts: number
  accounts: number
  /** Posts of each step; steps without any are left out. A post of several practices counts in each of its steps. */
  stages: ReadonlyMap<Stage, number>
}

/** One row for each contact or family of two posts or more: those that cover most steps first, then the largest. */
export function reachesOf(cases: readonly Case[], { contacts, families }: Pick<Links, 'contacts' | 'families'>, by: Hand): Reach[] {
  const members = new Map<string, Case[]>()
  for (const one of cases) {
    const family = families.get(one.key)
    const ids: readonly (Contact | string)[] = by === 'contact' ? (contacts.get(one.key) ?? []) : family ? [family] : []
    for (const id of ids) {
      const known = members.get(id)
      if (known) known.push(one)
      else members.set(id, [one])
    }
  }
  return [...members]
    .filter(([, its]) => its.length > 1)
    .map(([id, its]) => {
      const stages = new Map<Stage, number>()
      for (const { verdict } of its) for (const stage of stagesOf(verdict.categories)) stages.set(stage, (stages.get(stage) ?? 0) + 1)
      const first = its.reduce((a, b) => (b.firstSeen < a.firstSeen ? b : a))
      return { id, text: first.post.text, posts: its.length, accounts: new Set(its.map(({ post }) => accountOf(post))).size, stages }
    })
    .sort((a, b) => b.stages.size - a.stages.size || b.posts - a.posts || (a.id < b.id ? -1 : 1))
}
