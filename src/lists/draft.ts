import { type Contact, CONTACT_KINDS, kindOf, masked } from '../review/contacts.ts'
import { gramsOf } from '../review/grams.ts'
import { normalize } from '../text/normalize.ts'
import { base64url } from '../signed/envelope.ts'
import { listOfPayload, type SharedList } from './list.ts'
import { familyValue, hasherOf, organisationValue } from './value.ts'

/** A code inside a template: long runs of figures and letters. */
const CODE = /[a-z\d_-]{5,}/g
const LONGEST_TEMPLATE = 80

/**
 * What an issuer writes → what is signed. An entry of a draft may hold the plain `value` (`wechat:abc123`, the name of an
 * organisation, a text) instead of `masked`, `hash` and `grams`; the value itself is left out. A draft without a salt
 * gets a new one.
 *
 * @throws {SignedError} `signedMalformed` as {@link listOfPayload} does, also for a value that no list may hold
 */
export async function listOfDraft(draft: unknown): Promise<SharedList> {
  const given = (typeof draft === 'object' && draft !== null ? draft : {}) as Record<string, unknown>
  const salt = typeof given['salt'] === 'string' ? given['salt'] : base64url(crypto.getRandomValues(new Uint8Array(32)))
  const entries = Array.isArray(given['entries']) ? await Promise.all((given['entries'] as unknown[]).map((entry) => hashed(entry, salt))) : given['entries']
  return listOfPayload({ ...given, salt, entries })
}

async function hashed(entry: unknown, salt: string): Promise<unknown> {
  const { value, ...rest } = (typeof entry === 'object' && entry !== null ? entry : {}) as Record<string, unknown>
  if (typeof value !== 'string') return entry
  const hash = await hasherOf(salt)
  if (rest['kind'] === 'organisation') {
    const name = organisationValue(value)
    // What is too short to be told apart is no value; the parser names the empty field.
    return { masked: name.length > 2 ? `${name.slice(0, 1)}…${name.slice(-1)}` : '', ...rest, hash: await hash('organisation', name) }
  }
  if (rest['kind'] === 'contact') {
    const contact = value as Contact
    const fits = (CONTACT_KINDS as readonly string[]).includes(kindOf(contact)) && kindOf(contact) !== 'at'
    return { masked: fits ? `${kindOf(contact)}:${masked(contact)}` : '', ...rest, hash: fits ? await hash('contact', contact) : '' }
  }
  const template = normalize(value).text.replace(CODE, '〔…〕').replace(/\s+/g, ' ')
  return { masked: [...template].slice(0, LONGEST_TEMPLATE).join(''), ...rest, hash: await hash('family', familyValue(value)), grams: [...gramsOf(value)] }
}
