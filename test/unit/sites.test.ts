// @vitest-environment happy-dom
/** Every saved page under test/fixtures/sites, read by its adapter. `UPDATE=1` writes the expectations. */

import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import type { Post } from '../../src/types.ts'
import type { Adapter } from '../../src/sites/adapter.ts'
import { adapterFor, adapters, matches } from '../../src/sites/index.ts'

const folder = join(import.meta.dirname, '../fixtures/sites')
const pages = readdirSync(folder, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .flatMap(({ name: site }) =>
    readdirSync(join(folder, site))
      .filter((file) => file.endsWith('.html'))
      .map((file) => ({ site, name: file.slice(0, -5), html: join(folder, site, file), json: join(folder, site, file.replace(/html$/, 'json')) })),
  )

/** Opens a saved page. happy-dom does not make declarative shadow roots, so they are attached here. */
function open(file: string): { document: Document; url: URL } {
  const html = readFileSync(file, 'utf8')
  const address = /^<!-- url: (\S+) -->\n/.exec(html)?.[1]
  if (!address) throw new Error(`${file} does not begin with <!-- url: … -->`)
  const document = new DOMParser().parseFromString(html, 'text/html')
  attachShadowRoots(document)
  return { document, url: new URL(address) }
}

function attachShadowRoots(root: ParentNode): void {
  for (const template of root.querySelectorAll('template')) {
    if (template.getAttribute('shadowrootmode') !== 'open' || !template.parentElement) continue
    const shadow = template.parentElement.attachShadow({ mode: 'open' })
    shadow.append(...template.content.childNodes)
    template.remove()
    attachShadowRoots(shadow)
  }
}

/** The whole page as text, shadow trees included. */
function serialise(root: Document | ShadowRoot): string {
  const own = root.nodeType === 9 ? (root as Document).documentElement.outerHTML : (root as ShadowRoot).innerHTML
  const below = [...root.querySelectorAll('*')].flatMap((element) => (element.shadowRoot ? [serialise(element.shadowRoot)] : []))
  return [own, ...below].join('\n')
}

const read = (adapter: Adapter, document: ParentNode, url: URL): { element: Element; post: Post }[] =>
  [...adapter.posts(document)].flatMap((element) => {
    const post = adapter.read(element, url)
    return post ? [{ element, post }] : []
  })

/** What an expectation states: the fields that a reader can check against the page. */
const stated = ({ kind, id, author, text, permalink, title, parentId, titleOnly }: Post) => ({
  kind,
  id,
  author: author.name,
  text,
  permalink,
  ...(title ? { title } : {}),
  ...(parentId ? { parentId } : {}),
  ...(titleOnly ? { titleOnly } : {}),
})

describe.each(pages)('$site/$name', ({ site, html, json }) => {
  let document: Document
  let url: URL
  let units: { element: Element; post: Post }[]
  let before: string
  const adapter = adapters.find(({ id }) => id === site)!

  beforeAll(() => {
    ;({ document, url } = open(html))
    before = serialise(document)
    units = read(adapter, document, url)
  })

  it('holds the expected posts', () => {
    const posts = units.map(({ post }) => stated(post))
    if (process.env['UPDATE']) writeFileSync(json, JSON.stringify(posts, null, 2) + '\n')
    expect(existsSync(json), `${json} is missing; UPDATE=1 writes it`).toBe(true)
    expect(posts).toEqual(JSON.parse(readFileSync(json, 'utf8')))
  })

  it('is left as it was', () => {
    for (const { element } of units) adapter.slot(element)
    adapter.roots?.(document)
    expect(serialise(document)).toBe(before)
  })

  it('is a page of this site, on which posts are expected', () => {
    expect(adapterFor(url)).toBe(adapter)
    expect(adapter.expects(url)).toBe(true)
  })

  it('gives every unit an id of its own', () => {
    const ids = units.map(({ post }) => post.id)
    expect(new Set(ids).size).toBe(ids.length)
    for (const { post } of units) {
      expect(post.platform).toBe(site)
      if (post.permalink) expect(new URL(post.permalink).protocol).toBe('https:')
    }
  })

  it('has a place for the mark of every unit, and a mark there changes nothing that is read', () => {
    const marked = open(html)
    for (const { element } of read(adapter, marked.document, marked.url)) {
      const slot = adapter.slot(element)!
      expect(slot).not.toBeNull()
      const mark = marked.document.createElement('span')
      mark.attachShadow({ mode: 'closed' }).innerHTML = '<span>反催收代办 · 广告</span>'
      if ('after' in slot) slot.after.after(mark)
      else slot.parent.prepend(mark)
      expect(mark.isConnected).toBe(true)
    }
    expect(read(adapter, marked.document, marked.url).map(({ post }) => stated(post))).toEqual(units.map(({ post }) => stated(post)))
  })

  it('reads the same from any part of the page', () => {
    for (const { element, post } of units) {
      expect([...adapter.posts(element)]).toContain(element)
      expect(adapter.read(element, url)).toEqual(post)
    }
  })
})

describe('sites', () => {
  it.each(adapters.map((adapter) => adapter.id))('%s has at least four saved pages', (id) => {
    expect(id).toMatch(/^[a-z0-9]+$/)
    expect(pages.filter(({ site }) => site === id).length).toBeGreaterThanOrEqual(4)
  })

  it('has a site for every folder of pages', () => {
    expect([...new Set(pages.map(({ site }) => site))].filter((site) => !adapters.some(({ id }) => id === site))).toEqual([])
  })

  it('matches exact hosts only', () => {
    for (const pattern of matches) expect(pattern).toMatch(/^https:\/\/[a-z0-9-]+(?:\.[a-z0-9-]+)+\/\*$/)
    expect(new Set(matches).size).toBe(matches.length)
  })

  it.each([
    'https://weibo.com.example.org/',
    'https://notweibo.com/',
    'https://evil.example/?u=https://weibo.com/',
    'https://passport.weibo.com/',
    'https://weibo.com@example.org/',
    'ftp://weibo.com/',
    'nonsense',
  ])('reads nothing on %s', (url) => expect(adapterFor(url)).toBeNull())

  it.each(['https://weibo.com/', 'https://s.weibo.com/weibo?q=a', 'https://t.bilibili.com:8443/', 'https://zhuanlan.zhihu.com/p/1'])(
    'knows the site of %s',
    (url) => expect(adapterFor(url)).not.toBeNull(),
  )
})

describe('elements that change', () => {
  const page = (html: string) => new DOMParser().parseFromString(html, 'text/html')

  it('weibo: a row that the list gives to another post is that post', () => {
    const adapter = adapters.find(({ id }) => id === 'weibo')!
    const url = new URL('https://weibo.com/')
    const card = (bid: string, text: string) =>
      `<header><a usercard="1000001" href="/u/1000001">某人</a><a href="/1000001/${bid}">1小时前</a></header><div class="wbpro-feed-ogText">${text}</div>`
    const document = page(
      `<div class="vue-recycle-scroller__item-view" style="transform: translateY(0px)"><article class="woo-panel-main">${card('QaaAa1111', '第一条')}</article></div>`,
    )
    const article = document.querySelector('article')!
    const first = adapter.read(article, url)
    article.innerHTML = card('QbbBb2222', '第二条')
    expect(first).toMatchObject({ id: 'QaaAa1111', text: '第一条' })
    expect(adapter.read(article, url)).toMatchObject({ id: 'QbbBb2222', text: '第二条' })
    article.parentElement!.setAttribute('style', 'transform: translateY(-9999px); opacity: 0')
    expect(adapter.read(article, url)).toBeNull()
  })

  it('bilibili: a comment is none until its shadow trees are there', () => {
    const adapter = adapters.find(({ id }) => id === 'bilibili')!
    const url = new URL('https://www.bilibili.com/video/BV1xx411c7mD')
    const document = page('<bili-comments></bili-comments>')
    const list = document.querySelector('bili-comments')!.attachShadow({ mode: 'open' })
    list.innerHTML = '<bili-comment-renderer></bili-comment-renderer>'
    const [comment] = adapter.posts(document)
    expect(adapter.read(comment!, url)).toBeNull()
    comment!.attachShadow({ mode: 'open' }).innerHTML = '<bili-comment-user-info></bili-comment-user-info><bili-rich-text></bili-rich-text>'
    expect(adapter.read(comment!, url)).toBeNull()
    for (const [name, html] of [['bili-comment-user-info', '<div id="user-name">某人</div>'], ['bili-rich-text', '<p id="contents">好</p>']] as const)
      comment!.shadowRoot!.querySelector(name)!.attachShadow({ mode: 'open' }).innerHTML = html
    expect(adapter.read(comment!, url)).toMatchObject({ text: '好', author: { name: '某人' } })
    expect([...adapter.roots!(document)]).toHaveLength(4)
  })
})

describe.each(adapters)('$id on a strange page', (adapter) => {
  const url = new URL(adapter.matches[0]!.replace('*', ''))

  it('finds nothing on an empty page', () => {
    expect([...adapter.posts(document.implementation.createHTMLDocument())]).toEqual([])
  })

  it('does not throw on parts without their content', () => {
    const names = readdirSync(join(folder, adapter.id))
      .filter((file) => file.endsWith('.html'))
      .flatMap((file) => [...readFileSync(join(folder, adapter.id, file), 'utf8').matchAll(/<([a-z0-9-]+)((?:\s[^<>]*)?)>/g)])
    const html = names.map(([, tag, attributes]) => `<${tag}${attributes}>`).filter((tag) => !/^<(?:script|template|style|html|head|body|title|noscript|svg)/.test(tag))
    const page = new DOMParser().parseFromString(html.join('').slice(0, 40_000), 'text/html')
    for (const element of page.querySelectorAll('*')) {
      adapter.read(element, url)
      adapter.slot(element)
    }
    for (const element of adapter.posts(page)) adapter.read(element, url)
  })
})
