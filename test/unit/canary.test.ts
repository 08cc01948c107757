// @vitest-environment happy-dom
/**
 * The canaries against pages that change: every saved page is changed as a redesign changes it. Where its adapter still
 * reads it whole, no alarm may sound; where it reads wrongly, a canary should fall. `MUTANTS=25` changes each page that
 * often, `SEED=2` otherwise.
 */

import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { Adapter } from '../../src/sites/adapter.ts'
import { broken, diagnostic, healthOf } from '../../src/sites/canary.ts'
import { adapters } from '../../src/sites/index.ts'

const EACH = Number(process.env['MUTANTS'] ?? 3)
const SEED = Number(process.env['SEED'] ?? 1)

interface Expected {
  text: string
  author: string
}
interface Page {
  name: string
  html: string
  url: URL
  adapter: Adapter
  expected: Expected[]
}

const folder = join(import.meta.dirname, '../fixtures/sites')
const pages: Page[] = adapters.flatMap((adapter) =>
  readdirSync(join(folder, adapter.id))
    .filter((file) => file.endsWith('.html'))
    .map((file) => {
      const html = readFileSync(join(folder, adapter.id, file), 'utf8')
      const expected = JSON.parse(readFileSync(join(folder, adapter.id, file.replace(/html$/, 'json')), 'utf8'))
      return { name: `${adapter.id}/${file}`, html, url: new URL(/^<!-- url: (\S+) -->\n/.exec(html)![1]!), adapter, expected }
    }),
)

/** happy-dom does not make declarative shadow roots, so they are attached here. */
function open({ html }: Page): Document {
  const document = new DOMParser().parseFromString(html, 'text/html')
  const attach = (root: ParentNode): void => {
    for (const template of root.querySelectorAll('template')) {
      if (template.getAttribute('shadowrootmode') !== 'open' || !template.parentElement) continue
      const shadow = template.parentElement.attachShadow({ mode: 'open' })
      shadow.append(...template.content.childNodes)
      template.remove()
      attach(shadow)
    }
  }
  attach(document)
  return document
}

/** Chance that is the same in every run (xorshift). */
class Dice {
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

const blank = (text: string): string => text.replace(/\s+/g, '')

/** What is left of the expected reading: shares of the texts that are still the same, and of the known authors. */
function left({ adapter, url, expected }: Page, document: Document): { texts: number; authors: number } {
  const read = [...adapter.posts(document)].flatMap((element) => adapter.read(element, url) ?? [])
  let texts = 0
  let authors = 0
  for (const { text, author } of expected) {
    const same = read.filter((post) => blank(post.text) === blank(text))
    const post = same.find((one) => one.author.name === author) ?? same[0]
    if (!post) continue
    read.splice(read.indexOf(post), 1)
    texts++
    if (author && post.author.name === author) authors++
  }
  const known = expected.filter(({ author }) => author).length
  return { texts: expected.length > 0 ? texts / expected.length : 1, authors: known > 0 ? authors / known : 1 }
}

describe('canaries', () => {
  it('are quiet on every saved page, and report it without a word of it', () => {
    for (const page of pages) {
      const document = open(page)
      const health = healthOf(page.adapter, document, page.url)
      expect([page.name, broken(health, page.adapter, page.url)]).toEqual([page.name, null])
      const report = diagnostic(health, document, page.url)
      expect(report).toContain(`adapter ${page.adapter.id}, ${page.url.hostname}/`)
      expect(report).not.toMatch(/\d{5}|\p{Script=Han}/u)
      const frame = report.split('\n').slice(4).join(' ').toLowerCase().split(/[^a-z]+/)
      for (const { text, author } of page.expected) for (const word of `${text} ${author}`.toLowerCase().match(/[a-z]{5,}/g) ?? []) expect(frame).not.toContain(word)
    }
  })

  it('fall where a redesign breaks reading, and nowhere else', () => {
    const sum = { mutants: 0, broke: 0, noticed: 0, sure: 0, intact: 0, falseHints: 0, falseSure: 0, damaged: 0, damagedSure: 0 }
    const fell = new Map<string, number>()
    pages.forEach((page, index) => {
      for (let mutant = 0; mutant < EACH; mutant++) {
        const document = open(page)
        const dice = new Dice(SEED * 1_000_003 + index * 1_000 + mutant)
        // From one change to a redesign of eight.
        const many = 2 ** ((index + mutant) % 4)
        let did = 0
        for (let tries = 0; did < many && tries < many * 4; tries++) if (dice.pick(changes)(elementsOf(document), dice, page.expected)) did++
        if (did === 0) continue
        sum.mutants++
        const { texts, authors } = left(page, document)
        const breach = broken(healthOf(page.adapter, document, page.url), page.adapter, page.url)
        if (breach) fell.set(breach.canary, (fell.get(breach.canary) ?? 0) + 1)
        if (texts < 0.8 || authors < 0.6) {
          sum.broke++
          if (breach) sum.noticed++
          if (breach?.sure) sum.sure++
        } else if (texts < 1 || authors < 1) {
          sum.damaged++
          if (breach?.sure) sum.damagedSure++
        } else {
          sum.intact++
          if (breach && !breach.sure) sum.falseHints++
          if (breach?.sure) sum.falseSure++
        }
      }
    })
    const percent = (part: number, of: number) => `${((100 * part) / of).toFixed(1)} %`
    console.log(
      `canaries on ${sum.mutants} mutants: ${sum.broke} broke reading, noticed ${percent(sum.noticed, sum.broke)}, for sure ${percent(sum.sure, sum.broke)}; ` +
        `${sum.intact} read as before, hints ${sum.falseHints}, false alarms ${sum.falseSure}; ${sum.damaged} lost a little, alarms ${sum.damagedSure}`,
      Object.fromEntries(fell),
    )
    expect(sum.noticed / sum.broke).toBeGreaterThanOrEqual(0.7)
    expect(sum.sure / sum.broke).toBeGreaterThanOrEqual(0.45)
    expect(sum.falseSure).toBe(0)
    expect(sum.falseHints / sum.intact).toBeLessThanOrEqual(0.04)
  })
})
