import { type Links, NO_LINKS, tagOf } from '../links.ts'
import type { Band, Case, Decision, Practice } from '../types.ts'
import { PRACTICES } from '../types.ts'

/** The review desk's filters; '' means all. It lives in the address, so that a view can be kept and sent on. */
export interface Filter {
  site: string
  category: Practice | ''
  band: Band | ''
  state: Decision | 'reported' | ''
  /** A case of the family; the others of it are shown as well. */
  family: string
  /** Tag of a contact. */
  contact: string
  q: string
}
export const ALL: Filter = { site: '', category: '', band: '', state: '', family: '', contact: '', q: '' }

export const BANDS = ['flagged', 'unsure', 'clean', 'not_judged'] as const satisfies readonly Band[]
export const STATES = ['open', 'confirmed', 'wrong', 'unsure', 'dismissed', 'reported'] as const satisfies readonly Filter['state'][]

const oneOf = <T extends string>(values: readonly T[], value: string | null): T | '' => values.find((one) => one === value) ?? ''

/** The filters an address names; anything it does not know counts as all. */
export function filterOf(hash: string): Filter {
  const named = new URLSearchParams(hash.replace(/^#/, ''))
  return {
    site: named.get('site') ?? '',
    category: oneOf(PRACTICES, named.get('category')),
    band: oneOf(BANDS, named.get('band')),
    state: oneOf(STATES, named.get('state')),
    family: named.get('family') ?? '',
    contact: named.get('contact') ?? '',
    q: named.get('q') ?? '',
  }
}

export function hashOf(filter: Filter): string {
  const named = Object.entries(filter).filter(([, value]) => value !== '')
  return named.length > 0 ? `#${new URLSearchParams(named)}` : ''
}

const words = new WeakMap<Case, string>()
const folded = (text: string): string => text.normalize('NFKC').toLowerCase()

/** Everything a search looks through, folded once for each case. */
function wordsOf(one: Case): string {
  let text = words.get(one)
  if (text === undefined) {
    const { post, report } = one
    text = folded([post.title, post.text, post.author.name, post.author.id, post.id, report?.receipt, report?.note].join('\n'))
    words.set(one, text)
  }
  return text
}

/** Whether a case is shown under a filter. */
export function filterBy(filter: Filter, { families, contacts }: Links = NO_LINKS): (one: Case) => boolean {
  const terms = folded(filter.q).split(/\s+/).filter(Boolean)
  const family = families.get(filter.family)
  return (one) =>
    (!filter.site || one.post.platform === filter.site) &&
    (!filter.category || one.verdict.categories.includes(filter.category)) &&
    (!filter.band || one.verdict.band === filter.band) &&
    (!filter.state || (filter.state === 'reported' ? one.report !== undefined : one.decision === filter.state)) &&
    (!filter.family || (family !== undefined && families.get(one.key) === family)) &&
    (!filter.contact || contacts.get(one.key)?.some((contact) => tagOf(contact) === filter.contact) === true) &&
    terms.every((term) => wordsOf(one).includes(term))
}

/** How many cases each choice of each filter would show on its own. */
export function countsOf(cases: readonly Case[]): Map<string, number> {
  const counts = new Map<string, number>()
  const add = (name: string): unknown => counts.set(name, (counts.get(name) ?? 0) + 1)
  for (const { post, verdict, decision, report } of cases) {
    add(`site ${post.platform}`)
    for (const category of verdict.categories) add(`category ${category}`)
    add(`band ${verdict.band}`)
    add(`state ${decision}`)
    if (report) add('state reported')
  }
  return counts
}

/** The rows to draw of a long list, and the height of what is left out above and below. */
export function windowOf(scrollTop: number, height: number, count: number, row: number): { start: number; end: number; above: number; below: number } {
  const spare = 8
  const start = Math.max(0, Math.min(Math.floor(scrollTop / row) - spare, count))
  const end = Math.min(count, Math.ceil((scrollTop + height) / row) + spare)
  return { start, end: Math.max(start, end), above: start * row, below: (count - Math.max(start, end)) * row }
}

export interface Step {
  key: string
  before: Decision
}

/** Remembers decisions of this visit so that they can be taken back, last first. */
export function createUndo(): { did(step: Step): void; take(): Step | undefined } {
  const steps: Step[] = []
  return { did: (step) => void steps.push(step), take: () => steps.pop() }
}
