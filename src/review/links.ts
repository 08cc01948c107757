import { type Contact, contactsOf } from './contacts.ts'
import { familiesOf } from './families.ts'
import type { Case } from '../types.ts'

/** Which cases seem to come from one hand. It links cases; it never flags one. */
export interface Links {
  /** Family of each case that shares its template, by case key. */
  families: ReadonlyMap<string, string>
  /** How many cases each family has. */
  sizes: ReadonlyMap<string, number>
  /** Ways to reach the author, by case key; cases without any are left out. */
  contacts: ReadonlyMap<string, readonly Contact[]>
  /** How many cases hold a contact, by its {@link tagOf}. */
  shared: ReadonlyMap<string, number>
}

export const NO_LINKS: Links = { families: new Map(), sizes: new Map(), contacts: new Map(), shared: new Map() }

export function linksOf(cases: readonly Case[]): Links {
  const families = familiesOf(cases)
  const sizes = new Map<string, number>()
  for (const family of families.values()) sizes.set(family, (sizes.get(family) ?? 0) + 1)
  const contacts = new Map<string, readonly Contact[]>()
  const shared = new Map<string, number>()
  for (const { key, post } of cases) {
    // A name is a favourite place for a code.
    const found = contactsOf([post.author.name, post.title, post.text].filter(Boolean).join('\n'))
    if (found.length > 0) contacts.set(key, found)
    for (const contact of found) shared.set(tagOf(contact), (shared.get(tagOf(contact)) ?? 0) + 1)
  }
  return { families, sizes, contacts, shared }
}

/** Whether links of one list hold for another: the same cases with the same words. */
export function sameWords(one: readonly Case[], other: readonly Case[]): boolean {
  const words = new Map(one.map(({ key, post }) => [key, post.text]))
  return one.length === other.length && other.every(({ key, post }) => words.get(key) === post.text)
}

/** Names a contact in an address without showing it there. No secret: who has the contact can make its tag. */
export function tagOf(contact: Contact): string {
  let [left, right] = [0x811c9dc5, 0x9dc5811c]
  for (let at = 0; at < contact.length; at++) {
    left = Math.imul(left ^ contact.charCodeAt(at), 0x01000193)
    right = Math.imul(right ^ contact.charCodeAt(at), 0x5bd1e995)
  }
  return (left >>> 0).toString(36) + (right >>> 0).toString(36)
}
