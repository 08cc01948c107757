/** Reading that all sites share. Everything here only looks: no node is changed, no layout is measured. */

import { TEXT_LIMIT } from '../types.ts'
import type { Author, Kind, Post } from '../types.ts'

/** More nodes than any real post has; a page that nests without end is cut here. */
const NODE_LIMIT = 100_000
/** Levels of the deepest page that is read, and ancestors looked at when asking whether an element is shown: eight times the saved pages'. */
const DEPTH_LIMIT = 200

const NEVER_READ = new Set([
  'script', 'style', 'template', 'noscript', 'head', 'svg', 'math', 'canvas', 'video', 'audio', 'iframe', 'object',
  'button', 'input', 'textarea', 'select', 'option', 'datalist',
])
const BLOCKS = new Set([
  'address', 'article', 'aside', 'blockquote', 'dd', 'details', 'div', 'dl', 'dt', 'fieldset', 'figcaption', 'figure',
  'footer', 'form', 'h1', 'h2', 'h3', 'h4', 'h5', 'h6', 'header', 'hr', 'li', 'main', 'nav', 'ol', 'p', 'pre',
  'section', 'summary', 'table', 'tr', 'ul',
])

/** A break between blocks, which merges with its neighbours; U+000B in page text is turned into a space. */
const BLOCK_BREAK = '\v'
const HIDING_STYLE = /(?:^|;)\s*(?:display\s*:\s*none|visibility\s*:\s*hidden|content-visibility\s*:\s*hidden)/i
/** Lists that re-use their rows park the unused ones here, with the text of an older post. */
const PARKING_STYLE = /(?:translate[^;)]*[(,\s]|(?:left|top)\s*:\s*)-9{4,}(?:\.\d+)?px/i
const EMOJI_HINT = /emo(?:ji|te|ticon)|sticker|expression|url-icon|smil|\bface\b|_face/i
const FOLD_LABEL =
  /^(?:\.{3}|…)?\s*(?:展开|收起|全文|(?:展开|收起|查看|显示|阅读)(?:阅读)?(?:全文|更多|全部))\s*[a-z\ue000-\uf8ff>›»▾▼∨↓↑]?$/iu

export interface Reading {
  /** Elements that are on the page but no part of the text. */
  skip?: string | ((element: Element) => boolean)
  /** The site shows line breaks of its text nodes (`white-space: pre-*`). */
  lines?: boolean
  /** The site styles boxes as parts of a line: only text and `br` break it. */
  inline?: boolean
}

/** The text below `root` as a reader sees it. `root` itself is read even where it is hidden. */
export function textOf(root: Node | null | undefined, reading: Reading = {}): string {
  if (!root) return ''
  const text = new Gathered()
  for (const piece of pieces(root, reading)) text.add(piece)
  return clip(tidy(text.all()))
}

function* pieces(root: Node, { skip, lines = false, inline = false }: Reading): Generator<string, void> {
  const skipped = typeof skip === 'string' ? (element: Element) => element.matches(skip) : skip
  const open = root.nodeType === 1 && rendered(root as Element)
  // A stack of our own: a page may nest deeper than calls can.
  const steps: (Node | string)[] = [root]
  for (let seen = 0; steps.length > 0 && seen < NODE_LIMIT; seen++) {
    const step = steps.pop()!
    if (typeof step === 'string') yield step
    else if (step.nodeType === 3) yield plain((step as Text).data, lines || keepsLines(step as Text))
    else if (step.nodeType === 1) {
      const element = step as Element
      const name = element.localName
      if (element !== root && (NEVER_READ.has(name) || concealed(element) || skipped?.(element) || isFoldLabel(element) || (open && !renderedWithin(element))))
        continue
      if (name === 'br') yield '\n'
      else if (name === 'img') yield plain(emojiOf(element), false)
      else if (isPicture(element)) yield plain(element.getAttribute('aria-label') ?? '', false)
      else {
        const edge = BLOCKS.has(name) ? (inline ? '' : BLOCK_BREAK) : name === 'td' || name === 'th' ? ' ' : ''
        if (edge) steps.push(edge)
        pushAll(steps, backwards(element))
        if (edge) steps.push(edge)
      }
    } else if (step.nodeType === 11) pushAll(steps, backwards(step))
  }
}

/** Keeps head and tail of a text that is too long; what is offered often stands last. */
export function clip(text: string): string {
  if (text.length <= TEXT_LIMIT) return text
  const gap = '\n…\n'
  const half = Math.floor((TEXT_LIMIT - gap.length) / 2)
  return text.slice(0, half).replace(/[\ud800-\udbff]$/, '') + gap + text.slice(-half).replace(/^[\udc00-\udfff]/, '')
}

/** Whether the element itself is hidden by what stands on it. */
export function concealed(element: Element): boolean {
  if (element.hasAttribute('hidden')) return true
  const style = element.getAttribute('style')
  return style !== null && HIDING_STYLE.test(style)
}

/** Whether the element, or anything around it, is hidden, parked or a carousel's copy. */
export function hidden(element: Element): boolean {
  let at: Element | null = element
  for (let depth = 0; at && depth < DEPTH_LIMIT; depth++) {
    if (concealed(at) || at.localName === 'noscript' || at.classList.contains('swiper-slide-duplicate')) return true
    const style = at.getAttribute('style')
    if (style !== null && PARKING_STYLE.test(style)) return true
    at = parentOf(at)
  }
  return !rendered(element)
}

/** What style sheets say: false for what a live page does not show. Saved pages without a window show all. */
function rendered(element: Element): boolean {
  const climbed: Element[] = []
  let shows = true
  let at: Element | null = element
  for (let depth = 0; at && depth < DEPTH_LIMIT && !hasBox(at); depth++, at = parentOf(at)) {
    const known = boxless.get(at)
    shows = known ?? renderedWithin(at)
    if (known === undefined) climbed.push(at)
    if (known !== undefined || !shows) break
  }
  for (const one of climbed) {
    if (boxless.size === 0) queueMicrotask(() => boxless.clear())
    boxless.set(one, shows)
  }
  return shows
}

/** Whether elements without a box are rendered, until the page's own scripts run again: a chain of them is climbed once. */
const boxless = new Map<Element, boolean>()

/** The same of an element whose parent is rendered: nothing above is asked again. */
function renderedWithin(element: Element): boolean {
  if (hasBox(element)) return true
  // This one has no box of its own to ask about.
  return element.ownerDocument.defaultView!.getComputedStyle(element).display === 'contents'
}

function hasBox(element: Element): boolean {
  if (!element.ownerDocument.defaultView || !element.isConnected || !element.checkVisibility) return true
  return element.checkVisibility({ visibilityProperty: true })
}

/** Whether a tree nests deeper than any real page does; selectors and ancestors would take a page's thread for seconds. */
export function isTooDeep(root: ParentNode): boolean {
  let level: Element[] = [...root.children]
  for (let depth = 0; level.length > 0; depth++) {
    if (depth >= DEPTH_LIMIT) return true
    const below: Element[] = []
    for (const element of level) if (element.firstElementChild) for (const child of element.children) below.push(child)
    level = below
  }
  return false
}

/** Whether a style sheet shows the breaks of this text, as in `white-space: pre-wrap`. */
function keepsLines(text: Text): boolean {
  if (!text.parentElement || !/\S[^\n]*\n/.test(text.data)) return false
  return /^(?:pre|break)/.test(text.ownerDocument.defaultView?.getComputedStyle(text.parentElement).whiteSpace ?? '')
}

/** Parent element, out of a shadow root into its host. */
export function parentOf(element: Element): Element | null {
  if (element.parentElement) return element.parentElement
  const root = element.parentNode
  return root && root.nodeType === 11 && 'host' in root ? (root as ShadowRoot).host : null
}

/** Smallest of the boxes around a part that fits; none beyond `until`. */
export function around(part: Element, fits: (box: Element) => boolean, until: (box: Element) => boolean): Element | null {
  let at = part.parentElement
  for (let depth = 0; at && depth < 6 && !at.matches('body, main, ul, ol') && !until(at); depth++, at = at.parentElement) if (fits(at)) return at
  return null
}

/** Whether a part stands in one of these boxes within the unit, the unit itself not counted. */
export function inside(part: Element, boxes: string, unit: Element): boolean {
  const box = part.closest(boxes)
  return box !== null && box !== unit && unit.contains(box)
}

/** Whether a part stands before another on the page. */
export const before = (part: Element, other: Element): boolean => (part.compareDocumentPosition(other) & 4) !== 0

/** First element that fits: selectors in the order of their trust, then page order. */
export function pick(
  root: ParentNode,
  selectors: readonly string[],
  fits: (element: Element) => boolean = () => true,
): Element | null {
  for (const selector of selectors)
    for (const element of root.querySelectorAll(selector)) if (fits(element) && shownIn(root, element)) return element
  return null
}

/** Whether nothing between `root` and the element hides it. */
function shownIn(root: ParentNode, element: Element): boolean {
  let at: Element | null = element
  for (let depth = 0; at && at !== root && depth < DEPTH_LIMIT; depth++, at = at.parentElement)
    if (concealed(at)) return false
  return true
}

/** Elements for `selector` in page order, `root` itself included. */
export function all(root: ParentNode, selector: string): Element[] {
  const found = [...root.querySelectorAll(selector)]
  if (isElement(root) && root.matches(selector)) found.unshift(root)
  return found
}

/** Whether the element has something to read; looked for no further than to the first of it. */
export function hasText(element: Element): boolean {
  for (const piece of pieces(element, {})) if (piece.trim() !== '') return true
  return false
}

/** A name as one line: the element's text, else what it is labelled with; without `@` and a closing colon. */
export function nameOf(element: Element | null, skip?: Reading['skip']): string {
  if (!element) return ''
  const written = textOf(element, { skip })
  const name =
    written ||
    ['nick-name', 'aria-label', 'title'].map((label) => attribute(element, label)).find(Boolean) ||
    [...element.querySelectorAll('[aria-label], img[alt]')]
      .map((labelled) => attribute(labelled, 'aria-label') || attribute(labelled, 'alt'))
      .find(Boolean) ||
    ''
  return name.replace(/\s+/g, ' ').replace(/^[@＠]\s*/, '').replace(/\s*[:：]$/, '').slice(0, 100).trim()
}

/** First element with a name: a written one before one that is only a label, such as a picture's. */
export const pickName = (root: ParentNode, selectors: readonly string[], fits: (element: Element) => boolean = () => true) =>
  pick(root, selectors, (name) => fits(name) && hasText(name)) ??
  pick(root, selectors, (name) => fits(name) && nameOf(name) !== '')

/** An attribute, trimmed; '' where there is none. */
export const attribute = (element: Element | null | undefined, name: string): string =>
  element?.getAttribute(name)?.trim() ?? ''

/** The first of `names` that the element carries. */
export const firstAttribute = (element: Element | null | undefined, names: readonly string[]): string =>
  names.map((name) => attribute(element, name)).find(Boolean) ?? ''

/** An attribute holding a JSON object; empty where it is missing or broken. */
export function jsonAttribute(element: Element | null, name: string): Record<string, unknown> {
  const written = attribute(element, name)
  if (written === '' || written.length > 20_000) return {}
  try {
    const value: unknown = JSON.parse(written)
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : {}
  } catch {
    return {}
  }
}

/** An address as absolute https; null for everything that is no web address. */
export function address(href: string | null | undefined, page: URL | string): URL | null {
  if (!href || href.length > 4_000) return null
  try {
    const url = new URL(href.trim(), page)
    if (url.protocol !== 'https:' && url.protocol !== 'http:') return null
    url.protocol = 'https:'
    url.username = url.password = url.hash = ''
    return url
  } catch {
    return null
  }
}

/** Links of `root` as addresses, in page order, `root` included. */
export function* links(
  root: ParentNode,
  page: URL,
  fits: (element: Element) => boolean = () => true,
): Iterable<{ url: URL; element: Element }> {
  for (const element of all(root, 'a[href]')) {
    if (!fits(element)) continue
    const url = address(element.getAttribute('href'), page)
    if (url) yield { url, element }
  }
}

/** `h:` and a stable hash, for units to which the page gives no id. */
export function hashId(platform: string, author: string, text: string): string {
  let a = 0x811c9dc5
  let b = 0x9e3779b9
  for (const part of [platform, author, text]) {
    for (let i = 0; i < part.length; i++) {
      const code = part.charCodeAt(i)
      a = Math.imul(a ^ code, 0x01000193)
      b = Math.imul(b ^ (code + i), 0x85ebca6b) ^ (b >>> 13)
    }
    // Ends each part, so that a letter cannot move from the author to the text.
    a = Math.imul(a ^ 0xffff, 0x01000193)
    b = Math.imul(b ^ 0xffff, 0xc2b2ae35) ^ (b >>> 16)
  }
  const hex = (n: number) => (n >>> 0).toString(16).padStart(8, '0')
  return `h:${hex(a)}${hex(b)}`
}

/** What a site found of one unit. */
export interface Found {
  kind: Kind
  author: Author
  body: string
  title?: string
  id?: string
  permalink?: string
  publishedText?: string
  parentId?: string
  imageCount?: number
}

/** What src/messages lets pass: one field too long would cost the whole batch its verdicts. */
const LONGEST_ID = 200
const LONGEST_NAME = 500
const LONGEST_TITLE = 1_000
const LONGEST_LINK = 4_000

/** Makes a post of it: title above the text, an id in any case; null where there is nothing to read. */
export function toPost(platform: string, found: Found): Post | null {
  const title = found.title?.replace(/\s+/g, ' ').trim() ?? ''
  const text = clip(joined(title, found.body))
  if (text === '') return null
  const name = found.author.name.slice(0, LONGEST_NAME)
  const id = found.author.id?.slice(0, LONGEST_ID)
  const post: Post = {
    platform,
    id: found.id?.slice(0, LONGEST_ID) || hashId(platform, name, text),
    kind: found.kind,
    text,
    author: id ? { name, id } : { name },
    permalink: found.permalink && found.permalink.length <= LONGEST_LINK ? found.permalink : '',
  }
  if (title) post.title = title.slice(0, LONGEST_TITLE)
  if (title && found.body === '') post.titleOnly = true
  if (found.publishedText) post.publishedText = found.publishedText.slice(0, 100)
  if (found.parentId) post.parentId = found.parentId.slice(0, LONGEST_ID)
  if (found.imageCount) post.imageCount = found.imageCount
  return post
}

/** Where a mark goes: behind the name, else before the text; never inside a link, where a click would lead away. */
export function beside(unit: Element, name: Element | null, text: Element | null): { after: Element } | { parent: Element } {
  if (name) return { after: linkAround(name, unit) ?? name }
  if (!text) return { parent: unit }
  return { parent: linkAround(text, unit)?.parentElement ?? text }
}

function linkAround(part: Element, unit: Element): Element | null {
  const link = part.closest('a')
  return link && link !== unit && unit.contains(link) ? link : null
}

export const isElement = (node: ParentNode): node is Element => node.nodeType === 1

const isPicture = (element: Element) =>
  element.getAttribute('role') === 'img' && element.firstChild === null && element.localName !== 'img'

/** What a picture stands for in the text: only emoji count, photographs do not. */
function emojiOf(image: Element): string {
  const alt = attribute(image, 'alt')
  if (alt === '' || alt.length > 40) return ''
  if (/^\[[^[\]]+\]\w?$/.test(alt) || /\p{Extended_Pictographic}|\p{Regional_Indicator}/u.test(alt)) return alt
  const hints = [image, image.parentElement, image.parentElement?.parentElement]
  return hints.some((hint) => EMOJI_HINT.test(hint?.getAttribute('class') ?? '')) ? alt : ''
}

/** A closing 展开 or 全文 that belongs to the page, not to the author. */
function isFoldLabel(element: Element): boolean {
  if (!['a', 'span', 'div', 'i'].includes(element.localName)) return false
  // What nests below is no label, and its text is not gathered for each level.
  if (element.childElementCount > 3) return false
  for (let part = element.firstElementChild; part; part = part.nextElementSibling) if (part.firstElementChild) return false
  const label = element.textContent ?? ''
  if (label.length > 12 || !FOLD_LABEL.test(label.trim())) return false
  return blank(element, 'nextSibling') && !blank(element, 'previousSibling')
}

/** Whether nothing but space stands on that side of the element, within its parent. */
function blank(element: Element, side: 'nextSibling' | 'previousSibling'): boolean {
  for (let at = element[side]; at; at = at[side])
    if (at.nodeType === 3 ? (at as Text).data.trim() !== '' : at.nodeType === 1 && (at as Element).localName !== 'svg')
      return false
  return true
}

/** Children as they are rendered (shadow tree, slotted nodes), last first. */
function backwards(node: Node): Node[] {
  const shown: Node[] = []
  for (let child = lastShown(node); child; child = child.previousSibling) shown.push(child)
  if (node.nodeType === 1 && (node as Element).localName === 'slot') {
    const slotted = (node as HTMLSlotElement).assignedNodes?.() ?? []
    if (slotted.length > 0) return [...slotted].reverse()
  }
  return shown
}

const lastShown = (node: Node): Node | null =>
  node.nodeType === 1 && (node as Element).shadowRoot ? (node as Element).shadowRoot!.lastChild : node.lastChild

/** `push(...many)` puts every item on the call stack. */
function pushAll(steps: (Node | string)[], more: readonly (Node | string)[]): void {
  for (const step of more) steps.push(step)
}

function plain(text: string, lines: boolean): string {
  const shown = text.replace(/\u200b/g, '').replace(/\r\n?/g, '\n')
  if (!lines) return shown.replace(/[ \t\n\f\v\u00a0]+/g, ' ')
  // A break followed by deep indentation is how the page's source is laid out, not the author's.
  return shown
    .replace(/^[ \t\n]*\n(?: {2}|\t)[ \t]*|\n(?: {2}|\t)[ \t]*$/g, ' ')
    .replace(/[ \t\f\v\u00a0]+/g, ' ')
}

function tidy(text: string): string {
  return text
    .replace(/ {2,}/g, ' ')
    .replace(/[ \n\v]*[\n\v][ \n\v]*/g, (breaks) => (breaks.split('\n').length > 2 ? '\n\n' : '\n'))
    .trim()
}

const joined = (...parts: string[]): string => parts.filter(Boolean).join('\n')

/** Gathers pieces and forgets the middle of what is far too long. */
class Gathered {
  private pieces: string[] = []
  private length = 0

  add(piece: string): void {
    this.pieces.push(piece)
    this.length += piece.length
    if (this.length <= TEXT_LIMIT * 20) return
    const text = this.pieces.join('')
    this.pieces = [text.slice(0, TEXT_LIMIT * 4), text.slice(-TEXT_LIMIT * 4)]
    this.length = TEXT_LIMIT * 8
  }

  all(): string {
    return this.pieces.join('')
  }
}
