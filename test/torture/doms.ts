/**
 * Pages of all kinds, through every reader. Runs in the page: in happy-dom for a few tries, in a real Chromium for many,
 * so it imports nothing of Node.
 */
import * as fc from 'fast-check'
import { isPost } from '../../src/checks.ts'
import type { Adapter } from '../../src/sites/adapter.ts'
import { broken, healthOf } from '../../src/sites/canary.ts'
import { diagnostic } from '../../src/sites/diagnostic.ts'
import { generic } from '../../src/sites/generic.ts'
import { whole } from '../../src/sites/generic/find.ts'
import { adapters } from '../../src/sites/index.ts'
import { hidden, isTooDeep, textOf } from '../../src/sites/read.ts'
import { type Post, TEXT_LIMIT } from '../../src/types.ts'
import { type Property, property, sure, within } from './property.ts'

/** What a page is made of: a start tag as saved pages have it, its children, and what else is done with it. */
export interface Branch {
  /** Index into the tags of the site's saved pages. */
  tag: number
  children: (Branch | string)[]
  /** Puts the children into an open shadow root, into a slot of it, or far below in a chain of boxes. */
  form: 'plain' | 'shadow' | 'slot' | 'deep' | 'contents'
}
/** `<div class="…">` of saved pages: name and attributes. */
export interface Tag {
  name: string
  attributes: readonly (readonly [string, string])[]
}

export const READERS: readonly Adapter[] = [...adapters, generic]
const words = fc.oneof(
  fc.constantFrom('展开', '全文', '3小时前', '回复', '张三', '停息挂账找我', '\u200b', ' ', '\n', '\n    ', '', '2026-11-23', '赞 12', '@某人', '\ud83d', '…展开', '长'.repeat(300)),
  fc.string({ unit: 'binary', maxLength: 30 }),
)
const { branch } = fc.letrec<{ branch: Branch; child: Branch | string }>((tie) => ({
  branch: fc.record({
    tag: fc.nat(),
    children: fc.array(tie('child'), { maxLength: 5 }),
    form: fc.oneof({ weight: 12, arbitrary: fc.constant('plain' as const) }, { weight: 1, arbitrary: fc.constantFrom('shadow', 'slot', 'deep', 'contents') }),
  }),
  child: fc.oneof({ depthSize: 'large', withCrossShrink: true }, words, tie('branch')),
}))

export function build(root: Branch, tags: readonly Tag[], document: Document): Element {
  const { name, attributes } = tags[root.tag % tags.length]!
  const element = document.createElement(name)
  for (const [key, value] of attributes) element.setAttribute(key, value)
  let home: ParentNode = element
  if (root.form === 'contents') element.setAttribute('style', 'display: contents')
  if ((root.form === 'shadow' || root.form === 'slot') && /^(?:div|span|article|section|p)$|-/.test(name)) {
    const shadow = element.attachShadow({ mode: 'open' })
    if (root.form === 'shadow') home = shadow
    else shadow.append(document.createElement('slot'), '槽')
  }
  if (root.form === 'deep') {
    const chain = nested(60, document)
    element.append(chain.top)
    home = chain.bottom
  }
  home.append(...root.children.map((child) => (typeof child === 'string' ? document.createTextNode(child) : build(child, tags, document))))
  return element
}

export function nested(depth: number, document: Document, style = ''): { top: Element; bottom: Element } {
  const bottom = document.createElement('div')
  let top = bottom
  for (let level = 1; level < depth; level++) {
    const box = document.createElement('div')
    if (style) box.setAttribute('style', style)
    box.append(top)
    top = box
  }
  return { top, bottom }
}

/** Reads all units as the feed does, which gives the page its thread back between any two of them, and reads no page that is too deep. */
export function readAll(reader: Adapter, document: Document, url: URL): Post[] {
  if (isTooDeep(document)) return []
  const found = within(`${reader.id}.posts`, () => [...reader.posts(document)])
  sure(new Set(found).size === found.length, 'each unit once')
  const posts: Post[] = []
  for (const element of found) {
    const post = within(`${reader.id}.read`, () => reader.read(element, url))
    within(`${reader.id}.slot`, () => reader.slot(element))
    if (!post) continue
    sure(isPost(post), `a post that may be sent: ${JSON.stringify(post).slice(0, 200)}`)
    sure(post.text.length <= TEXT_LIMIT, 'text is bounded')
    sure(post.permalink === '' || new URL(post.permalink).protocol === 'https:', `permalink ${post.permalink}`)
    posts.push(post)
  }
  within(`${reader.id}.roots`, () => [...(reader.roots?.(document) ?? [])])
  return posts
}

const urlOf = (reader: Adapter): URL => new URL(reader.matches[0]?.replace('*', '') ?? 'https://example.com/')

/** @param tags of each site's saved pages, by its id; @param document is the page that trees are built into. */
export function doms(tags: ReadonlyMap<string, readonly Tag[]>, document: Document): readonly Property[] {
  const every = [...tags.values()].flat()
  const reader = fc.nat(READERS.length - 1).map((at) => READERS[at]!)
  const tree = fc.tuple(reader, fc.array(branch, { minLength: 1, maxLength: 4 }))
  const plant = (one: Adapter, branches: readonly Branch[]): void => document.body.replaceChildren(...branches.map((branch) => build(branch, tags.get(one.id) ?? every, document)))
  return [
    property({
      name: 'dom: any tree of the tags that a site uses, by its reader and the generic one',
      any: tree,
      holds([one, branches]) {
        plant(one, branches)
        const before = document.body.innerHTML
        readAll(one, document, urlOf(one))
        readAll(generic, document, urlOf(one))
        sure(document.body.innerHTML === before, 'the page is left as it was')
      },
    }),
    property({
      name: 'dom: rows given to other posts, moved and taken out between two reads',
      any: fc.tuple(tree, fc.array(fc.tuple(fc.nat(), fc.nat(), fc.constantFrom('move', 'remove', 'text', 'class', 'copy')), { maxLength: 12 })),
      holds([[one, branches], changes]) {
        plant(one, branches)
        const units = [...one.posts(document)]
        for (const [from, to, change] of changes) {
          const all = [...document.body.querySelectorAll('*')]
          if (all.length === 0) break
          const [moved, target] = [all[from % all.length]!, all[to % all.length]!]
          if (change === 'remove') moved.remove()
          else if (change === 'text') moved.textContent = '换了一条'
          else if (change === 'class') moved.className = target.className
          else if (change === 'copy') target.append(...[...moved.childNodes].slice(0, 3).map((node) => node.cloneNode(true)))
          else if (!moved.contains(target)) target.append(moved)
          if (isTooDeep(document)) break
          for (const unit of units) within(`${one.id}.read`, () => one.read(unit, urlOf(one)))
          for (const unit of units) one.slot(unit)
        }
        readAll(one, document, urlOf(one))
      },
    }),
    property({
      name: 'dom: a page judged by the canaries',
      any: tree,
      holds([one, branches]) {
        if (one === generic) return
        plant(one, branches)
        const health = whole(healthOf(one, document, urlOf(one)))
        broken(health, one, urlOf(one))
        sure(diagnostic(health, document, urlOf(one)).length < 20_000, 'the diagnostic is bounded')
      },
    }),
  ]
}

/** Levels of the deepest tree that is given to a reader. */
const DEEP = 190

/** As many boxes as asked for, in chains that are as deep as readers get them. */
function chains(document: Document, boxes: number, chain: (depth: number) => Element): Element {
  const top = document.createElement('div')
  for (let left = boxes; left > 0; left -= DEEP) top.append(chain(Math.min(DEEP, left)))
  return top
}

/** Pages that are made to be slow: each with how many boxes it has. */
export const SLOW: Readonly<Record<string, (document: Document, boxes: number) => Element>> = {
  nested: (document, boxes) =>
    chains(document, boxes, (depth) => {
      const { top, bottom } = nested(depth, document)
      bottom.textContent = '底下的一句话'
      return top
    }),
  // Each has no box of its own, so what it shows is what stands around it.
  contents: (document, boxes) => chains(document, boxes, (depth) => nested(depth, document, 'display: contents').top),
  // Each level begins with a leaf, so that it looks like a label, and holds all the rest.
  labels: (document, boxes) =>
    chains(document, boxes / 2, (depth) => {
      let top: Element = document.createElement('span')
      for (let level = 1; level < depth; level++) {
        const box = document.createElement('span')
        const leaf = document.createElement('i')
        leaf.textContent = level % 2 ? '展开' : ''
        box.append(leaf, top)
        top = box
      }
      return top
    }),
  wide: (document, boxes) => {
    const top = document.createElement('div')
    for (let at = 0; at < boxes; at++) top.append(Object.assign(document.createElement('span'), { textContent: '全文' }), ' ')
    return top
  },
  // A long text in one box.
  letters: (document, boxes) => Object.assign(document.createElement('p'), { textContent: '停息\u200b挂账\n'.repeat(boxes * 10) }),
}

/** A slow page whose boxes carry, or do not carry, the tags of a site, so that selectors find something at each level. */
export function slow(name: string, boxes: number, reader: Adapter, tags: readonly Tag[], document: Document): void {
  const top = SLOW[name]!(document, boxes)
  const dress = [top, ...top.querySelectorAll('*')]
  dress.forEach((element, at) => {
    const { attributes } = tags[at % tags.length]!
    for (const [key, value] of attributes) if (key !== 'style' && key !== 'hidden') element.setAttribute(key, value)
  })
  document.body.replaceChildren(top)
  sure(!within('isTooDeep', () => isTooDeep(document)), 'it is given to readers')
  readAll(reader, document, urlOf(reader))
  within('textOf', () => textOf(document.body))
  within('hidden', () => hidden(top))
}

/**
 * Deepest boxes that Chromium 156 lays out: a bare page without the extension shows 2,750 and its process ends at 3,000,
 * in layout, before any script of ours. What is never laid out may be of any depth.
 */
const LAID_OUT = 2_500

/** Ways in which a page can hold boxes deeper than any real page does, and live: how many, and where they stand. */
export const DEEPEST: Readonly<Record<string, (boxes: number, document: Document) => Element>> = {
  'laid out': (boxes, document) => placed(nested(Math.min(boxes, LAID_OUT), document).top, document),
  'hidden by their own style': (boxes, document) => placed(nested(boxes, document).top, document, (top) => top.setAttribute('style', 'display: none')),
  'hidden by a style sheet': (boxes, document) =>
    placed(nested(boxes, document).top, document, (top) => {
      top.className = 'none'
      const sheet = document.createElement('style')
      sheet.textContent = '.none { display: none }'
      document.body.append(sheet)
    }),
  'in no page': (boxes, document) => nested(boxes, document).top,
}

function placed(top: Element, document: Document, dress: (top: Element) => void = () => undefined): Element {
  document.body.replaceChildren()
  dress(top)
  document.body.append(top)
  return document.body
}

/** No reader gets them, and to know that takes no time; a reader that is given them all the same ends too. */
export function tooDeep(how: string, boxes: number, document: Document): void {
  const top = DEEPEST[how]!(boxes, document)
  sure(within('isTooDeep', () => isTooDeep(top)), 'it is kept from the readers')
  within('textOf', () => textOf(top))
}
