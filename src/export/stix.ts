import { codeOf, type Contact, contactsOf, kindOf } from '../review/contacts.ts'
import type { Case, Decision } from '../types.ts'
import type { ExportFormat } from './format.ts'
import { TLP_DEFAULT, type Tlp } from './tlp.ts'
import { NAMESPACE, uuid5 } from './uuid.ts'

type StixObject = { type: string; id: string } & Record<string, unknown>

/** Of ids of observables, from their own properties (STIX 2.1, 2.9). */
const OBSERVABLES = '00abedb4-aa42-466c-9c23-fed23f33f2a0'
/** The markings that the standard defines itself (STIX 2.1, 7.2.1.4); `white` is the older name of clear. */
const MARKINGS: Record<Tlp, [id: string, tlp: string]> = {
  clear: ['marking-definition--613f2e26-407d-48c7-9eca-b8e91df99dc9', 'white'],
  green: ['marking-definition--34098fce-860f-48ae-8e50-ebd3cc5e41da', 'green'],
  amber: ['marking-definition--f88d31f6-486f-44da-b317-01333bde0b82', 'amber'],
  red: ['marking-definition--5e57c739-391a-4eb3-b6be-7d15ca92d5ed', 'red'],
}
/** What a person decided, in the words of the standard; what is open has no opinion. */
const OPINIONS: Partial<Record<Decision, string>> = { confirmed: 'agree', wrong: 'disagree', dismissed: 'disagree', unsure: 'neutral' }
const PRODUCER: StixObject = {
  type: 'identity', spec_version: '2.1', id: `identity--${uuid5(NAMESPACE, 'producer')}`, created: '2026-11-23T00:00:00.000Z', modified: '2026-11-23T00:00:00.000Z',
  name: '明察 Mingcha', identity_class: 'system',
}

/**
 * A STIX 2.1 bundle: each case as observed data (its address, its author's account, the contacts in its text), a note
 * with the text and what was seen in it, and the person's decision as an opinion on that note.
 */
export const stix: ExportFormat = {
  id: 'stix',
  name: 'STIX 2.1',
  extension: 'stix.json',
  mime: 'application/stix+json;version=2.1',
  *parts(cases, { tlp = TLP_DEFAULT }) {
    const [marking, colour] = MARKINGS[tlp]
    const objects = new Map<string, StixObject>()
    for (const one of cases) for (const object of objectsOf(one)) objects.set(object.id, { ...object, object_marking_refs: [marking] })
    const definition = { type: 'marking-definition', spec_version: '2.1', id: marking, created: '2017-01-20T00:00:00.000Z', definition_type: 'tlp', name: `TLP:${colour.toUpperCase()}`, definition: { tlp: colour } }
    const all = [definition, { ...PRODUCER, object_marking_refs: [marking] }, ...objects.values()]
    yield `${JSON.stringify({ type: 'bundle', id: `bundle--${uuid5(NAMESPACE, JSON.stringify(all))}`, objects: all }, null, 2)}\n`
  },
}

function objectsOf(one: Case): StixObject[] {
  const { key, post, pageUrl, verdict, decision, report, firstSeen, lastSeen, history } = one
  const [first, last] = [Math.min(firstSeen, lastSeen), Math.max(firstSeen, lastSeen)]
  const account = sco('user-account', {
    account_type: post.platform,
    ...(post.author.id ? { user_id: post.author.id } : { account_login: plain(post.author.name) || key }),
  }, { ...(post.author.name ? { display_name: plain(post.author.name) } : {}) })
  const addresses = [...new Set([post.permalink, pageUrl])].filter((url) => /^https?:/.test(url) && URL.canParse(url)).map((value) => sco('url', { value: new URL(value).href }))
  const contacts = contactsOf([post.author.name, post.title, post.text].filter(Boolean).join('\n')).map(contactObject).filter((object) => object !== undefined)
  const seen = sdo('observed-data', key, first, last, {
    first_observed: time(first), last_observed: time(last), number_observed: 1,
    object_refs: [...new Set([account, ...addresses, ...contacts].map(({ id }) => id))],
    ...(verdict.categories.length > 0 ? { labels: verdict.categories } : {}),
    external_references: [{ source_name: 'mingcha', external_id: plain(key) }, ...(report ? [{ source_name: 'mingcha-report', external_id: plain(report.receipt) }] : [])],
  })
  const note = sdo('note', key, first, last, {
    abstract: [verdict.band, verdict.form, ...verdict.categories, `model ${verdict.model}`].filter(Boolean).join(' '),
    content: plain(post.text) || plain(post.title ?? '') || '—',
    confidence: Math.round(Math.min(1, Math.max(0, verdict.score)) * 100),
    object_refs: [seen.id],
  })
  const opinion = OPINIONS[decision]
  const decidedAt = history.findLast(({ what }) => what === decision)?.at ?? last
  return [account, ...addresses, ...contacts, seen, note, ...(opinion ? [sdo('opinion', key, decidedAt, decidedAt, { opinion, explanation: decision, object_refs: [note.id] })] : [])]
}

function contactObject(contact: Contact): StixObject | undefined {
  const [kind, code] = [kindOf(contact), codeOf(contact)]
  if (kind === 'link') return URL.canParse(`https://${code}`) ? sco('url', { value: new URL(`https://${code}`).href }) : undefined
  if (kind === 'mail') return sco('email-addr', { value: code })
  if (kind === 'at') return undefined
  return sco('user-account', { account_type: { official: 'wechat-official', group: 'qq-group' }[kind as string] ?? kind, account_login: code })
}

/** An observable: its id follows from `named` alone. */
function sco(type: string, named: Record<string, string>, more: Record<string, string> = {}): StixObject {
  // Canonical JSON (RFC 8785) of plain strings: sorted names, no blanks.
  const canonical = JSON.stringify(Object.fromEntries(Object.entries(named).sort(([a], [b]) => (a < b ? -1 : 1))))
  return { type, spec_version: '2.1', id: `${type}--${uuid5(OBSERVABLES, canonical)}`, ...named, ...more }
}

function sdo(type: string, name: string, created: number, modified: number, properties: Record<string, unknown>): StixObject {
  return { type, spec_version: '2.1', id: `${type}--${uuid5(NAMESPACE, `${type}\n${name}`)}`, created_by_ref: PRODUCER.id, created: time(created), modified: time(modified), ...properties }
}

const time = (at: number): string => new Date(at).toISOString()
/** Without halves of characters, which other readers refuse. */
const plain = (text: string): string => text.toWellFormed()
