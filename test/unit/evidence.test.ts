// @vitest-environment happy-dom
import { describe, expect, it } from 'vitest'
import { sha256, utf8 } from '../../src/evidence/hash.ts'
import { pixelsOf } from '../../src/evidence/cuttings.ts'
import { inertHtml } from '../../src/evidence/inert.ts'
import { evidenceList, listHtml } from '../../src/evidence/list.ts'
import { PATHS, writePackage } from '../../src/evidence/package.ts'
import { verifyPackage } from '../../src/evidence/verify.ts'
import { readWarc } from '../../src/evidence/warc.ts'
import { type Entry, readZip, writeZip } from '../../src/evidence/zip.ts'
import { reseal } from '../evidence/reseal.ts'
import { capture, CUTTINGS, sample, source } from '../evidence/sample.ts'

const textOf = (entries: readonly Entry[], path: string): string => new TextDecoder().decode(entries.find((entry) => entry.path === path)!.bytes)
const found = async (bytes: Uint8Array) => (await verifyPackage(bytes)).findings.map(({ where, what }) => [where, what])

describe('package', () => {
  it('has the same bytes for the same source', async () => expect(await writePackage(source())).toEqual(await writePackage(source())))
  it('changes only where its times stand when only the time of writing differs', async () => {
    const [a, b] = [readZip(await writePackage(source())), readZip(await writePackage(source({ madeAt: source().madeAt + 3_600_000 })))]
    const same = a.filter(({ bytes }, index) => Buffer.from(bytes).equals(Buffer.from(b[index]!.bytes))).map(({ path }) => path)
    expect(same).toEqual([PATHS.index, PATHS.pages, PATHS.case, PATHS.history])
  })
  it('describes itself as WACZ 1.1.1 and lists every part', async () => {
    const entries = readZip(await writePackage(source()))
    const described = JSON.parse(textOf(entries, PATHS.package)) as { wacz_version: string; created: string; description: string; resources: { path: string }[] }
    expect(described).toMatchObject({ profile: 'data-package', wacz_version: '1.1.1', created: '2026-11-23T06:05:14Z' })
    expect(described.description).toContain('不能代替它')
    expect(described.resources.map(({ path }) => path)).toEqual([PATHS.archive, PATHS.index, PATHS.pages, PATHS.case, PATHS.history, PATHS.list, PATHS.listPage, PATHS.manifest])
  })
  it('needs an address', async () => {
    const one = sample()
    await expect(writePackage(source({ case: { ...one, pageUrl: 'about:blank', post: { ...one.post, permalink: '' } }, captures: [] }))).rejects.toThrow('没有网址')
  })
})

describe('list', () => {
  const list = evidenceList({ ...source(), head: 'a'.repeat(64), items: [] })
  it('has every field of the rules', () => {
    expect(list.title.zh).toBe('电子数据提取固定清单')
    expect(list.cause).toEqual({ zh: '疑似反催收代办', en: 'Suspected: Debt-relief agent' })
    expect(list.object.zh).toBe('微博，帖子，编号 5098，作者 小鹿 "A" (u1)')
    expect(list.time[0]!.zh).toBe('2026-11-23 14:05:09 +08:00（本机时钟，Asia/Shanghai）')
    expect(list.address).toEqual(['https://weibo.com/1001/P5098?from=feed&a=1', 'https://weibo.com/'])
    expect(list.tools).toEqual(['明察 Mingcha 0.1.0', '模型 model 2026.11.23.2'])
  })
  it('says where the data come from', () => {
    const of = (captures: Parameters<typeof evidenceList>[0]['captures']) => evidenceList({ ...source(), captures, head: '', items: [] }).source.zh
    expect(of([capture()])).toContain('浏览器中显示')
    expect(of([capture({ source: 'saved' })])).toContain('已保存的网页文件')
    expect(of([])).toContain('页面未被固定')
  })
  it('says why there is no time of the server', () => {
    const of = (from: 'live' | 'saved') => evidenceList({ ...source(), captures: [capture({ source: from })], head: '', items: [] })
    expect(of('live').serverTime.zh).toContain('未取得：浏览器不把')
    expect(of('saved').serverTime.zh).toContain('没有服务器应答')
    expect(listHtml(of('live'))).toMatch(/服务器时间[\s\S]*未取得：[\s\S]*Not available:/)
  })
  it('says of every picture whether and how it was kept, or why not', () => {
    const of = (over: Parameters<typeof capture>[0]) => evidenceList({ ...source(), captures: [capture(over)], head: '', items: [] }).pictures.map(({ zh }) => zh)
    expect(of({ cuttings: [...CUTTINGS], moreCuttings: true })).toEqual([
      expect.stringContaining('不是原图文件'),
      '图片 1：已留存显示的样子，截自屏幕截图，8×4 像素；可能被别的元素遮住。地址：https://wx1.sinaimg.cn/a.jpg',
      '图片 2：只留存可见的部分，截自屏幕截图，5×4 像素；可能被别的元素遮住。地址：（在网页自身之内，没有网址）',
      ...['可见的部分', '还没有载入', '小于 32 像素', '双指放大', '没有选', '没有截图', '没能'].map((why, index) => expect.stringMatching(`^图片 ${index + 3}：没有留存：.*${why}.*。地址：https://`)),
      expect.stringContaining('另有图片没有列出'),
    ])
    expect(of({ cuttings: [] })).toEqual(['该内容中没有图片。'])
    expect(of({})).toEqual([expect.stringContaining('没有逐一记录')])
    expect(listHtml(evidenceList({ ...source(), captures: [capture({ cuttings: [...CUTTINGS] })], head: '', items: [] }))).not.toContain('<b>')
  })
  it('prints labels in both languages, open fields and given ones, and no markup of the page', () => {
    const page = listHtml({ ...list, place: '上海', signatures: { ...list.signatures, collector: '<i>甲</i>' } })
    for (const label of ['案由', '对象', '时间', '地点', '方法', '过程', '网络地址', '访问方式', '工具与版本', '系统环境', '文件格式', '签名', '见证人', 'Witness']) expect(page).toContain(label)
    expect(page).toContain('<p>上海</p>')
    expect(page).not.toMatch(/<b>|<i>|<script/)
    expect(listHtml(list)).toContain('由移送人填写')
  })
})

describe('pictures', () => {
  it('are records of their own, listed with their digests, and verified', async () => {
    const bytes = await writePackage(source({ captures: [capture({ cuttings: [...CUTTINGS] })] }))
    const { findings, records } = await verifyPackage(bytes)
    expect(findings).toEqual([])
    const kept = records.filter(({ uri }) => uri.startsWith('urn:cutting:'))
    const address = 'https://weibo.com/1001/P5098?from=feed&a=1'
    expect(kept.map(({ type, uri, mime }) => [type, uri, mime])).toEqual([1, 2].map((n) => ['resource', `urn:cutting:${n}:${address}`, 'image/png']))
    expect(kept.map(({ block }) => new Uint8Array(block))).toEqual(CUTTINGS.slice(0, 2).map(({ shown }) => shown!.png))
    const { items } = JSON.parse(textOf(readZip(bytes), PATHS.list)) as { items: { category: string }[] }
    expect(items.map(({ category }) => category).slice(0, 6)).toEqual(['page', 'text', 'picture', 'cutting', 'cutting', 'metadata'])
    const { cuttings } = JSON.parse(new TextDecoder().decode(records.find(({ type }) => type === 'metadata')!.block)) as { cuttings: object[] }
    expect(cuttings.slice(0, 3)).toEqual([
      { address: 'https://wx1.sinaimg.cn/a.jpg', box: CUTTINGS[0]!.box, partly: false, record: kept[0]!.uri, width: 8, height: 4 },
      { address: '', box: CUTTINGS[1]!.box, partly: true, record: kept[1]!.uri, width: 5, height: 4 },
      { address: 'https://wx1.sinaimg.cn/"><b>', box: CUTTINGS[2]!.box, partly: false, left: 'notShown' },
    ])
  })
  it('are cut where they stand, within the screenshot', () => {
    const [viewport, whole] = [{ width: 100, height: 50 }, { width: 200, height: 100 }]
    const of = (x: number, y: number, width: number, height: number) => pixelsOf({ x, y, width, height }, viewport, whole)
    expect(of(10, 5, 20, 30)).toEqual({ x: 20, y: 10, width: 40, height: 60 })
    expect(of(-10, 40, 20, 30)).toEqual({ x: 0, y: 80, width: 20, height: 20 })
    for (const [x, width] of [[100, 20], [-30, 20], [0, 0], [0, -5], [NaN, 5]] as const) expect(of(x, 0, width, 10)).toBeUndefined()
    expect(pixelsOf({ x: 1, y: 1, width: 1, height: 1 }, { width: 0, height: 0 }, whole)).toBeUndefined()
  })
})

describe('verify', () => {
  it('takes what was written and says what it holds', async () => {
    const bytes = await writePackage(source())
    const said = await verifyPackage(bytes)
    expect(said.findings).toEqual([])
    expect(said.case).toEqual(sample())
    expect(said.sha256).toBe(await sha256(bytes))
    expect(said.records).toHaveLength(5)
  })
  it('refuses every changed byte: one in seven, and all of the directory', async () => {
    const bytes = await writePackage(source())
    const missed: number[] = []
    for (let at = 0; at < bytes.length; at += at > bytes.length - 900 ? 1 : 7) {
      bytes[at]! ^= 0xff
      if ((await verifyPackage(bytes)).findings.length === 0) missed.push(at)
      bytes[at]! ^= 0xff
    }
    expect(missed).toEqual([])
  }, 120_000)
  it('names what is missing, added, moved and changed', async () => {
    const entries = readZip(await writePackage(source()))
    const without = (path: string) => writeZip(entries.filter((entry) => entry.path !== path))
    expect(await found(without(PATHS.listPage))).toContainEqual([PATHS.listPage, 'verify_missing'])
    expect(await found(writeZip([...entries, { path: 'evidence/more.txt', bytes: utf8('x') }]))).toContainEqual(['evidence/more.txt', 'verify_added'])
    expect(await found(writeZip([entries[1]!, entries[0]!, ...entries.slice(2)]))).toContainEqual([PATHS.archive, 'verify_order'])
    const edit = (path: string, to: (text: string) => string) => entries.map((entry) => (entry.path === path ? { path, bytes: utf8(to(textOf(entries, path))) } : entry))
    expect(await found(writeZip(edit(PATHS.pages, (text) => `${text}\n`)))).toContainEqual([PATHS.pages, 'verify_hash'])
    expect(await found(writeZip(edit(PATHS.package, (text) => `${text} `)))).toEqual([[PATHS.package, 'verify_hash']])
  })
  it('names what a forger left who made every file digest right again', async () => {
    const entries = readZip(await writePackage(source()))
    const forged = (path: string, to: (text: string) => string) => found(writeZip(reseal(entries.map((entry) => (entry.path === path ? { path, bytes: utf8(to(textOf(entries, path))) } : entry)))))
    expect(await forged(PATHS.history, (text) => text.replace('reported', 'withdrawn'))).toEqual([[PATHS.history, 'verify_chain'], [PATHS.history, 'verify_case'], [PATHS.list, 'verify_list'], [PATHS.list, 'verify_list']])
    expect(await forged(PATHS.archive, (text) => text.replace('小鹿', '小马'))).toContainEqual([PATHS.archive, 'verify_form'])
    expect(await forged(PATHS.index, (text) => text.replace(/"offset":"\d/, '"offset":"9'))).toContainEqual([PATHS.index, 'verify_index'])
    expect(await forged(PATHS.index, (text) => text.split('\n').reverse().join('\n').trim())).toContainEqual([PATHS.index, 'verify_index'])
    expect(await forged(PATHS.case, (text) => text.replace('停息挂账', '分期协商'))).toEqual([[PATHS.list, 'verify_list']])
    expect(await forged(PATHS.list, (text) => text.replace(/"head": "./, '"head": "x'))).toEqual([[PATHS.list, 'verify_list']])
  })
  it.each([
    ['nothing', new Uint8Array()],
    ['text', utf8('PK'.repeat(40))],
    ['an end without a directory', new Uint8Array([...utf8('PK\x05\x06'), ...new Uint8Array(18).fill(255)])],
    ['an endless ZIP64 directory', (() => {
      const bytes = new Uint8Array(200)
      const view = new DataView(bytes.buffer)
      view.setUint32(100, 0x06064b50, true)
      view.setUint32(132, 0xffffffff, true)
      view.setUint32(156, 0x07064b50, true)
      view.setUint32(164, 100, true)
      view.setUint32(176, 0x06054b50, true)
      view.setUint16(184, 1, true)
      return bytes.subarray(0, 198)
    })()],
    ['names on an object', writeZip([{ path: 'constructor', bytes: utf8('x') }])],
    ['a way out of the folder', writeZip([{ path: '../x', bytes: utf8('x') }])],
  ])('refuses %s without throwing', async (_, bytes) => expect((await verifyPackage(bytes)).findings.length).toBeGreaterThan(0))
  it('never throws on hostile parts', async () => {
    const entries = readZip(await writePackage(source()))
    const hostile = ['', 'null', '[]', '{}', '\uD800', '{"resources":[null]}', '{"resources":[{"path":{}}]}', '{"history":null,"items":[{"name":{}}]}', '{"__proto__":{}}', 'WARC/1.1\r\n\r\n', 'WARC/1.1\r\nContent-Length: 999999999\r\n\r\n', '['.repeat(50_000)]
    for (const { path } of entries) for (const text of hostile) {
      const changed = entries.map((entry) => (entry.path === path ? { path, bytes: utf8(text) } : entry))
      expect((await found(writeZip(changed))).length, `${path} ${text.slice(0, 20)}`).toBeGreaterThan(0)
    }
  })
})

it('a WARC record is refused where its headers lie', async () => {
  const archive = readZip(await writePackage(source()))[0]!.bytes
  const text = new TextDecoder('latin1').decode(archive)
  const of = (changed: string) => readWarc(Uint8Array.from(changed, (letter) => letter.charCodeAt(0)))
  expect(await of(text)).toHaveLength(5)
  for (const [from, to] of [['WARC/1.1', 'WARC/1.0'], [/Content-Length: \d/, 'Content-Length: 9'], ['WARC-Date: 2', 'WARC-Date: x'], ['WARC-Type', 'WARC-Date'], [/Payload-Digest: sha256:./, 'Payload-Digest: sha256:x']] as const) {
    await expect(of(text.replace(from, to))).rejects.toThrow(/record 1 at byte 0/)
  }
})

describe('inert HTML', () => {
  const of = (markup: string) => {
    const body = new DOMParser().parseFromString(`<base href="https://weibo.com/a/"><article>${markup}</article>`, 'text/html').querySelector('article')!
    return inertHtml(body, '题', (node) => (node as Element).id === 'ours')
  }
  it('keeps words, structure and addresses, and nothing that loads or runs', () => {
    const { html, pictures } = of(
      '<p class="t" onclick="x()" style="background:url(//e)">停息<b>挂账</b>&lt;i&gt;</p><a href="../b">链</a><a href="javascript:x()">j</a><img src="https://e.cn/1.jpg" srcset="a 2x" onerror="x()">' +
        '<script>x()</script><iframe src="//e"></iframe><input value="密码"><x-y data-a=\'"><script>\'>内</x-y><span id="ours">标记</span><svg><a xlink:href="//e">s</a></svg>',
    )
    expect(html).toContain('<p class="t">停息<b>挂账</b>&#60;i&#62;</p>')
    expect(html).toMatch(/<span data-captured-element="x-y" data-a="&#34;&#62;&#60;script&#62;">内<\/span>/)
    expect(html).toContain('data-captured-src="https://e.cn/1.jpg"')
    expect(html).not.toMatch(/<script|<iframe|<input|<svg|\son\w+=|\sstyle=|\s(?:src|href|srcset)=|密码|标记/)
    expect(pictures).toEqual(['https://e.cn/1.jpg'])
  })
  it('reads open shadow trees in their place', () => {
    document.body.replaceChildren()
    const host = document.createElement('x-post')
    host.append('外')
    host.attachShadow({ mode: 'open' }).append(Object.assign(document.createElement('p'), { textContent: '内' }))
    document.body.append(host)
    expect(inertHtml(document.body, '', () => false).html).toContain('<span data-captured-element="x-post"><p>内</p></span>')
  })
  it('is bounded, and whole all the same', () => {
    const { html, cut } = of('<p>停息挂账</p>'.repeat(60_000))
    expect(cut).toBe(true)
    expect(html.length).toBeLessThan(510_000)
    expect(html.endsWith('</article>\n</body>\n</html>\n')).toBe(true)
  })
})
