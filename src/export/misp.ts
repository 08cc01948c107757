import zh from '../../public/_locales/zh_CN/messages.json' with { type: 'json' }
import { codeOf, type Contact, contactsOf, kindOf } from '../review/contacts.ts'
import type { Case } from '../types.ts'
import type { ExportFormat } from './format.ts'
import { TLP_DEFAULT } from './tlp.ts'
import { NAMESPACE, uuid5 } from './uuid.ts'

interface Template {
  uuid: string
  version: string
}
/** Of github.com/MISP/misp-objects. */
const TEMPLATES = {
  microblog: { uuid: '8ec8c911-ddbe-4f5b-895b-fbff70c42a60', version: '20' },
  'user-account': { uuid: '49606b06-22f0-4ac8-8eee-2f12ad46f3d3', version: '6' },
  'instant-message-group': { uuid: 'e26becca-2149-4bc0-b3fb-7090d43af28f', version: '2' },
  organization: { uuid: 'f750e12b-127a-432c-b022-b3f9153c4e2a', version: '9' },
} as const satisfies Record<string, Template>
type Name = keyof typeof TEMPLATES

/** MISP's own type and category of each relation that is written. */
const TYPES: Record<string, [type: string, category: string]> = {
  url: ['url', 'Network activity'],
  link: ['link', 'External analysis'],
  'embedded-link': ['url', 'Network activity'],
}
const TEXT = ['text', 'Other'] as const

type Value = [relation: string, value: string]

interface MispObject {
  uuid: string
  ObjectReference: unknown[]
}

/** A MISP event: each case as a `microblog`, its author and the contacts in its text as objects that it refers to. */
export const misp: ExportFormat = {
  id: 'misp',
  name: 'MISP',
  extension: 'misp.json',
  mime: 'application/json',
  *parts(cases, { madeAt, tlp = TLP_DEFAULT }) {
    const objects = new Map<string, MispObject>()
    for (const one of cases) for (const object of objectsOf(one)) if (!objects.has(object.uuid)) objects.set(object.uuid, object)
    const event = {
      uuid: uuid5(NAMESPACE, `event\n${madeAt}\n${[...objects.keys()].join()}`),
      info: `明察 Mingcha: ${cases.length} 条内容 posts`,
      date: new Date(madeAt).toISOString().slice(0, 10),
      timestamp: seconds(madeAt),
      // 4 undefined, 0 initial, 0 this organisation only: what is shared further is for a person to say.
      threat_level_id: '4',
      analysis: '0',
      distribution: '0',
      published: false,
      Tag: [{ name: `tlp:${tlp}` }, ...[...new Set(cases.flatMap(({ verdict }) => verdict.categories))].map((practice) => ({ name: `mingcha:practice="${practice}"` }))],
      Attribute: [],
      Object: [...objects.values()],
    }
    yield `${JSON.stringify({ Event: event }, null, 2)}\n`
  },
}

function objectsOf(one: Case): MispObject[] {
  const { key, post, pageUrl, verdict, decision, lastSeen } = one
  const contacts = contactsOf([post.author.name, post.title, post.text].filter(Boolean).join('\n'))
  const quoted = contacts.filter((contact) => kindOf(contact) === 'at').map(codeOf)
  const links = contacts.filter((contact) => kindOf(contact) === 'link').map((contact) => `https://${codeOf(contact)}`)
  const others = contacts.map((contact) => contactObject(contact, lastSeen)).filter((object) => object !== undefined)
  const account = objectOf('user-account', `${post.platform}\n${post.author.id ?? post.author.name}`, lastSeen, [
    ['account-type', post.platform],
    post.author.id ? ['user-id', post.author.id] : ['username', post.author.name || key],
    ...(post.author.name ? ([['display-name', post.author.name]] as Value[]) : []),
  ])
  const address = [post.permalink, pageUrl].find((url) => /^https?:/.test(url))
  const microblog = objectOf('microblog', key, lastSeen, [
    ['post', post.text || post.title || '—'],
    ...(post.title ? ([['title', post.title]] as Value[]) : []),
    ...(address ? ([['link', address]] as Value[]) : []),
    ['type', 'Other'],
    ['state', decision === 'confirmed' ? 'Malicious' : decision === 'wrong' || decision === 'dismissed' ? 'Informative' : 'Unknown'],
    ['username', post.author.name || key],
    ...quoted.map((name): Value => ['username-quoted', name]),
    ...links.map((url): Value => ['embedded-link', url]),
  ], `${post.platform} ${post.kind}: ${verdict.categories.map((practice) => zh[`practice_${practice}`].message).join('、') || verdict.band} ${verdict.score.toFixed(3)} (${verdict.model})`)
  microblog.ObjectReference = [reference(microblog, account, 'authored-by'), ...others.map((other) => reference(microblog, other, 'mentions'))]
  return [microblog, account, ...others]
}

function contactObject(contact: Contact, at: number): MispObject | undefined {
  const [kind, code] = [kindOf(contact), codeOf(contact)]
  if (kind === 'at' || kind === 'link') return undefined
  if (kind === 'group') return objectOf('instant-message-group', contact, at, [['group-name', code], ['app-used', 'QQ']])
  if (kind === 'official') return objectOf('organization', contact, at, [['alias', code], ['description', '微信公众号 WeChat official account']])
  return objectOf('user-account', contact, at, [['account-type', kind], ['username', code]])
}

function objectOf(name: Name, key: string, at: number, values: readonly Value[], comment = ''): MispObject & Record<string, unknown> {
  const uuid = uuid5(NAMESPACE, `${name}\n${key}`)
  return {
    uuid, name, 'meta-category': 'misc', template_uuid: TEMPLATES[name].uuid, template_version: TEMPLATES[name].version,
    // 5: as the event's own.
    distribution: '5', timestamp: seconds(at), comment: comment.toWellFormed(),
    Attribute: values.map(([relation, value], index) => {
      const [type, category] = TYPES[relation] ?? TEXT
      return { uuid: uuid5(uuid, `${index}\n${relation}\n${value}`), object_relation: relation, type, category, value: value.toWellFormed(), to_ids: false, distribution: '5', timestamp: seconds(at), comment: '' }
    }),
    ObjectReference: [],
  }
}

const reference = (from: MispObject, to: MispObject, relationship_type: string): unknown => ({
  uuid: uuid5(from.uuid, `${relationship_type}\n${to.uuid}`), object_uuid: from.uuid, referenced_uuid: to.uuid, relationship_type, comment: '',
})

const seconds = (at: number): string => String(Math.floor(at / 1_000))
