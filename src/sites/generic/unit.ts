/** Reads one unit: whose it is, its title, its text without what stands around it, its time, id and address. */

import type { Post } from '../../types.ts'
import { address, attribute, nameOf, textOf, toPost } from '../read.ts'
import type { Box } from './box.ts'
import { isComment, type Unit } from './find.ts'
import { PERSON_LINK } from './words.ts'

/** Boxes of a unit without those of other units in it. */
export function ownBoxes(unit: Unit | undefined): Box[] {
  const own: Box[] = []
  if (unit)
    for (let { at } = unit.box; at < unit.box.end; at++) {
      const box = unit.page.boxes[at]!
      if (box.cut && box !== unit.box) at = box.end - 1
      else own.push(box)
    }
  return own
}

/** Who speaks; a place that stands with the time below the text is nobody. */
export function nameIn(own: readonly Box[]): Box | undefined {
  const said = own.find(({ part, tally }) => part === null && tally.said + tally.titles > 0 && tally.people === 0)?.at ?? Infinity
  return (
    own.find(({ part, at }) => part === 'person' || (part === 'guess' && at < said)) ??
    own.find(({ part }) => part === 'label') ??
    own.find(({ part, element }) => part === 'face' && nameOf(element) !== '')
  )
}

export function readUnit(unit: Unit, page: URL, platform: string): Post | null {
  const own = ownBoxes(unit)
  const time = own.find(({ part }) => part === 'time')
  const title = titleIn(unit.box, own)
  const skipped = beyondText(unit, own, title)
  const skip = (element: Element) => skipped.has(element) || unit.page.frames.has(element)
  const link = linkOf(own, time, title, page)
  const id = idOf(unit.box) ?? (link && `${link.pathname}${link.search}`)
  const body = title === unit.box ? '' : textOf(unit.box.element, { skip: (element) => element === title?.element || skip(element) })
  return toPost(platform, {
    kind: (unit.around && unit.box.tally.titles === 0) || isComment(unit.box) ? 'comment' : 'post',
    author: { name: nameOf(nameIn(own)?.element ?? null, skip).replace(/^by\s+|\s+(?:@|[·•|]\s).*$/giu, '') },
    title: textOf(title?.element, { skip }),
    body: body.split('\n').filter((line) => line === '' || /[\p{L}\p{N}\p{Extended_Pictographic}]/u.test(line)).join('\n').replace(/^[\s:：·|,，]+|\s[\s–—·|-]*$/g, ''),
    id: id && `${page.hostname}:${id}`,
    permalink: link?.href,
    publishedText: textOf(time?.element),
  })
}

/** The heading above the words, or the one link that is all of them. */
function titleIn({ tally }: Box, own: readonly Box[]): Box | undefined {
  let before = 0
  for (let i = 0; i < own.length && before <= 12; i++) {
    const box = own[i]!
    if (box.part) i += box.end - box.at - 1
    else if (i > 0 && box.tally.titles > 0 && (box.tag.heading || box.hint.title) && box.tally.words <= 60) return box
    else before += box.own
  }
  return tally.plain <= 4 ? own.findLast(({ name, tally: { titles, words }, end, at }) => name === 'a' && titles > 0 && words >= tally.words * 0.7 && end - at <= 6) : undefined
}

/** What of a unit is not its text: other units, names, times, buttons, and the few words that stand with them. */
function beyondText({ box: unit, page: { boxes } }: Unit, own: readonly Box[], title: Box | undefined): Set<Element> {
  const skipped = new Set<Element>()
  for (const { part, element } of own) if (part) skipped.add(element)
  for (let at = unit.at + 1; at < unit.end; at++) {
    if (!boxes[at]!.cut) continue
    skipped.add(boxes[at]!.element)
    at = boxes[at]!.end - 1
  }
  let left = unit.tally.words
  const isMarked = unit.tally.said > 0
  for (const isNamed of [false, true]) {
    let end = 0
    for (const box of own) {
      const { words, people, times, acts, follows, titles, said } = box.tally
      if (box === unit || box === title || box.at < end || words === 0 || words >= left || titles > 0) continue
      if (said > 0 && (said * 2 >= words || said * 2 >= unit.tally.said)) continue
      if (isNamed ? people === 0 : people > 0 || times + acts + follows === 0) continue
      if (words > (isNamed && isMarked ? 40 : 12) || (!isMarked && box.children.some((child) => child.tally.words > 5 && child.tag.block))) continue
      skipped.add(box.element)
      left -= words
      end = box.end
    }
  }
  // Where the text is marked, the odd words behind it are the page's.
  let isBehind = false
  let end = 0
  for (const box of own) {
    if (box.at < end) continue
    const { words, said, titles } = box.tally
    if (said > 0 && box.children.every(({ tally }) => tally.said < said)) isBehind = true
    if (skipped.has(box.element) || (said > 0 && said === words)) end = box.end
    else if (isBehind && said + titles === 0 && words > 0 && words <= 8) {
      skipped.add(box.element)
      end = box.end
    }
  }
  return skipped
}

/** The address of the post itself: behind its time or its title, else the first that names a post by number. */
function linkOf(own: readonly Box[], time: Box | undefined, title: Box | undefined, page: URL): URL | undefined {
  const links = own.flatMap((box) => {
    const href = box.name === 'a' ? attribute(box.element, 'href') : ''
    const url = href.includes('#') || PERSON_LINK.test(href) ? null : address(href, page)
    return url && url.hostname === page.hostname && url.pathname.length > 1 && url.pathname + url.search !== page.pathname + page.search ? [{ box, url }] : []
  })
  const holds = (outer: Box, inner: Box) => outer.at <= inner.at && inner.end <= outer.end
  const of = (part: Box | undefined) => part && links.find(({ box }) => holds(box, part) || holds(part, box))
  return (of(time) ?? of(title) ?? links.find(({ url }) => /\d{4,}/.test(url.pathname + url.search)))?.url
}

const ID_NAME = /^(?:data-)?(?:(?:post|comment|reply|answer|thread|topic|item|msg|message|article|note|object)[-_]?)?id$|^data-fullname$|^name$|^mid$/

/** What the page calls this unit, on the unit or on what wraps nothing else. */
function idOf(unit: Box): string | undefined {
  for (let box: Box | null = unit, depth = 0; box && depth < 4 && (box === unit || !box.cut || box.open === unit); box = box.parent, depth++)
    for (const { name, value } of box.element.attributes)
      if (ID_NAME.test(name) && /^[a-z_-]*\d{3,}$|^[\w-]*\d[\w-]{8,63}$/i.test(value)) return value.replace(/^[a-z_-]+(?=\d+$)/i, '')
  return undefined
}
