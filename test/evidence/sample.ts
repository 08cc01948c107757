/** A case and its capture, as packages are made of. */
import { deflateSync } from 'node:zlib'
import type { ExportMeta } from '../../src/export/index.ts'
import type { PackageSource } from '../../src/evidence/package.ts'
import { type Capture, type Case, type Cutting, LEFT } from '../../src/types.ts'

const at = Date.parse('2026-11-23T14:05:09.123+08:00')

export const sample = (): Case => ({
  key: 'weibo:5098',
  post: { platform: 'weibo', id: '5098', kind: 'post', text: '停息挂账，先办后付 <b>&\n点头像', author: { name: '小鹿 "A"', id: 'u1' }, permalink: 'https://weibo.com/1001/P5098?from=feed&a=1' },
  pageUrl: 'https://weibo.com/',
  verdict: { band: 'flagged', score: 0.97, categories: ['debt_ad'], form: 'ad', evidence: [{ start: 0, end: 4, weight: 1 }], model: '2026.11.23.2' },
  firstSeen: at - 60_000,
  lastSeen: at,
  decision: 'confirmed',
  history: [{ at: at - 60_000, what: 'flagged', model: '2026.11.23.2' }, { at: at - 30_000, what: 'reported', model: '2026.11.23.2' }, { at, what: 'confirmed', model: '2026.11.23.2' }],
})

export const capture = (over: Partial<Capture> = {}): Capture => {
  const { key, post, verdict } = sample()
  return {
    key, post, verdict, at, timeZone: 'Asia/Shanghai', url: 'https://weibo.com/', title: '微博 – 随时随地发现新鲜事',
    html: '<!doctype html><html lang="zh-CN"><body><article>停息挂账，先办后付</article></body></html>', cut: false, text: '小鹿\n停息挂账，先办后付', pictures: ['https://wx1.sinaimg.cn/a.jpg'],
    box: { x: 10, y: 20, width: 600, height: 180 }, viewport: { width: 1366, height: 900, scale: 1 }, userAgent: 'Mozilla/5.0 (X11; Linux x86_64)', language: 'zh-CN', software: '0.1.0', source: 'live',
    screenshot: png(24, 16), ...over,
  }
}

const box = { x: 20, y: 60, width: 8, height: 4 }
/** One picture kept whole, one in part, and one for each reason to leave it. */
export const CUTTINGS: readonly Cutting[] = [
  { address: 'https://wx1.sinaimg.cn/a.jpg', box, partly: false, shown: { png: png(8, 4), width: 8, height: 4 } },
  { address: '', box, partly: true, shown: { png: png(5, 4), width: 5, height: 4 } },
  ...LEFT.map((left) => ({ address: 'https://wx1.sinaimg.cn/"><b>', box, partly: false, left })),
]

export const source = (over: Partial<PackageSource> = {}): PackageSource => ({
  case: sample(), captures: [capture()], particulars: {}, madeAt: at + 5_000, timeZone: 'Asia/Shanghai', software: '0.1.0', siteName: '微博', ...over,
})

/** A real PNG of one colour, 8-bit greyscale. */
function png(width: number, height: number): Uint8Array<ArrayBuffer> {
  const table = Array.from({ length: 256 }, (_, n) => Array.from({ length: 8 }).reduce<number>((c) => (c & 1 ? 0xedb88320 ^ (c >>> 1) : c >>> 1), n))
  const crc = (bytes: Buffer): number => ~bytes.reduce((c, byte) => table[(c ^ byte) & 0xff]! ^ (c >>> 8), ~0) >>> 0
  const chunk = (type: string, data: Buffer): Buffer => {
    const [body, head, tail] = [Buffer.concat([Buffer.from(type), data]), Buffer.alloc(4), Buffer.alloc(4)]
    head.writeUInt32BE(data.length)
    tail.writeUInt32BE(crc(body))
    return Buffer.concat([head, body, tail])
  }
  const header = Buffer.alloc(13)
  header.writeUInt32BE(width, 0)
  header.writeUInt32BE(height, 4)
  header[8] = 8
  const rows = deflateSync(Buffer.alloc((width + 1) * height))
  return new Uint8Array(Buffer.concat([Buffer.from([137, 80, 78, 71, 13, 10, 26, 10]), chunk('IHDR', header), chunk('IDAT', rows), chunk('IEND', Buffer.alloc(0))]))
}

/** Of a file of several cases. */
export const meta: ExportMeta = { policy: 'p-1', filter: '', siteNames: {}, madeAt: Date.parse('2026-11-23T14:05:09+08:00'), timeZone: 'Asia/Shanghai' }
const another = (id: string, over: Partial<Case['post']> = {}, more: Partial<Case> = {}): Case => {
  const one = sample()
  return { ...one, key: `weibo:${id}`, post: { ...one.post, id, ...over }, ...more }
}
/** A plain one, one with every kind of contact, one with hostile and missing parts, one of another site. */
export const CASES: readonly Case[] = [
  sample(),
  another('2', { text: '加微信 abc12345，QQ群 123456789，telegram：debt_help，13800138000，公众号「上岸互助社」，找 @减负小助手 ，shangan@foxmail.com，https://t.cn/x1', author: { name: '小鹿 "A"', id: 'u1' } }, { decision: 'wrong' }),
  another('3', { text: '半个字 \uD800 和 <b> \u0000', author: { name: '' }, permalink: '', title: '题' }, { pageUrl: '', decision: 'open', verdict: { ...sample().verdict, categories: [], form: null, band: 'unsure' } }),
  another('4', { platform: 'zhihu' }, { key: 'zhihu:4', decision: 'unsure', firstSeen: 2e12, lastSeen: 1e12, report: { receipt: 'MC-20261123-ABCDEF', at: 1e12, category: null, note: '' } }),
]
