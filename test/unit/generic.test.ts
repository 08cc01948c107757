// @vitest-environment happy-dom
/** The reader of any page: its own saved pages to the letter, and those of all sites by their share. */

import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { generic } from '../../src/sites/generic.ts'
import type { Post } from '../../src/types.ts'

const folder = join(import.meta.dirname, '../fixtures')
const files = (path: string): string[] =>
  readdirSync(path, { withFileTypes: true }).flatMap((entry) => (entry.isDirectory() ? files(join(path, entry.name)) : entry.name.endsWith('.html') ? [join(path, entry.name)] : []))

/** Opens a saved page. happy-dom does not make declarative shadow roots, so they are attached here. */
function open(file: string): { document: Document; url: URL; expected: Partial<Post & { author: string }>[] } {
  const html = readFileSync(file, 'utf8')
  const json = file.replace(/html$/, 'json')
  const address = /^<!-- url: (\S+) -->\n/.exec(html)?.[1]
  if (!address || !existsSync(json)) throw new Error(`${file} needs <!-- url: … --> and its .json`)
  const document = new DOMParser().parseFromString(html, 'text/html')
  attachShadowRoots(document)
  return { document, url: new URL(address), expected: JSON.parse(readFileSync(json, 'utf8')) }
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

const read = (root: Document, url: URL): Post[] => [...generic.posts(root)].flatMap((element) => generic.read(element, url) ?? [])
const parse = (html: string): Document => new DOMParser().parseFromString(html, 'text/html')
const page = new URL('https://any.example/page')

describe.each(files(join(folder, 'generic')).map((file) => ({ name: file.split('/').at(-1)!, file })))('$name', ({ file }) => {
  it('holds the expected posts', () => {
    const { document, url, expected } = open(file)
    const before = document.documentElement.outerHTML
    const posts = read(document, url)
    // An expectation states what a person can check; the rest is free.
    const stated = posts.map((post, i) => Object.fromEntries(Object.keys(expected[i] ?? {}).map((key) => [key, key === 'author' ? post.author.name : post[key as keyof Post]])))
    expect(posts.map(({ text }) => text)).toEqual(expected.map(({ text }) => text))
    expect(stated).toEqual(expected)
    expect(document.documentElement.outerHTML).toBe(before)
    expect(new Set(posts.map(({ id }) => id)).size).toBe(posts.length)
    for (const post of posts) expect(post.platform).toBe('web')
  })

  it('has a place for every mark, and marks on some of the posts change nothing', () => {
    const { document, url } = open(file)
    const before = read(document, url)
    for (const [i, element] of [...generic.posts(document)].entries()) {
      const slot = generic.slot(element)!
      const mark = document.createElement('span')
      mark.attachShadow({ mode: 'closed' }).innerHTML = '<span>反催收代办 · 广告</span>'
      if (i % 2 === 1) continue
      if ('after' in slot) slot.after.after(mark)
      else slot.parent.prepend(mark)
    }
    expect(read(document, url)).toEqual(before)
  })
})

describe('the pages of all sites', () => {
  const blank = (text: string): string => text.replace(/\s+/g, '')

  it('are found for the most part', () => {
    const sum = { expected: 0, contained: 0, exact: 0, author: 0, known: 0, other: 0 }
    for (const file of files(join(folder, 'sites'))) {
      const { document, url, expected } = open(file)
      const left = new Set(read(document, url))
      for (const { text, author } of expected) {
        const wanted = blank(text!)
        const exact = [...left].find((post) => blank(post.text) === wanted)
        const found = exact ?? [...left].find((post) => blank(post.text).includes(wanted) && post.text.length < wanted.length * 1.5 + 30)
        sum.expected++
        if (author) sum.known++
        if (!found) continue
        left.delete(found)
        sum.contained++
        if (exact) sum.exact++
        if (author && found.author.name === author) sum.author++
      }
      sum.other += left.size
    }
    const share = (part: number, of: number) => `${((100 * part) / of).toFixed(1)} %`
    console.log(
      `generic reader on ${sum.expected} units of the sites: contained ${share(sum.contained, sum.expected)}, exact ${share(sum.exact, sum.expected)}, author ${share(sum.author, sum.known)}, besides ${sum.other}`,
    )
    expect(sum.contained / sum.expected).toBeGreaterThanOrEqual(0.8)
    expect(sum.exact / sum.expected).toBeGreaterThanOrEqual(0.6)
    expect(sum.author / sum.known).toBeGreaterThanOrEqual(0.7)
    // Cards of people and topics, notices of the page: few, and none of them long.
    expect(sum.other / sum.expected).toBeLessThan(0.2)
  })
})

describe('any page', () => {
  const feed = (texts: string[]): string =>
    `<main>${texts.map((text, i) => `<div class="item"><a href="/u/${i}">某人${i}</a><time>昨天</time><p>${text}</p></div>`).join('')}</main>`

  it.each([
    ['an empty one', ''],
    ['menus', '<div><a href="/a">首页</a><a href="/b">发现</a><a href="/@me">我的主页</a></div><ul><li><a href="/c">关于我们</a></li><li><a href="/d">联系方式</a></li></ul>'],
    ['cards of people', '<div>' + '<div class="user"><a href="/u/1">某人</a><span>一句话介绍</span><button>关注</button></div>'.repeat(4) + '</div>'],
    ['a foot', '<div class="bottom"><p>© 2026 某公司</p><p>沪ICP备00000000号</p></div>'],
    ['a list of links', '<ul>' + '<li><a href="/1">一篇别的文章</a></li>'.repeat(8) + '</ul>'],
  ])('%s holds no posts', (_, html) => expect(read(parse(html), page)).toEqual([]))

  it('does not take the paragraphs of a text for posts', () => {
    const paragraph = '<p>这是一段比较长的文字，说一件事情的来龙去脉，说完了再说下一件，总之要有一些字数才像是文章里的一段。</p>'
    const posts = read(parse(`<div><h1>标题在这里</h1><div>2026-11-20</div><section>${paragraph.repeat(3)}</section><section>${paragraph.repeat(3)}</section></div>`), page)
    expect(posts).toHaveLength(1)
    expect(posts[0]!.text.split('\n')).toHaveLength(7)
  })

  it('reads what a row shows now, not what it showed before', () => {
    const document = parse(feed(['第一条的文字', '第二条的文字', '第三条的文字']))
    const [row] = generic.posts(document)
    expect(generic.read(row!, page)!.text).toBe('第一条的文字')
    row!.innerHTML = '<a href="/u/9">别人</a><time>今天</time><p>换成了另外一条</p>'
    expect(generic.read(row!, page)).toMatchObject({ text: '换成了另外一条', author: { name: '别人' } })
    expect(generic.read([...generic.posts(document)][0]!, page)).toMatchObject({ text: '换成了另外一条', author: { name: '别人' } })
  })

  it('gives the same for a part of the page as for the page', () => {
    const document = parse(feed(['第一条的文字在这里', '第二条的文字在这里']))
    for (const element of [...generic.posts(document)]) {
      const post = generic.read(element, page)
      expect([...generic.posts(element)]).toContain(element)
      expect(generic.read(element, page)).toEqual(post)
    }
  })

  it('outlasts pages that attack', () => {
    const bare = document.implementation.createHTMLDocument()
    bare.body.remove()
    expect(read(bare, page)).toEqual([])
    const deep = document.implementation.createHTMLDocument()
    let at: Element = deep.body
    for (let i = 0; i < 100_000; i++) {
      const next = deep.createElement(i % 3 ? 'div' : 'span')
      if (i % 1_000 === 0) next.append('很深很深的地方有一句话')
      at.append(next)
      at = next
    }
    // happy-dom's own search calls itself for each level; what is searched for, attributes, none has here.
    deep.body.querySelectorAll = () => document.createDocumentFragment().querySelectorAll('*')
    expect(() => read(deep, page)).not.toThrow()
    const wide = parse(`<p>${'<a href="/u/1">@某人</a>'.repeat(20_000)}</p>`)
    expect(() => read(wide, page)).not.toThrow()
    const odd = parse('<div class="'.concat('x '.repeat(50_000), '"><a href="javascript:alert(1)">点</a><time datetime="never">?</time><svg><title>a</title></svg><template><p>b</p></template></div>'))
    expect(() => read(odd, page)).not.toThrow()
  })

  it('can be looked at in steps, as long as it stays', () => {
    const long = () => parse(feed(Array.from({ length: 600 }, (_, i) => `第 ${i} 条，说一些关于天气的事情`)))
    const document = long()
    const steps = [...generic.look!(document)]
    expect(steps.length).toBeGreaterThan(4)
    const posts = read(document, page)
    expect(posts).toEqual(read(long(), page))
    expect(posts).toHaveLength(600)
    // What a page lost while nobody looked would take all that stands behind it along.
    const changing = long()
    let step = 0
    for (const _ of generic.look!(changing)) if (step++ === 1) changing.querySelector('main')!.replaceChildren(...[...changing.querySelectorAll('.item')].slice(400))
    expect(read(changing, page)).toHaveLength(200)
  })

  it('is quick on a long one', () => {
    const document = parse(feed(Array.from({ length: 5_000 }, (_, i) => `第 ${i} 条，说一些关于天气的事情`)))
    expect(document.querySelectorAll('*').length).toBeGreaterThan(20_000)
    const began = performance.now()
    expect([...generic.posts(document)]).toHaveLength(5_000)
    // A browser takes a tenth of what happy-dom takes.
    expect(performance.now() - began).toBeLessThan(3_000)
  })
})
