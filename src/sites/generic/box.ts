/** A page as the boxes that it shows, in page order, with what its frame is left out. */

import { attribute, concealed } from '../read.ts'
import { type Hint, hintOf } from './hint.ts'
import { FRAME_ROLES, lettersOf, remembered, type Tag, tagOf } from './words.ts'

/** Boxes looked at; a page with more is read in part. */
const MOST = 60_000

/** What stands below a box, less the units that were cut out of it. */
export class Tally {
  /** Letters outside of links and in them; of both, those marked as text. */
  plain = 0
  linked = 0
  said = 0
  /** Headings, and links long enough to be one; headings that are links. */
  titles = 0
  headed = 0
  people = 0
  times = 0
  acts = 0
  follows = 0
  pictures = 0

  get words(): number {
    return this.plain + this.linked
  }

  add(other: Tally): void {
    this.plain += other.plain
    this.linked += other.linked
    this.said += other.said
    this.titles += other.titles
    this.headed += other.headed
    this.people += other.people
    this.times += other.times
    this.acts += other.acts
    this.follows += other.follows
    this.pictures += other.pictures
  }
}

/** Of all boxes in which nothing stands; nobody changes it. */
export const NOTHING: Tally = Object.freeze(new Tally())

export type Part = 'person' | 'guess' | 'label' | 'time' | 'act' | 'face'

const classNames = remembered((classes): readonly string[] => [...new Set(classes.split(/\s+/).filter(Boolean))])

/** An element as the page shows it. */
export class Box {
  readonly element: Element
  readonly tag: Tag
  /** It has one of the attributes that say more than a class. */
  readonly marked: boolean
  /** As written; null where the element has none. */
  readonly classes: string | null
  readonly hint: Hint
  readonly parent: Box | null
  /** First and last box right below, and the next beside: lists of their own would take most of the memory. */
  first: Box | null = null
  last: Box | null = null
  next: Box | null = null
  /** Its place in page order, and the place behind all below it. */
  readonly at: number
  end = 0
  /** Letters of its own text nodes, of all below, and of the running text below, less the deeper it is. */
  own = 0
  letters = 0
  prose = 0
  part: Part | null = null
  tally = NOTHING
  /** The box to cut out, where someone says something in here. */
  open: Box | null = null
  /** It is a unit, or a list of them: no part of the unit around it. */
  cut = false
  /** All that is written in it, once somebody asked. */
  private written: string | null = null

  constructor(element: Element, tag: Tag, marked: boolean, classes: string | null, hint: Hint, parent: Box | null, at: number) {
    this.element = element
    this.tag = tag
    this.marked = marked
    this.classes = classes
    this.hint = hint
    this.parent = parent
    this.at = at
    if (!parent) return
    if (parent.last) parent.last.next = this
    else parent.first = this
    parent.last = this
  }

  get name(): string {
    return this.tag.name
  }

  get children(): Box[] {
    const children: Box[] = []
    for (let child = this.first; child; child = child.next) children.push(child)
    return children
  }

  get text(): string {
    return (this.written ??= this.element.textContent?.trim() ?? '')
  }

  get classNames(): readonly string[] {
    return this.classes === null ? [] : classNames(this.classes)
  }

  /** An element without others in it. */
  fill(text: string): void {
    this.written = text.trim()
    this.own = lettersOf(text)
  }
}

/** What one walk over a page found. */
export interface Layout {
  boxes: Box[]
  frames: Set<Element>
  roots: ShadowRoot[]
  /** While the walk paused, the page lost what it stood at: the rest was not seen. */
  torn: boolean
}

/** Attributes that few elements have: the browser finds those that do faster than each is asked. */
const MARKS = '[hidden], [style], [role], [datetime], [itemprop], [rel]'
/** Boxes between two moments at which a look may pause. */
export const STRIDE = 500

/** All boxes in page order. The stack is our own: a page may nest deeper than calls can. */
export function* layoutOf(top: Element | null): Generator<void, Layout> {
  const layout: Layout = { boxes: [], frames: new Set(), roots: [], torn: false }
  const { boxes } = layout
  const marked = new Set<Element>()
  const around: Box[] = []
  /** For each box around: the node below it that comes next, in a slot those that stand there. */
  const next: (Node | null)[] = []
  const slots: (Iterator<Node> | null)[] = []

  const gather = (root: ParentNode): void => {
    for (const element of root.querySelectorAll(MARKS)) marked.add(element)
  }
  function enter(element: Element, parent: Box | null): void {
    const tag = tagOf(element.localName)
    const isMarked = marked.has(element)
    if (tag.never || (isMarked && concealed(element))) return
    const classes = element.getAttribute('class')
    const hint = hintOf(classes ?? '', element.id, isMarked ? `${attribute(element, 'itemprop')} ${attribute(element, 'rel')}`.trim() : '')
    if (parent && (tag.frame || hint.frame || (isMarked && FRAME_ROLES.has(attribute(element, 'role'))) || isHeadOrFoot(element, tag, boxes.length))) {
      layout.frames.add(element)
      return
    }
    const box = new Box(element, tag, isMarked, classes, hint, parent, boxes.length)
    boxes.push(box)
    const shadow = element.shadowRoot
    if (shadow) {
      layout.roots.push(shadow)
      gather(shadow)
    }
    const slotted = tag.name === 'slot' ? ((element as HTMLSlotElement).assignedNodes?.() ?? []) : []
    const isLeaf = !shadow && slotted.length === 0 && element.firstElementChild === null
    if (isLeaf || tag.name === 'pre') return box.fill(element.textContent ?? '')
    const slot = slotted.length > 0 ? slotted[Symbol.iterator]() : null
    around.push(box)
    slots.push(slot)
    next.push(slot ? (slot.next().value ?? null) : (shadow ?? element).firstChild)
  }

  if (top) {
    gather(top)
    // It may be one of a page's own rows.
    if (top.matches(MARKS)) marked.add(top)
    enter(top, null)
  }
  let pause = STRIDE
  while (around.length > 0 && boxes.length < MOST) {
    const depth = around.length - 1
    const node = next[depth]!
    if (!node) {
      around.pop()
      slots.pop()
      next.pop()
      continue
    }
    const slot = slots[depth]
    next[depth] = slot ? (slot.next().value ?? null) : node.nextSibling
    const box = around[depth]!
    if (node.nodeType === 3) box.own += lettersOf((node as Text).data)
    else if (node.nodeType === 1) enter(node as Element, box)
    if (boxes.length >= pause) {
      pause = boxes.length + STRIDE
      yield
      if (next.some((node, i) => node && !slots[i] && node.parentNode !== (around[i]!.element.shadowRoot ?? around[i]!.element))) {
        layout.torn = true
        break
      }
    }
  }
  return layout
}

/** Head and foot of the page, menus in them. */
function isHeadOrFoot(element: Element, { name }: Tag, at: number): boolean {
  if (name !== 'header' && name !== 'footer') return false
  return element.parentElement?.localName === 'body' || (at < 200 && element.querySelector('nav, input, form') !== null)
}

/** Whether two boxes are of one kind, as the rows of a list are. */
export function alike(a: Box, b: Box): boolean {
  if (a.classes !== null && a.classes === b.classes) return true
  if (a.name === b.name && /^(?:article|li|tr)$|-/.test(a.name)) return true
  const [of, other] = [a.classNames, b.classNames]
  if (of.length === 0 || other.length === 0) return of.length === other.length && a.name === b.name && shapeOf(a) === shapeOf(b)
  let common = 0
  for (const name of of) if (other.includes(name)) common++
  return common > Math.min(of.length, other.length) / 2
}

/** Marks of ours are boxes without letters, and change nothing. */
const shapeOf = ({ children }: Box): string => [...new Set(children.flatMap(({ name, letters, tally }) => (letters > 0 || tally.pictures > 0 ? [name] : [])))].join()
