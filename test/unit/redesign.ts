/** Changes a saved page as a redesign changes it, by chance that is the same in every run. */

export interface Expected {
  text: string
  author: string
}

/** Chance that is the same in every run (xorshift). */
export class Dice {
  private state: number
  constructor(seed: number) {
    this.state = (seed * 2_654_435_761) >>> 0 || 1
    for (let i = 0; i < 8; i++) this.next()
  }
  next(): number {
    this.state ^= this.state << 13
    this.state ^= this.state >>> 17
    this.state ^= this.state << 5
    this.state >>>= 0
    return this.state / 2 ** 32
  }
  pick<T>(list: readonly T[]): T {
    return list[Math.floor(this.next() * list.length)]!
  }
  word(): string {
    return Array.from({ length: 6 }, () => this.pick([...'bcdfghjklmnpqrstvwxz'])).join('')
  }
}

function elementsOf(document: Document): Element[] {
  const elements: Element[] = []
  const steps: Element[] = [...document.body.children].reverse()
  while (steps.length > 0) {
    const element = steps.pop()!
    elements.push(element)
    steps.push(...[...element.children, ...(element.shadowRoot?.children ?? [])].reverse())
  }
  return elements
}

const INLINE = new Set('a span b i em strong u font small time sup sub mark'.split(' '))
/** Tags with a meaning of their own, which a redesign keeps. */
const KEPT_TAGS = new Set('a img br svg path use input textarea button template style script iframe video audio source picture canvas tr td th table tbody thead slot meta link noscript option select form hr time'.split(' '))
/** Attributes that are the browser's, not the site's. */
const KEPT_ATTRIBUTES = new Set('class id href src style alt title hidden role datetime type target rel lang slot width height placeholder value contenteditable tabindex colspan name content itemprop itemscope itemtype action method for loading crossorigin d viewbox checked'.split(' '))
const HASHED = /[-_][a-zA-Z0-9]*\d[a-zA-Z0-9]*(?:_\d+)?$|^[a-zA-Z]+\d[a-zA-Z0-9]{3,}$/

const classesOf = (elements: readonly Element[]): string[] => [...new Set(elements.flatMap((element) => [...element.classList]))].sort()
function rename(elements: readonly Element[], to: (name: string) => string): void {
  for (const element of elements) if (element.classList.length > 0) element.setAttribute('class', [...element.classList].map(to).join(' '))
}
const withClass = (elements: readonly Element[], name: string): Element[] => elements.filter((element) => element.parentNode && element.classList.contains(name))

/** Each changes one thing across the page; false where there is nothing to change. */
const changes: ((elements: Element[], dice: Dice, expected: readonly Expected[]) => boolean)[] = [
  function renameStem(elements, dice) {
    const stems = [...new Set(classesOf(elements).map((name) => name.replace(/(?:[-_]+[a-zA-Z0-9]*\d[a-zA-Z0-9]*)+$/, '')))].filter((stem) => stem.length > 1)
    const stem = dice.pick(stems)
    const to = dice.word()
    if (stem) rename(elements, (name) => (name === stem || (name.startsWith(stem) && /[-_]/.test(name[stem.length]!)) ? to + name.slice(stem.length) : name))
    return stem !== undefined
  },
  function rehash(elements, dice) {
    const hashed = new Map(classesOf(elements).filter((name) => HASHED.test(name)).map((name) => [name, name.replace(/[a-zA-Z0-9]*\d[a-zA-Z0-9]*(?:_\d+)?$/, () => `${dice.word()}${Math.floor(dice.next() * 10)}`)]))
    rename(elements, (name) => hashed.get(name) ?? name)
    return hashed.size > 0
  },
  function changeAttribute(elements, dice) {
    const names = [...new Set(elements.flatMap(({ attributes }) => [...attributes].map(({ name }) => name)))].filter((name) => !KEPT_ATTRIBUTES.has(name.toLowerCase()) && !name.startsWith('aria-')).sort()
    const name = dice.pick(names)
    const to = dice.next() < 0.5 ? '' : `data-${dice.word()}`
    if (!name) return false
    for (const element of elements) {
      const value = element.getAttribute(name)
      element.removeAttribute(name)
      if (value !== null && to) element.setAttribute(to, value)
    }
    return true
  },
  function wrap(elements, dice) {
    const name = dice.pick(classesOf(elements))
    for (const element of name ? withClass(elements, name) : []) {
      const box = element.ownerDocument.createElement(INLINE.has(element.localName) ? 'span' : 'div')
      element.replaceWith(box)
      box.append(element)
    }
    return name !== undefined
  },
  function unwrap(elements, dice) {
    const name = dice.pick(classesOf(elements))
    for (const element of name ? withClass(elements, name) : []) if (!element.shadowRoot && element.localName !== 'img') element.replaceWith(...element.childNodes)
    return name !== undefined
  },
  function changeTag(elements, dice) {
    const from = dice.pick([...new Set(elements.map(({ localName }) => localName))].filter((name) => !KEPT_TAGS.has(name)).sort())
    const to = INLINE.has(from) ? (from === 'span' ? 'em' : 'span') : from === 'div' ? 'section' : 'div'
    for (const element of elements) {
      if (element.localName !== from || element.shadowRoot || !element.parentNode) continue
      const other = element.ownerDocument.createElement(to)
      for (const { name, value } of element.attributes) other.setAttribute(name, value)
      other.append(...element.childNodes)
      element.replaceWith(other)
    }
    return from !== undefined
  },
  function moveNamesOrTimes(elements, dice, expected) {
    const names = new Set(expected.map(({ author }) => author).filter(Boolean))
    const parts = elements.filter((element) => {
      const text = element.textContent?.trim() ?? ''
      return element.parentElement && element.children.length <= 1 && (names.has(text.replace(/^@|[:：]$/g, '')) || (text.length < 25 && /^(?:\d+\s*(?:分钟|小时|天)|昨天|今天|刚刚|\d{2,4}-\d{1,2})/.test(text)))
    })
    const name = dice.pick(classesOf(parts))
    const isOut = dice.next() < 0.5
    for (const part of name ? withClass(parts, name) : []) {
      const box = part.parentElement!
      if (isOut) box.parentElement?.insertBefore(part, box)
      else if (box.nextElementSibling && !box.nextElementSibling.shadowRoot) box.nextElementSibling.append(part)
    }
    return name !== undefined
  },
  function changeIds(elements, dice) {
    const named = elements.filter(({ id }) => id !== '')
    for (const element of named) element.id = `${dice.word()}${Math.floor(dice.next() * 1e6)}`
    return named.length > 0
  },
]

/** @param many changes that are made, 1 to 8; false where none could be made */
export function redesign(document: Document, expected: readonly Expected[], dice: Dice, many: number): boolean {
  let did = 0
  for (let tries = 0; did < many && tries < many * 4; tries++) if (dice.pick(changes)(elementsOf(document), dice, expected)) did++
  return did > 0
}
