import { type Links, NO_LINKS, tagOf } from '../review/links.ts'
import { accountOf, type Band, type Case, type Choice, type Decision, type Form, PRACTICES, type Practice } from '../types.ts'

export const SPANS = ['day', 'week', 'month'] as const
export type Span = (typeof SPANS)[number]
export const SIDES = ['here', 'list'] as const
export type Side = (typeof SIDES)[number]
export const FORMS = ['ad', 'tutorial'] as const satisfies readonly Form[]

/** The review desk's filters; '' means all. It lives in the address, so that a view can be kept and sent on. */
export interface Filter {
  site: string
  category: Practice | ''
  band: Band | ''
  state: Decision | 'reported' | ''
  form: Form | ''
  /** Seen within the last of these, or on the days from `from` to `to`, `2026-11-23`, in the reader's zone. */
  time: Span | ''
  from: string
  to: string
  /** Who found it, and who reported it: this machine or a colleague's list. */
  origin: Side | ''
  reporter: Side | ''
  /** An account, see {@link accountOf}. */
  author: string
  /** Address of the page it was read on. */
  page: string
  /** A case of the family; the others of it are shown as well. */
  family: string
  /** Tag of a contact. */
  contact: string
  q: string
}
export const ALL: Filter = { site: '', category: '', band: '', state: '', form: '', time: '', from: '', to: '', origin: '', reporter: '', author: '', page: '', family: '', contact: '', q: '' }

export const BANDS = ['flagged', 'unsure', 'clean', 'not_judged'] as const satisfies readonly Band[]
export const STATES = ['open', 'confirmed', 'wrong', 'unsure', 'dismissed', 'reported'] as const satisfies readonly Filter['state'][]

const DAY = 86_400_000
const LENGTH: Record<Span, number> = { day: DAY, week: 7 * DAY, month: 30 * DAY }

/** Midnight that begins a day of the reader's calendar, epoch milliseconds; NaN where it names none. */
const startOf = (day: string): number => (/^\d{4}-\d\d-\d\d$/.test(day) ? new Date(`${day}T00:00`).getTime() : Number.NaN)
const dayOf = (value: string | null): string => (value && !Number.isNaN(startOf(value)) ? value : '')

/** Midnight after a day: days are not all of one length. */
function endOf(day: string): number {
  const date = new Date(startOf(day))
  return date.setDate(date.getDate() + 1)
}

const side = (imported: number | undefined): Side => (imported === undefined ? 'here' : 'list')

/** Where a case was found: here, in a list, or both. A decision or report finds nothing new. */
function originsOf({ history }: Case): Set<Side> {
  const found = history.filter(({ what }) => what === 'flagged' || what === 'preserved')
  return new Set((found.length > 0 ? found : history.slice(0, 1)).map(({ imported }) => side(imported)))
}

/** Who reported a case, if anyone. */
function reportersOf({ history, report }: Case): Set<Side> {
  return new Set(report ? history.filter(({ what }) => what === 'reported').map(({ imported }) => side(imported)) : [])
}

const oneOf = <T extends string>(values: readonly T[], value: string | null): T | '' => values.find((one) => one === value) ?? ''

/** The filters an address names; anything it does not know counts as all. */
export function filterOf(hash: string): Filter {
  const named = new URLSearchParams(hash.replace(/^#/, ''))
  return {
    site: named.get('site') ?? '',
    category: oneOf(PRACTICES, named.get('category')),
    band: oneOf(BANDS, named.get('band')),
    state: oneOf(STATES, named.get('state')),
    form: oneOf(FORMS, named.get('form')),
    time: oneOf(SPANS, named.get('time')),
    from: dayOf(named.get('from')),
    to: dayOf(named.get('to')),
    origin: oneOf(SIDES, named.get('origin')),
    reporter: oneOf(SIDES, named.get('reporter')),
    author: named.get('author') ?? '',
    page: named.get('page') ?? '',
    family: named.get('family') ?? '',
    contact: named.get('contact') ?? '',
    q: named.get('q') ?? '',
  }
}

/** What the desk shows of the cases: one by one, or as a whole. In the address as well. */
export const DESKS = ['list', 'chain', 'portraits', 'figures', 'quality'] as const
export type Desk = (typeof DESKS)[number]
export const deskOf = (hash: string): Desk => oneOf(DESKS, new URLSearchParams(hash.replace(/^#/, '')).get('desk')) || 'list'

export function hashOf(filter: Filter, desk: Desk = 'list'): string {
  const named = Object.entries({ desk: desk === 'list' ? '' : desk, ...filter }).filter(([, value]) => value !== '')
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

/** Folds texts while the page has nothing else to do, so that the first search need not; what it returns ends that. */
export function foldAhead(cases: readonly Case[]): () => void {
  let at = 0
  const fold = (idle: IdleDeadline): void => {
    for (; at < cases.length && idle.timeRemaining() > 1; at++) wordsOf(cases[at]!)
    if (at < cases.length) request = requestIdleCallback(fold)
  }
  let request = requestIdleCallback(fold)
  return () => cancelIdleCallback(request)
}

/** Whether a case is shown under a filter; `now` is epoch milliseconds. */
export function filterBy(filter: Filter, { families, contacts }: Links = NO_LINKS, now = Date.now()): (one: Case) => boolean {
  const from = Math.max(filter.time ? now - LENGTH[filter.time] : -Infinity, filter.from ? startOf(filter.from) : -Infinity)
  const to = filter.to ? endOf(filter.to) : Infinity
  const terms = folded(filter.q).split(/\s+/).filter(Boolean)
  const family = families.get(filter.family)
  return (one) =>
    (!filter.site || one.post.platform === filter.site) &&
    (!filter.category || one.verdict.categories.includes(filter.category)) &&
    (!filter.band || one.verdict.band === filter.band) &&
    (!filter.state || (filter.state === 'reported' ? one.report !== undefined : one.decision === filter.state)) &&
    (!filter.form || one.verdict.form === filter.form) &&
    one.lastSeen >= from &&
    one.lastSeen < to &&
    (!filter.origin || originsOf(one).has(filter.origin)) &&
    (!filter.reporter || reportersOf(one).has(filter.reporter)) &&
    (!filter.author || accountOf(one.post) === filter.author) &&
    (!filter.page || one.pageUrl === filter.page) &&
    (!filter.family || (family !== undefined && families.get(one.key) === family)) &&
    (!filter.contact || contacts.get(one.key)?.some((contact) => tagOf(contact) === filter.contact) === true) &&
    terms.every((term) => wordsOf(one).includes(term))
}

/** How many cases each choice of each filter would show on its own. */
export function countsOf(cases: readonly Case[], now = Date.now()): Map<string, number> {
  const counts = new Map<string, number>()
  const add = (name: string): unknown => counts.set(name, (counts.get(name) ?? 0) + 1)
  for (const one of cases) {
    const { post, verdict, decision, report, lastSeen } = one
    for (const span of SPANS) if (lastSeen >= now - LENGTH[span]) add(`time ${span}`)
    for (const origin of originsOf(one)) add(`origin ${origin}`)
    for (const reporter of reportersOf(one)) add(`reporter ${reporter}`)
    if (verdict.form) add(`form ${verdict.form}`)
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

/** One decision, of one case or of a whole family: what each case was before, and where it was made. */
export interface Step {
  before: readonly Choice[]
  filter: Filter
  /** The case that was under work. */
  key: string | undefined
}

/** Remembers decisions of this visit so that they can be taken back, last first. */
export function createUndo(): { did(step: Step): void; take(): Step | undefined } {
  const steps: Step[] = []
  return { did: (step) => void steps.push(step), take: () => steps.pop() }
}
