// @vitest-environment happy-dom
import { describe, expect, it } from 'vitest'
import { TEXT_LIMIT } from '../../src/types.ts'
import { address, beside, clip, hashId, hidden, jsonAttribute, nameOf, pick, textOf, toPost } from '../../src/sites/read.ts'

const element = (html: string): Element => {
  const box = document.createElement('div')
  box.innerHTML = html
  return box
}
const read = (html: string, reading?: Parameters<typeof textOf>[1]) => textOf(element(html), reading)

describe('textOf', () => {
  it.each([
    ['a <b>b</b>\n   c', 'a b c', 'collapses space'],
    ['一<br>二<br/>三', '一\n二\n三', 'br'],
    ['<p>一</p><p>二</p>三', '一\n二\n三', 'blocks'],
    ['<p>一</p><p><br></p><p>二</p>', '一\n二', 'an empty paragraph is one break'],
    ['一<br><br><br><br>二', '一\n\n二', 'at most one empty line'],
    ['<ul><li>一</li><li>二</li></ul>', '一\n二', 'list'],
    ['好<img alt="[doge]">的<img alt="🪷">', '好[doge]的🪷', 'emoji pictures'],
    ['好<img class="emoji" alt="笑">', '好笑', 'emoji by class'],
    ['好<img class="note-content-emoji" alt="">', '好', 'emoji without a name'],
    ['好<img alt="一张照片">', '好', 'photographs are not words'],
    ['<span class="url-icon"><img alt="[泪]"></span>了', '[泪]了', 'emoji in its frame'],
    ['<a href="/n/a">@某人</a> <a href="/t">#话题#</a>', '@某人 #话题#', 'mentions and topics'],
    ['\u200b字\u200b\u00a0\u00a0尾\u200b', '字 尾', 'zero-width and fixed spaces'],
    ['a<svg><title>图标</title></svg><script>1</script><style>x</style><noscript>n</noscript><template>t</template>b', 'ab', 'never shown'],
    ['a<button>关注</button><textarea>草稿</textarea>b', 'ab', 'controls'],
    ['a<i hidden>x</i><i style="color:red; display : none">y</i><i style="visibility:hidden">z</i>b', 'ab', 'hidden parts'],
    ['文字…<a href="#">展开</a>', '文字…', 'fold label'],
    ['文字 <span>收起<i class="icon">d</i></span>', '文字', 'fold label with its icon letter'],
    ['<span>展开</span>', '展开', 'the same word, but all there is'],
    ['<span>展开</span>说说', '展开说说', 'the same word in a sentence'],
    ['<a>#全文#</a>', '#全文#', 'a topic'],
    ['\u0000<b>&lt;img src=x onerror=alert(1)&gt;</b>', '<img src=x onerror=alert(1)>', 'markup as text'],
    ['', '', 'nothing'],
  ])('%j is read as %j: %s', (html, text) => expect(read(html).replace('\u0000', '').replace('\ufffd', '')).toBe(text))

  it('keeps line breaks of text nodes only where the site shows them', () => {
    expect(read('一\n二')).toBe('一 二')
    expect(read('一\n二\r\n三', { lines: true })).toBe('一\n二\n三')
    expect(read('\n      <b>一</b>\n      <b>二</b>\n    ', { lines: true })).toBe('一 二')
  })

  it('follows the style sheets of a live page', () => {
    const box = element('<style>.gone { display: none } .pre { white-space: pre-wrap }</style><p class="pre">一\n二<i class="gone">三</i></p><p class="gone"><b>四</b></p>')
    document.body.append(box)
    try {
      expect(textOf(box)).toBe('一\n二')
      expect(hidden(box.querySelector('.pre')!)).toBe(false)
      expect(hidden(box.querySelector('b')!)).toBe(true)
      expect(textOf(box.querySelector('p.gone')), 'asked for itself').toBe('四')
    } finally {
      box.remove()
    }
  })

  it('skips what the caller names', () => {
    expect(read('<b class="x">甲</b>乙', { skip: '.x' })).toBe('乙')
    expect(read('<b class="x">甲</b>乙', { skip: (part) => part.localName === 'b' })).toBe('乙')
  })

  it('reads a hidden element when it is asked for itself', () =>
    expect(textOf(element('<p style="display:none">全文</p>').firstElementChild)).toBe('全文'))

  it('reads shadow trees and slots as they are rendered', () => {
    const host = element('<b>光</b>')
    host.attachShadow({ mode: 'open' }).innerHTML = '<style>b{}</style><i>影</i><slot>备用</slot>'
    expect(textOf(host)).toBe('影光')
    const bare = element('<p></p>').firstElementChild!
    bare.attachShadow({ mode: 'open' }).innerHTML = '<slot name="none">备用</slot>'
    expect(textOf(bare)).toBe('备用')
  })

  it('reads nothing from nothing', () => {
    expect(textOf(null)).toBe('')
    expect(textOf(undefined)).toBe('')
  })
})

describe('hostile input', () => {
  const nested = (depth: number): Element => {
    const top = document.createElement('div')
    let at: Element = top
    for (let i = 0; i < depth; i++) at = at.appendChild(document.createElement(i % 2 ? 'span' : 'div'))
    at.append('底')
    return top
  }

  it('reads ten thousand nested elements', () => {
    const top = nested(10_000)
    expect(textOf(top)).toBe('底')
    let deepest: Element = top
    while (deepest.firstElementChild) deepest = deepest.firstElementChild
    expect(hidden(deepest)).toBe(false)
  })

  it('reads very many children and keeps head and tail', () => {
    const box = document.createElement('div')
    box.append('开头')
    for (let i = 0; i < 40_000; i++) box.append(document.createElement('br'), '字'.repeat(20))
    box.append('结尾')
    const text = textOf(box)
    expect(text.length).toBeLessThanOrEqual(TEXT_LIMIT)
    expect(text.startsWith('开头')).toBe(true)
    expect(text.endsWith('结尾')).toBe(true)
  })

  it('cuts no character in two', () => {
    const text = clip('😀'.repeat(TEXT_LIMIT))
    expect(text.length).toBeLessThanOrEqual(TEXT_LIMIT)
    expect(text).not.toMatch(/[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/)
  })

  it.each(['{', '[]', 'null', '"x"', '7', '{"a":', `{"a":"${'x'.repeat(30_000)}"}`])('takes %.20s for no object', (json) => {
    const box = document.createElement('div')
    box.setAttribute('data-zop', json)
    expect(jsonAttribute(box, 'data-zop')).toEqual({})
  })

  it.each([null, '', 'javascript:alert(1)', 'data:text/html,x', 'blob:https://a/b', 'http://', 'https://[', 'x'.repeat(5000)])(
    'takes %.30s for no address',
    (href) => expect(address(href, 'https://weibo.com/')).toBeNull(),
  )
})

describe('address', () => {
  it.each([
    ['/1/Ab', 'https://weibo.com/1/Ab'],
    ['//weibo.com/1/Ab#c', 'https://weibo.com/1/Ab'],
    ['http://weibo.com/1', 'https://weibo.com/1'],
    [' https://me:secret@weibo.com/1 ', 'https://weibo.com/1'],
  ])('%s becomes %s', (href, url) => expect(address(href, 'https://weibo.com/home')?.href).toBe(url))
})

describe('hidden', () => {
  const inside = (html: string) => element(html).querySelector('b')!
  it.each([
    ['<p hidden><b></b></p>', true],
    ['<p style="display:none"><b></b></p>', true],
    ['<p style="transform: translateY(-9999px)"><b></b></p>', true],
    ['<p style="transform:translate3d(0px, -9999px, 0)"><b></b></p>', true],
    ['<p style="position:absolute;left:-9999px"><b></b></p>', true],
    ['<p class="swiper-slide swiper-slide-duplicate"><b></b></p>', true],
    ['<p style="transform: translateY(-19956px)"><b></b></p>', false],
    ['<p style="--display:none-such; background:url(display)"><b></b></p>', false],
    ['<p aria-hidden="true"><b></b></p>', false],
  ])('%s: %s', (html, expected) => expect(hidden(inside(html))).toBe(expected))

  it('looks out of a shadow tree', () => {
    const host = element('<p hidden></p>').firstElementChild!
    const root = host.attachShadow({ mode: 'open' })
    root.innerHTML = '<b>x</b>'
    expect(hidden(root.querySelector('b')!)).toBe(true)
  })
})

describe('names and places', () => {
  it.each([
    ['<a>@某人:</a>', '某人'],
    ['<a aria-label="某人"></a>', '某人'],
    ['<a nick-name="某人" title="别的"></a>', '某人'],
    ['<a><img alt="某人"></a>', '某人'],
    ['<a> 两\n 行 </a>', '两 行'],
  ])('%s is %s', (html, name) => expect(nameOf(element(html).firstElementChild)).toBe(name))

  it('picks by trust, then by order, and nothing hidden', () => {
    const box = element('<i class="b">1</i><p hidden><i class="a">2</i></p><i class="a">3</i>')
    expect(pick(box, ['.a', '.b'])?.textContent).toBe('3')
    expect(pick(box, ['.none'])).toBeNull()
  })

  it('puts a mark behind the link around a name, never into it', () => {
    const box = element('<a href="/u"><span>某人</span></a><p>字</p>')
    expect(beside(box, box.querySelector('span'), null)).toEqual({ after: box.querySelector('a') })
    expect(beside(box, null, box.querySelector('p'))).toEqual({ parent: box.querySelector('p') })
    expect(beside(box, null, null)).toEqual({ parent: box })
  })
})

describe('toPost', () => {
  const author = { name: '某人' }
  it('puts the title above the text', () => {
    expect(toPost('weibo', { kind: 'post', author, title: '题', body: '文' })).toMatchObject({ title: '题', text: '题\n文' })
    expect(toPost('weibo', { kind: 'post', author, title: '题', body: '' })).toMatchObject({ text: '题', titleOnly: true })
    expect(toPost('weibo', { kind: 'post', author, title: '题', body: '文' })).not.toHaveProperty('titleOnly')
  })

  it('is nothing without text', () => expect(toPost('weibo', { kind: 'post', author, body: '' })).toBeNull())

  it('has an id in any case, the same for the same words of the same person', () => {
    const id = toPost('weibo', { kind: 'post', author, body: '文' })!.id
    expect(id).toMatch(/^h:[0-9a-f]{16}$/)
    expect(id).toBe(hashId('weibo', '某人', '文'))
    expect(new Set([id, hashId('zhihu', '某人', '文'), hashId('weibo', '某', '人文'), hashId('weibo', '某人', '文文')]).size).toBe(4)
  })

  it('makes few equal ids', () => {
    const ids = new Set<string>()
    for (let i = 0; i < 50_000; i++) ids.add(hashId('weibo', '', `第${i}条`))
    expect(ids.size).toBe(50_000)
  })
})
