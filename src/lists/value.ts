import type { Contact } from '../review/contacts.ts'
import { contactsOf, kindOf, codeOf } from '../review/contacts.ts'
import { bytesOfBase64, hex, utf8 } from '../evidence/hash.ts'
import { lettersOf } from '../review/grams.ts'
import { normalize } from '../text/normalize.ts'
import type { Case } from '../types.ts'
import type { Entry } from './list.ts'

/** The HMAC of a list's values under its salt, as schema.json states it. */
export async function hasherOf(salt: string): Promise<(kind: Entry['kind'], value: string) => Promise<string>> {
  const bytes = bytesOfBase64(salt.replace(/-/g, '+').replace(/_/g, '/').replace(/=+$/, ''))
  const key = await crypto.subtle.importKey('raw', bytes, { name: 'HMAC', hash: 'SHA-256' }, false, ['sign'])
  return async (kind, value) => hex(new Uint8Array(await crypto.subtle.sign('HMAC', key, utf8(`${kind}\n${value}`))))
}

/** An organisation's name without what may differ between two ways to write it. */
export const organisationValue = (name: string): string => normalize(name).text.replace(/[\s\p{P}\p{S}]+/gu, '')

/** The letters of a text that stands for its family. */
export const familyValue = (text: string): string => lettersOf(text)

/** How names of organisations end. */
const ENDING = /(?:公司|集团|事务所|法务|律所|咨询|服务部|服务中心|中心|工作室|机构|平台|联盟|商行|商会|协会|俱乐部)/g
const SHORTEST_NAME = 4
const LONGEST_NAME = 20
/** Most names that one case is asked about. */
const MOST_NAMES = 400

/** What a case says that a list could know, in the form that lists hash. */
export function valuesOf({ post: { author, title, text } }: Case): { contact: Contact[]; organisation: string[] } {
  const words = [author.name, title, text].filter(Boolean).join('\n')
  // A mention names an account, which may be a person's.
  const contact = contactsOf(words).filter((one) => kindOf(one) !== 'at')
  const names = new Set([author.name, ...contact.filter((one) => kindOf(one) === 'official').map(codeOf)].map(organisationValue))
  for (const line of words.split('\n')) {
    const letters = organisationValue(line)
    for (const { index, 0: ending } of letters.matchAll(ENDING)) {
      const end = index + ending.length
      for (let from = Math.max(0, end - LONGEST_NAME); from <= end - SHORTEST_NAME && names.size < MOST_NAMES; from++) names.add(letters.slice(from, end))
    }
  }
  names.delete('')
  return { contact, organisation: [...names] }
}
