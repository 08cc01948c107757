/** What the names in a page's markup say: classes, ids and the few attributes that name a part. */

import { remembered, words } from './words.ts'

/** Words that sites of all kinds use in classes and ids; a compound is what its last word says. */
const PERSON = /^(?:name|fn|byline|owner|commenter|poster|member|writer)$|(?:author|user|nick|username|nickname|uname)s?$/
const TIME = words('time date datetime timestamp ago pubdate published')
const BODY = words('content contents text txt body message postmessage desc description summary excerpt commtext')
const TITLE = words('title tit subject headline')
const SMALL = words('author user username name badge level label tag time date btn button tip')
const AVATAR = words('avatar face portrait userpic')
const FRAME = words('aside sidebar sidecolumn breadcrumb breadcrumbs pagination pager navbar nav menu dropdown tooltip related copyright skeleton')

const KINDS = ['person', 'time', 'body', 'title', 'avatar', 'comment', 'frame'] as const
export type Hint = Readonly<Record<(typeof KINDS)[number], boolean>>

/** Only so much of a name is read. */
const LONGEST = 300

const NOTHING: Hint = { person: false, time: false, body: false, title: false, avatar: false, comment: false, frame: false }

const readNames = remembered((written): Hint => {
  const names = written.replace(/([a-z])([A-Z])/g, '$1-$2').toLowerCase().split(/\s+/)
  // Hashes and numbers say nothing; what stands behind `--` may be a part or a state.
  const compounds = [...names, ...names.map((name) => name.replace(/--.*/, ''))].map((name) => name.split(/[^a-z0-9]+/).filter((word) => word !== '' && !/\d/.test(word)))
  const ends = (set: ReadonlySet<string>) => compounds.some((compound) => set.has(compound.at(-1) ?? ''))
  const endsLarge = (set: ReadonlySet<string>) => compounds.some((compound) => set.has(compound.at(-1) ?? '') && !compound.some((word) => SMALL.has(word) || (set === BODY && TITLE.has(word))))
  const hint: Hint = {
    person: compounds.some((compound) => PERSON.test(compound.at(-1) ?? '')),
    time: ends(TIME),
    body: endsLarge(BODY),
    title: endsLarge(TITLE),
    avatar: compounds.some((compound) => compound.some((word) => AVATAR.has(word))),
    comment: /comment|repl(?:y|ies)/.test(written),
    frame: compounds.some((compound) => !/^(?:with|has|no)$/.test(compound[0] ?? '') && (FRAME.has(compound.at(-1) ?? '') || FRAME.has(compound.slice(-2).join('')))),
  }
  return KINDS.some((kind) => hint[kind]) ? hint : NOTHING
})

function both(a: Hint, b: Hint): Hint {
  if (b === NOTHING) return a
  return a === NOTHING ? b : (Object.fromEntries(KINDS.map((kind) => [kind, a[kind] || b[kind]])) as Hint)
}

/**
 * @param classes the element's `class`
 * @param named what else names it: `itemprop`, `rel`
 */
export function hintOf(classes: string, id: string, named: string): Hint {
  let hint = readNames(classes.slice(0, LONGEST))
  // Ids differ by their numbers, which say nothing.
  if (id !== '') hint = both(hint, readNames(id.slice(0, LONGEST).replace(/\d+/g, '0')))
  return named === '' ? hint : both(hint, readNames(named.slice(0, LONGEST)))
}
