/** Where someone says something: which boxes of a page are units, found by names, times and buttons and by what repeats. */

import { alike, type Box, layoutOf, type Layout, STRIDE, Tally } from './box.ts'
import { weigh } from './part.ts'

/** Letters: a text this long stands for itself. */
const LONG = 100

export interface Unit {
  box: Box
  /** The unit that it stands in. */
  around: Unit | null
  page: Page
}

/** What one look at a page found. */
export interface Page extends Layout {
  units: Map<Element, Unit>
}

/** What settles while a page is gone through. */
interface Found {
  cut: Set<Box>
  headlines: Set<Box>
  handles: Set<string>
}

/** Goes over a page in steps, so that one who looks at it may pause between them; pages are large. */
export function* find(top: Element | null): Generator<void, Page> {
  const page: Page = { ...(yield* layoutOf(top)), units: new Map() }
  const { boxes, units } = page
  const found: Found = { cut: new Set(), headlines: new Set(), handles: new Set() }
  // From the last to the first: a box comes after all that stands in it.
  for (let at = boxes.length - 1; at >= 0; at--) {
    const box = boxes[at]!
    box.end = box.last?.end ?? at + 1
    settle(box, found)
    weigh(box, found.handles)
    if (at % STRIDE === 0) yield
  }
  const { cut, headlines } = found
  if (boxes[0]?.open) cutOut(boxes[0], cut, false)
  const text = longText(boxes, cut)
  if (text) cut.add(text)
  const around: Unit[] = []
  // Bare titles in a list are posts where there is nothing else, and other people's headlines elsewhere.
  for (const box of [...(cut.size > 0 ? cut : headlines)].sort((a, b) => a.at - b.at)) {
    while (around.length > 0 && around.at(-1)!.box.end <= box.at) around.pop()
    const { people, acts, titles, linked } = box.tally
    if ((around.at(-1)?.box.tally.plain ?? 0) > LONG * 2 && people + acts === 0 && !isComment(box)) {
      // A dated list in a long text is a part of it; linked titles there lead to other texts.
      if (box.parent && (titles === 0 || linked < 3)) box.cut = box.parent.cut = false
      continue
    }
    const unit: Unit = { box, page, around: around.at(-1) ?? null }
    units.set(box.element, unit)
    around.push(unit)
  }
  return page
}

/** Takes all steps at once. */
export function whole<T>(steps: Generator<void, T>): T {
  for (;;) {
    const { done, value } = steps.next()
    if (done) return value
  }
}

export function isComment(unit: Box): boolean {
  for (let box: Box | null = unit, depth = 0; box && depth < 4; box = box.parent, depth++) if (box.hint.comment) return true
  return false
}

/** Adds up what stands in a box, and cuts out what proves to be a unit or a list of them. */
function settle(box: Box, { cut, headlines }: Found): void {
  if (!box.first && box.own === 0) return
  const tally = (box.tally = new Tally())
  tally.plain = box.own
  if (isQuiet(box)) {
    for (let child = box.first; child; child = child.next) tally.add(child.tally)
    if (tally.people > 0 && tally.words > 0) box.open = box
    return
  }
  const { children } = box
  const full = children.filter(({ open }) => open)
  const [first, second] = full
  const like = first ? children.filter((child) => child.open ?? (!child.cut && child.tally.words >= 3 && child.tag.block && (alike(child, first) || (second && alike(child, second))))) : []
  const members = like.filter(({ open, tally }) => open ?? (isPosted(tally) || (tally.titles > 0 && tally.linked >= 3)))
  const taken = new Set(like)
  const others = like.length > 0 ? children.filter((child) => !taken.has(child)) : children
  const posts = untold(others)
  const isBare = posts.every(({ tally }) => tally.plain <= 4 && tally.said + tally.pictures === 0)
  for (const post of posts) cutOut(post, isBare ? headlines : cut, true)
  for (const child of others) if (!child.cut) tally.add(child.tally)
  if (!first) {
    box.cut = posts.length > 0
    if (!box.cut && tally.people > 0 && tally.words > 0) box.open = box
    return
  }
  const lead = new Tally()
  lead.plain = box.own
  for (const child of children.slice(0, children.indexOf(first))) lead.add(child.tally)
  // Someone has already spoken, and this is what they answer to, quote, or are answered.
  const isSaid = lead.people > 0 && (lead.said > 0 || lead.plain >= 2)
  const isQuote = lead.said >= 2 && first.tally.said >= 2
  if (like.length + posts.length > 1) {
    const isHead = !isSaid && second !== undefined && !alike(first, second) && !isComplete(first) && (tally.said > 0 || tally.plain > first.tally.plain)
    for (const member of members) if (!isHead || member !== first) cutOut(member, cut, true)
    if (isHead) tally.add(first.tally)
    box.cut = !isHead && !isSaid
    box.open = box.cut ? null : box
  } else if (isSaid || isQuote || !belongs(first, lead, tally, box)) {
    cutOut(first, cut, isSaid)
    if (isSaid || (tally.people > 0 && tally.words > 0)) box.open = box
  } else {
    box.open = tally.words + tally.people + tally.times + tally.acts + tally.pictures > 0 ? box : first.open
    tally.add(first.tally)
  }
}

/** Most boxes: nothing is said below. */
function isQuiet({ first }: Box): boolean {
  for (let child = first; child; child = child.next) if (child.open || child.cut || child.tally.words > 0) return false
  return true
}

/** Words that stand as those of posts do, with or without a name. */
const isPosted = ({ said, times, pictures }: Tally): boolean => said >= 8 || times + pictures > 0

/** A text with a time or buttons needs no more to be a post. */
const isComplete = ({ tally }: Box): boolean => (tally.said >= 12 || tally.plain > 25) && tally.times + tally.acts > 0

/** Whether what stands around the only text that someone says is a part of it, as a body is of its head. */
function belongs(only: Box, lead: Tally, rest: Tally, box: Box): boolean {
  const { tally } = only
  if (rest.words === 0) return true
  if (rest.words === lead.words && lead.titles > 0 && tally.titles === 0 && lead.words < 40) return true
  if (tally.titles > 0 && tally.plain < 60 && rest.people === 0 && rest.said > tally.words * 2 && lead.words === 0) return true
  if (isComplete(only)) return false
  if (rest.plain <= 12 && rest.linked <= 6) return true
  if ((rest.linked > rest.plain && rest.linked > rest.said) || rest.people > 0) return false
  return rest.said > 0 || rest.times + rest.acts > 0 || box.tag.row || rest.plain > tally.plain
}

/** Children that are alike and look like posts of nobody: with a time, or with a link for a title. */
function untold(children: readonly Box[]): readonly Box[] {
  if (children.length < 2) return []
  const rivals = children.filter((child) => !child.cut && child.tag.block && child.tally.words >= 3)
  const sure = rivals.filter(({ tally: { words, plain, linked, said, titles, headed, times, pictures } }) => (times > 0 && words >= 8) || (titles > 0 && linked >= 3 && linked >= plain && (pictures > 0 || said >= 8)) || (headed > 0 && plain >= 15))
  const [first] = sure
  if (!first || sure.length < 2) return []
  const like = rivals.filter((child) => alike(child, first) && (child.tally.titles > 0 || isPosted(child.tally)))
  const isRow = first.tag.row || (sure.length === rivals.length && first.classNames.length > 0)
  return like.length >= (isRow ? 2 : 3) && like.length >= rivals.length * 0.6 && sure.length >= like.length * 0.3 ? like : []
}

/** Takes a unit out of what is around it, and keeps it where it is more than a name with its buttons. */
function cutOut(box: Box, cut: Set<Box>, isRepeated: boolean): void {
  const unit = box.open ?? box
  box.cut = unit.cut = true
  const { people, said, plain, titles, times, acts, follows, pictures } = unit.tally
  if (people > 0 && follows > 0 && said + times === 0 && plain < 60) return
  if (plain < 2 && said + titles === 0) return
  if (isRepeated || said > 0 || plain > 25 || times + acts + pictures > 0) cut.add(unit)
}

/** The block that holds most of the running text outside of all units, with the title above it. */
function longText(boxes: readonly Box[], cut: ReadonlySet<Box>): Box | null {
  const taken = new Uint8Array(boxes.length + 1)
  for (const { at, end } of cut) taken.fill(1, at, end)
  let best: Box | null = null
  for (const box of boxes) if (!taken[box.at] && box.prose > (best?.prose ?? LONG)) best = box
  for (let up = best?.parent; best && up && up.at > 0 && !up.cut && up.tally.plain < best.prose * 1.3 && up.tally.linked - best.tally.linked < best.prose / 8; up = up.parent) best = up
  return best
}
