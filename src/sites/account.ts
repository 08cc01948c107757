/** Accounts for what a page shows: what of it stands in the posts that were read, and what in none. */

import type { Post } from '../types.ts'
import type { Box } from './generic/box.ts'
import type { Page } from './generic/find.ts'
import { isAct, isFollow, isPrice, isTime, lettersOf } from './generic/words.ts'
import { hidden, nameOf, textOf } from './read.ts'

/** An element that an adapter took for a unit, and what it read there. */
export interface Taken {
  element: Element
  post: Post | null
}

/** What does not add up, as shares of the units, 0 to 1; of letters where it says so. */
export interface Account {
  /** Units that show a long line, or one that stands as titles and texts do, which is in no text. */
  partial: number
  /** Letters that units show and that are in no text. */
  inside: number
  /** Units that name people, but not their author, or whose author is a time. */
  misnamed: number
  /** Units whose author is called by the id alone. */
  unnamed: number
  /** Units whose text carries what stands around it: it was taken from too large a box. */
  noisy: number
  /** Elements that were not read, and where someone says something. */
  silent: number
  /** Words and names outside of what was not read, in the places where those of units stand. */
  inPlace: number
  /** People named in units, and outside of all, who are the author of none. */
  guests: number
  strangers: number
  /** Letters of whole lines outside of all units. */
  outside: number
}

/** Of people, places and the page itself, not of what someone posted. */
export const NOTICE =
  /粉丝|获赞|订阅者|关注者?\s*\d|签名[:：]|已.{0,6}(?:删除|屏蔽|不可见|失效|关闭)|\[(?:removed|deleted)\]|加载|写评论|评论吧|说点什么|直播[中间]|阅读\s*[\d.]+\s*[万亿]|还有 \d+ 条|点击(?:查看|展开)|[共部] ?\d+ ?条|^AI|相关|推荐|大家都在搜|热搜|登录|贴图|人想要|不可用|No (?:more )?posts|not (?:found|supported)|pinned|forwarded|^\W*(?:阅读)?(?:全文|原文)$/im

/** Letters of a line that stands for itself, of one outside of all units, and of one in a unit. */
const LONG = 8
const LINE = 5
const SHORT = 3
/** On a page with fewer units, one that is amiss says less. */
const FEW = 2

export const share = (part: number, of: number, empty = 0): number => (of > 0 ? part / of : empty)
export const bareOf = (text: string): string => text.replace(/[^\p{L}\p{N}]+/gu, '')

/** Short overlapping pieces: two texts that share most of them say the same, whatever stands around. */
function piecesOf(text: string): string[] {
  const letters = bareOf(text)
  return letters.length <= 3 ? [letters] : Array.from({ length: letters.length - 2 }, (_, i) => letters.slice(i, i + 3))
}

/** How much of some texts is in none of these. */
export function unreadIn(read: readonly string[]): (texts: readonly string[]) => number {
  const known = new Set(read.flatMap(piecesOf))
  const all = read.map(bareOf).join(' ')
  return (texts) => {
    const pieces = texts.flatMap(piecesOf)
    return share(pieces.filter((piece) => (piece.length < 3 ? !all.includes(piece) : !known.has(piece))).length, pieces.length)
  }
}

/** Where a box stands, as far as its names say: rows of a list have their texts in the same place. */
function placeOf(box: Box): string {
  const names: string[] = []
  for (let at: Box | null = box; at && names.length < 3; at = at.parent) names.push(`${at.tag.name}.${at.classNames.map((name) => name.replace(/\d+/g, '')).join('.')}`)
  const place = names.join('<')
  // Without a single name every place would be the same.
  return /\.[a-z]/i.test(place) ? place : ''
}

/** What stands on buttons, counters and badges, times and prices. */
const isLabel = (text: string): boolean => isAct(text) || isFollow(text) || isPrice(text) || isTime(text)

/** A run of words, or a name, that the page shows. */
interface Shown {
  text: string
  /** By their width. */
  letters: number
  box: Box
  place: string
}

/** What a page shows: runs of words and names, less its frame, labels and times. */
function shownOn({ boxes }: Page): { runs: Shown[]; people: Shown[] } {
  const runs: Shown[] = []
  const people: Shown[] = []
  for (let at = 0; at < boxes.length; at++) {
    const box = boxes[at]!
    if (box.part === 'person' || box.part === 'guess' || box.part === 'label') people.push({ text: nameOf(box.element), letters: box.letters, box, place: placeOf(box) })
    if (box.part) {
      at = box.end - 1
      continue
    }
    if (box.own < 1) continue
    const place = placeOf(box)
    for (let node = (box.element.shadowRoot ?? box.element).firstChild; node; node = node.nextSibling) {
      const text = node.nodeType === 3 ? (node as Text).data.trim() : ''
      const letters = lettersOf(text)
      if (letters >= 1 && !isLabel(text)) runs.push({ text, letters, box, place })
    }
  }
  return { runs, people: people.filter(({ text }) => text !== '') }
}

/** @param taken in page order; a page where nothing was read adds up to nothing */
export function accountFor(page: Page, taken: readonly Taken[]): Account {
  const units = taken.flatMap(({ element, post }) => (post ? [{ element, post }] : []))
  const read = units.map(({ post }) => post)
  const { runs, people } = shownOn(page)
  const unread = unreadIn(read.flatMap(({ text, author, publishedText }) => [text, author.name, author.id ?? '', publishedText ?? '']))
  const unsaid = unreadIn(read.map(({ text }) => text))
  const authors = [...new Set(read.map(({ author }) => author.name).filter(Boolean))]
  const isStray = ({ text, letters, box }: Shown): boolean => {
    const left = unread([text])
    return (left > 0.5 || left * letters >= LONG) && !NOTICE.test(text) && !hidden(box.element)
  }
  const strays = new Set(runs.filter(isStray))
  const strangers = people.filter((person) => !authors.some((name) => name.includes(person.text) || person.text.includes(name)) && isStray(person))
  const places = new Set([...runs.filter((run) => !strays.has(run) && unsaid([run.text]) <= 0.5), ...people.filter(({ text }) => authors.includes(text))].map(({ place }) => place))
  const isInPlace = ({ place }: Shown): boolean => place !== '' && places.has(place)

  // What stands in each unit, and outside of all.
  const unitOf = unitsAround(page, new Set(taken.map(({ element }) => element)))
  const by = <T extends { box: Box }>(all: Iterable<T>) => {
    const lists = new Map<Element | null, T[]>()
    for (const one of all) {
      const unit = unitOf(one.box)
      const list = lists.get(unit)
      if (list) list.push(one)
      else lists.set(unit, [one])
    }
    return (unit: Element | null): T[] => lists.get(unit) ?? []
  }
  const straysIn = by(strays)
  const strangersIn = by(strangers)
  const peopleIn = by(people)
  const labelsIn = by(page.boxes.flatMap((box) => ((box.part === 'time' || box.part === 'act') && box.text.length > 1 ? [{ box }] : [])))
  const names = [...authors, ...people.map(({ text }) => text)].filter((name) => name.length > 1)

  const isPartial = (unit: Element): boolean =>
    straysIn(unit).some((run) => run.letters >= LONG || (run.letters >= SHORT && (isInPlace(run) || run.box.tag.heading || run.box.hint.title)))
  const isSilent = (unit: Element): boolean =>
    straysIn(unit).some((run) => isInPlace(run) || run.letters >= LONG || (run.letters >= 2 && peopleIn(unit).some(({ box }) => run.box.at < box.at || run.box.at >= box.end))) &&
    !hidden(unit) &&
    !NOTICE.test(textOf(unit))
  const isMisnamed = (unit: Element, { author }: Post): boolean => {
    const named = peopleIn(unit).filter(({ text }) => unsaid([text]) > 0.5)
    const isWide = named.some(({ text }) => author.name !== text && author.name.includes(text) && isLabel(author.name.replace(text, '').trim()))
    const isNamed = named.some(({ text }) => [author.name, author.id].some((name) => name && (text.includes(name) || name.includes(text))))
    return isTime(author.name) || isWide || (named.length > 0 && !isNamed)
  }
  const sum = (all: readonly Shown[], least: number): number => all.reduce((letters, run) => (run.letters >= least ? letters + run.letters : letters), 0)
  const readLetters = read.reduce((letters, { text }) => letters + lettersOf(text), 0)
  const left = taken.filter(({ post }) => !post).map(({ element }) => element)
  const strayRuns = [null, ...units.map(({ element }) => element)].flatMap(straysIn).filter((run) => run.letters >= SHORT && isInPlace(run))
  const guests = units.flatMap(({ element }) => strangersIn(element))
  const others = strangersIn(null)
  const more = (count: number, least = FEW): number => share(count, count + Math.max(units.length, least))
  const of = (fits: (unit: { element: Element; post: Post }) => boolean): number => share(units.filter(fits).length, units.length)
  const inside = sum(units.flatMap(({ element }) => straysIn(element)), SHORT)
  const outside = sum(straysIn(null), LINE)
  return {
    partial: of(({ element }) => isPartial(element)),
    inside: share(inside, inside + readLetters),
    misnamed: of(({ element, post }) => isMisnamed(element, post)),
    unnamed: of(({ post: { author } }) => author.name !== '' && author.name === author.id),
    noisy: of(({ element, post }) => isNoisy(post, names, labelsIn(element).map(({ box }) => box.text))),
    silent: more(left.filter(isSilent).length, 1),
    inPlace: more(Math.max(strayRuns.length, [...guests, ...others].filter(isInPlace).length)),
    guests: more(guests.length),
    strangers: more(others.length),
    outside: share(outside, outside + readLetters),
  }
}

/** The innermost of some elements that a box stands in. */
function unitsAround({ boxes }: Page, units: ReadonlySet<Element>): (box: Box) => Element | null {
  const around: (Element | null)[] = []
  for (const box of boxes) around[box.at] = units.has(box.element) ? box.element : box.parent ? around[box.parent.at]! : null
  return (box) => around[box.at]!
}

/**
 * @param names of all who are named on the page
 * @param labels times and buttons in the unit
 */
function isNoisy({ text, title, author, publishedText }: Post, names: readonly string[], labels: readonly string[]): boolean {
  if (labels.some((label) => text.length > label.length && text.endsWith(label))) return true
  if (/^[:：]|(?:展开|收起|阅读全文)$/.test(text)) return true
  const isAround = (line: string): boolean => names.includes(line) || line === publishedText || labels.includes(line)
  const lines = text.split('\n').map((line) => line.trim()).filter(Boolean)
  if (lines.length > 1 && [title ? '' : lines[0]!, lines.at(-1)!].some((line) => line !== '' && isAround(line))) return true
  if (author.name.length > 1 && lines.some((line) => line === author.name || line.startsWith(`${author.name}:`) || line.startsWith(`${author.name}：`))) return lines.length > 1 || lines[0] !== author.name
  return text.length < 200 && names.some((name) => name.length > 2 && text.length > name.length && text.endsWith(name) && !/[@＠]\s*$/.test(text.slice(0, -name.length)))
}
