/** What a box is, once all in it is known: a name, a time, a button, or words. */

import { attribute } from '../read.ts'
import { type Box, NOTHING, type Part, Tally } from './box.ts'
import { isAct, isFollow, isNobody, isPrice, isTime, lettersOf, PERSON_LINK, tagOf, TO } from './words.ts'

/** Names and other parts have no more letters. */
const NAME = 20
const SHORT = 18

const tallyOf = (count: Partial<Tally>): Tally => Object.freeze(Object.assign(new Tally(), count))
const OF = { person: tallyOf({ people: 1 }), guess: tallyOf({ people: 1 }), label: tallyOf({ people: 1 }), time: tallyOf({ times: 1 }), act: tallyOf({ acts: 1 }), face: tallyOf({ pictures: 1 }) }
const FOLLOW = tallyOf({ follows: 1 })
const PICTURE = tallyOf({ pictures: 1 })
/** A picture in the place of a letter. */
const EMOJI = tallyOf({ plain: 1 })

/** @param handles names written as `@name`, where a person's address may end in the same */
export function weigh(box: Box, handles: Set<string>): void {
  const { element, tag, first, hint, tally, own, name } = box
  let letters = own
  for (let child = first; child; child = child.next) letters += child.letters
  box.letters = letters
  box.part = box.cut ? null : partOf(box, handles)
  if (box.part) {
    box.open = null
    box.tally = box.part === 'act' && isFollow(box.text) ? FOLLOW : OF[box.part]
    return
  }
  if (name === 'img') box.tally = /^\[.{1,12}\]$|^\p{Extended_Pictographic}/u.test(attribute(element, 'alt')) ? EMOJI : PICTURE
  if (tally === NOTHING) return
  if (isOwnMenu(box)) {
    box.open = null
    tally.people = 0
  }
  const isHeading = tally.words > 0 && (tag.heading || hint.title)
  const isLink = name === 'a'
  if ((isHeading && tally.linked > tally.plain) || (isLink && tally.titles > 0)) tally.headed = 1
  if (isHeading || (isLink && tally.words >= 5)) tally.titles = 1
  if (tag.paragraph || (hint.body && (tally.people === 0 || tally.times === 0) && tally.acts < 4 && tally.plain > 0 && box.at > 0)) tally.said = tally.words
  if (isLink) {
    tally.linked = tally.words
    tally.plain = 0
  }
  if (own > 0 && own < 6 && !first && isPrice(box.text)) tally.times = 1
  if (tally.times > 0 && tally.people + tally.said === 0 && tally.words > 0 && tally.words <= 9 && box.end - box.at <= 12) guessName(box)
  box.prose = own
  for (let child = first; child; child = child.next) if (!child.cut) box.prose += isProse(child) ? Math.max(child.tally.plain, child.prose) : child.prose * 0.8
}

/** In a row of links, one of them may lead to your own page. */
function isOwnMenu(box: Box): boolean {
  const { people, plain, said, times } = box.tally
  if (people === 0 || plain + said + times > 0) return false
  const { children } = box
  return children.length > 2 && children.every((child) => child.name === 'a' || child.first?.name === 'a')
}

const isProse = ({ tag, own, letters }: Box): boolean => tag.paragraph || tag.heading || tag.inline || own > letters / 2

function partOf(box: Box, handles: Set<string>): Part | null {
  const { element, tag, hint, letters, first, parent, tally, name } = box
  if (name === 'img') return hint.avatar || /头像|avatar/i.test(attribute(element, 'alt')) ? 'face' : null
  if (tag.time || (box.marked && element.hasAttribute('datetime'))) return 'time'
  if (letters > NAME || box.end - box.at > 8) return null
  const link = name === 'a' ? attribute(element, 'href') : ''
  if (letters === 0) {
    if (PERSON_LINK.test(link)) return attribute(element, 'aria-label') ? 'label' : 'face'
    return hint.avatar && !first ? 'face' : null
  }
  const { text } = box
  // A word in the midst of a sentence is a part of the sentence.
  const isInline = tag.inline && parent !== null
  const inSaid = isInline && (parent.hint.body || parent.tag.paragraph)
  const inMarked = inSaid && box.classes === null && !element.id
  const isSentence = (room: number) => inMarked || (isInline && parent.own >= room)
  const isWhen = letters <= SHORT && (isTime(text) || (hint.time && /\d|[今昨前]天|刚刚/.test(text))) && (!hint.body || hint.time || /\d.*\d.*\d/.test(text))
  if (isWhen && tally.people + tally.acts + tally.follows === 0 && !inMarked && !isSentence(10)) return 'time'
  if (/^[@＠][\w.-]+$/.test(text)) handles.add(text.slice(1))
  if (tally.people + tally.times > 0) return null
  const isFirst = () => near(element, 'previousSibling') === ''
  const isLinked = link !== '' && (PERSON_LINK.test(link) || handles.has(/([^/?#]*)\/?(?:[?#].*)?$/.exec(link)?.[1] || ' '))
  const isNamed = isLinked || (hint.person && !tag.heading && letters <= 14) || (!tag.inline && /^[@＠][^\s@]{1,30}$/.test(text))
  if (tally.acts === 0 || link !== '') {
    const isOwn = () => (inMarked ? parent!.own < 1 && isFirst() : !isSentence(isLinked && !inSaid ? 10 : 4))
    const isCalled = () => link !== '' && /^[:：]/.test(near(element, 'nextSibling')) && isFirst()
    if (((isNamed && isOwn()) || isCalled()) && isSpeaker(element, text)) return 'person'
  }
  if (name === 'button' || (box.marked && attribute(element, 'role') === 'button')) return 'act'
  if (text === '' || letters > SHORT || hint.body || tag.paragraph || tag.heading || isSentence(4) || box.children.length > 3) return null
  return isAct(text) ? 'act' : null
}

/** Whether a name is that of who speaks, not of whom is spoken to. */
function isSpeaker(element: Element, text: string): boolean {
  const before = near(element, 'previousSibling')
  if (TO.test(before) || isNobody(text)) return false
  return !/^[@＠]/.test(text) || (before === '' && lettersOf(near(element, 'nextSibling')) < 4)
}

/** The text right beside an element, where it is a short one in the same line; blank nodes, such as our marks, are none. */
function near(element: Element, side: 'previousSibling' | 'nextSibling'): string {
  for (let at = element[side]; at; at = at[side]) {
    if (at.nodeType === 1 && side === 'nextSibling' && !tagOf((at as Element).localName).inline) return ''
    const text = (at as Element).firstElementChild?.firstElementChild ? '…' : at.nodeType === 8 ? '' : (at.textContent ?? '').slice(0, 200).trim()
    if (text !== '') return text
  }
  return ''
}

/** The only words in one box with a time, and before it, are who spoke then; `@name` may say it again. */
function guessName(box: Box): void {
  const leaves: Box[] = []
  const gather = ({ children }: Box): void => {
    for (const child of children)
      if (child.part === null) {
        if (child.own > 0) leaves.push(child)
        gather(child)
      } else if (child.part === 'time' && leaves.length === 0) leaves.push(child)
  }
  gather(box)
  const [first, ...others] = leaves
  const text = first?.text ?? ''
  if (!first || first.part || first.tally.titles > 0 || first.hint.body || isNobody(text) || !/^[^\d:：]*\p{L}[^:：]*$/u.test(text)) return
  if (others.some((other) => !/^[@＠]\S+$/.test(other.text))) return
  for (const leaf of leaves) {
    const { plain, linked } = leaf.tally
    for (let up: Box = leaf; ; up = up.parent!) {
      up.tally.plain -= plain
      up.tally.linked -= linked
      up.tally.titles = 0
      if (leaf === first) up.tally.people++
      if (up === box) break
    }
    leaf.part = leaf === first ? 'guess' : 'act'
  }
}
