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

export type Part = 'person' | 'guess' | 'label' | 'time' | 'act' | 'face'

const NONE: readonly Box[] = []
const classNames = remembered((classes): readonly string[] => [...new Set(classes.split(/\s+/).filter(Boolean))])

/** An element as the page shows it. */
export class Box {
  readonly element: Element
  readonly tag: Tag
  /** As written; null where the element has none. */
  readonly classes: string | null
  readonly hint: Hint
  readonly parent: Box | null
  children: readonly Box[] = NONE
  /** Its place in page order, and the place behind all below it. */
  readonly at: number
  end = 0
  /** Letters of its own text nodes, of all below, and of the running text below, less the deeper it is. */
  own = 0
  letters = 0
  prose = 0
  part: Part | null = null
  tally = new Tally()
  /** The box to cut out, where someone says something in here. */
  open: Box | null = null
  /** It is a unit, or a list of them: no part of the unit around it. */
  cut = false
  private written: string | null = null

  constructor(element: Element, tag: Tag, classes: string | null, hint: Hint, parent: Box | null, at: number) {
    this.element = element
    this.tag = tag
    this.classes = classes
    this.hint = hint
    this.parent = parent
    this.at = at
    if (!parent) return
    if (parent.children === NONE) parent.children = [this]
    else (parent.children as Box[]).push(this)
  }

  get name(): string {
    return this.tag.name
  }

  get text(): string {
    return (this.written ??= this.element.textContent?.trim() ?? '')
  }

  get classNames(): readonly string[] {
    return this.classes === null ? [] : classNames(this.classes)
  }
}

/** What one walk over a page found. */
export interface Layout {
  boxes: Box[]
  frames: Set<Element>
  roots: ShadowRoot[]
}

/** All boxes in page order. The stack is our own: a page may nest deeper than calls can. */
export function layoutOf(top: Element | null): Layout {
  const layout: Layout = { boxes: [], frames: new Set(), roots: [] }
  const around: Box[] = []
  /** Beside each box around, what is left of its nodes: the next sibling, or those slotted into it. */
  const left: (Node | null)[] = []
  const slots: (Iterator<Node> | null)[] = []
  const enter = (element: Element, parent: Box | null): void => {
    const tag = tagOf(element.localName)
    if (tag.never || concealed(element)) return
    const classes = element.getAttribute('class')
    const hint = hintOf(element, classes ?? '')
    if (parent && isFrame(element, tag, hint, layout.boxes.length)) {
      layout.frames.add(element)
      return
    }
    const box = new Box(element, tag, classes, hint, parent, layout.boxes.length)
    layout.boxes.push(box)
    const shadow = element.shadowRoot
    if (shadow) layout.roots.push(shadow)
    if (box.name === 'pre') {
      box.own = lettersOf(element.textContent ?? '')
      return
    }
    const slotted = box.name === 'slot' ? ((element as HTMLSlotElement).assignedNodes?.() ?? []) : []
    const slot = slotted.length > 0 ? slotted[Symbol.iterator]() : null
    around.push(box)
    slots.push(slot)
    left.push(slot ? (slot.next().value ?? null) : (shadow ?? element).firstChild)
  }
  if (top) enter(top, null)
  while (around.length > 0 && layout.boxes.length < MOST) {
    const depth = around.length - 1
    const node = left[depth]!
    if (!node) {
      around.pop()
      slots.pop()
      left.pop()
      continue
    }
    const slot = slots[depth]
    left[depth] = slot ? (slot.next().value ?? null) : node.nextSibling
    const box = around[depth]!
    if (node.nodeType === 3) box.own += lettersOf((node as Text).data)
    else if (node.nodeType === 1) enter(node as Element, box)
  }
  return layout
}

/** What stands around the content of a page: menus, side columns, its head and foot. */
function isFrame(element: Element, tag: Tag, hint: Hint, at: number): boolean {
  if (tag.frame || hint.frame || FRAME_ROLES.has(attribute(element, 'role'))) return true
  if (tag.name !== 'header' && tag.name !== 'footer') return false
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
