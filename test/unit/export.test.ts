// @vitest-environment happy-dom
import { createHash } from 'node:crypto'
import { strFromU8, unzipSync } from 'fflate'
import Papa from 'papaparse'
import readSheets from 'read-excel-file/node'
import { describe, expect, it } from 'vitest'
import { aboutOf } from '../../src/export/about.ts'
import { csv } from '../../src/export/csv.ts'
import { AT_ONCE } from '../../src/export/format.ts'
import { html } from '../../src/export/html.tsx'
import { type ExportMeta, FORMATS, fileName } from '../../src/export/index.ts'
import { jsonl, readJsonl } from '../../src/export/jsonl.ts'
import { inert } from '../../src/export/sheet.ts'
import { zonedTime } from '../../src/export/time.ts'
import { writeFile } from '../../src/export/write.ts'
import { xlsx } from '../../src/export/xlsx.ts'
import type { Case } from '../../src/types.ts'
import { bytesOf, written } from './written.ts'

const at = Date.parse('2026-11-23T14:05:09+08:00')
const meta: ExportMeta = { madeAt: at, timeZone: 'Asia/Shanghai', policy: 'p-1', filter: 'band=flagged', siteNames: { weibo: '微博' } }
const sample = (over: Partial<Case['post']> = {}): Case => ({
  key: `weibo:${over.id ?? '1'}`,
  post: { platform: 'weibo', id: '1', kind: 'post', text: '停息挂账，先办后付', author: { name: '小鹿', id: 'u1' }, permalink: 'https://weibo.com/1/1', ...over },
  pageUrl: 'https://weibo.com/',
  verdict: { band: 'flagged', score: 0.97412, categories: ['debt_ad', 'script_kit'], form: 'ad', evidence: [{ start: 0, end: 4, weight: 1 }, { start: 5, end: 9, weight: 0.5 }], model: 'm-1' },
  firstSeen: at - 86_400_000,
  lastSeen: at,
  decision: 'confirmed',
  report: { receipt: 'MC-20261123-ABCDEF', at, category: 'debt_ad', note: '“群里”,也见过' },
  history: [{ at, what: 'flagged', model: 'm-1' }, { at, what: 'withdrawn', model: 'm-1' }],
})
const rowsOf = (cases: Case[]): Record<string, string>[] =>
  Papa.parse<Record<string, string>>((written(csv, cases, meta)).replace(/^\uFEFF/, '').trimEnd(), { header: true }).data

describe('csv', () => {
  it('has a mark, a Chinese heading and CRLF line ends', () => {
    const text = written(csv, [sample()], meta)
    expect(text.startsWith('\uFEFF"平台","类型","编号","作者"')).toBe(true)
    expect(text.endsWith('\r\n')).toBe(true)
    expect(text.split('\r\n')).toHaveLength(3)
  })
  it('writes what a reviewer needs, with the zone', () => {
    expect(rowsOf([sample()])[0]).toMatchObject({
      平台: '微博', 类型: '帖子', 作者: '小鹿', 正文: '停息挂账，先办后付', 类别: '反催收代办、话术模板', 形式: '广告', 档位: '标记', 把握: '0.974',
      依据词: '停息挂账 · 先办后付', 状态: '已确认', 举报回执: 'MC-20261123-ABCDEF', 举报时间: '2026-11-23 14:05:09 +08:00', 举报类别: '反催收代办',
      备注: '“群里”,也见过', 首次发现: '2026-11-22 14:05:09 +08:00', 最近发现: '2026-11-23 14:05:09 +08:00', 模型: 'm-1',
    })
  })
  it('keeps quotes, commas and line breaks inside their cell', () => {
    const text = 'a "quoted", 逗号\r\n第二行\n;=cmd|x'
    const [row, ...more] = rowsOf([sample({ text })])
    expect(row!['正文']).toBe(text)
    expect(row!['模型']).toBe('m-1')
    expect(more).toEqual([])
  })
  it.each([
    '=1+1', '+86 138', '-1', '@SUM(A1)', '\t=1', '\r=1', '\n=1', '  =1', '\u3000=1', '\u00A0=1', '\u200B=1', '\uFEFF=1', ' \u200B\t@x', '＝1+1', '＋1', '－1', '＠x', '﹦1', '−1', '\u0000=1', '\t',
  ])('makes %j inert', (text) => {
    expect(inert(text)).toBe(`'${text}`)
    const row = rowsOf([sample({ text, author: { name: text }, title: text })])[0]!
    expect([row['正文'], row['作者'], row['标题']]).toEqual([`'${text}`, `'${text}`, `'${text}`])
  })
  it.each(['停息挂账', '1-2', 'a=b', '', '“=1”', '3+1'])('leaves %j as it is', (text) => expect(inert(text)).toBe(text))
})

describe('jsonl', () => {
  it('reads back exactly what was written', () => {
    const { report: _, ...unreported } = sample({ id: '2', text: '\u2028 "\\n" \uD800 👨‍👩‍👧 \u0000\r\n行' })
    const cases = [sample(), unreported, sample({ id: '3', title: '题', parentId: '1', titleOnly: true })]
    expect(readJsonl(written(jsonl, cases, meta))).toEqual({ cases, problems: [] })
  })
  it('is one line per case', () => {
    const lines = (written(jsonl, [sample(), sample({ id: '2' })], meta)).trimEnd().split('\n')
    expect(lines.map((line) => (JSON.parse(line) as { key: string }).key)).toHaveLength(2)
  })
  it('names a malformed line and keeps the others', () => {
    const one = (written(jsonl, [sample()], meta)).trimEnd()
    const broken = JSON.stringify({ ...sample({ id: '9' }), decision: 'maybe' })
    const { cases, problems } = readJsonl(['', '{"key":', one, '', '[]', broken, one].join('\n'))
    expect(cases).toHaveLength(1)
    expect(problems.map(({ line, reason }) => [line, reason])).toEqual([[2, 'lineNotJson'], [5, 'lineNotCase'], [6, 'lineNotCase'], [7, 'lineTwice']])
    expect(problems[2]!.detail).toBe('decision')
  })
  it('takes a file with a mark and Windows line ends', () => {
    const text = `\uFEFF${(written(jsonl, [sample()], meta)).replaceAll('\n', '\r\n')}`
    expect(readJsonl(text)).toEqual({ cases: [sample()], problems: [] })
  })
})

describe('xlsx', () => {
  const read = async (cases: Case[]) => {
    const sheets = await readSheets(Buffer.from(await bytesOf(xlsx, cases, meta)))
    return Object.fromEntries(sheets.map(({ sheet, data }) => [sheet, data])) as Record<string, (string | number)[][]>
  }
  it('has four sheets, and every character of a case', async () => {
    const text = '停息挂账，先办后付\n加V: abc123 <b>&amp;</b> 👨‍👩‍👧 𠮷'
    const sheets = await read([sample({ text, id: '0051234567890123456' }), sample({ id: '2', text: `${text}!` })])
    expect(Object.keys(sheets)).toEqual(['线索', '账号与联系方式', '同源文案', '说明'])
    const [heading, row] = sheets['线索']! as [string[], string[]]
    const cell = (name: string) => row[heading.indexOf(name)]
    expect([cell('正文'), cell('编号'), cell('环节'), cell('把握')]).toEqual([text, '0051234567890123456', '话术供应、代谈与投诉', '0.974'])
    expect(JSON.parse(String(cell('完整记录')))).toEqual(sample({ text, id: '0051234567890123456' }))
    expect(sheets['账号与联系方式']!.slice(1).map(([kind, name, , , posts]) => [kind, name, posts])).toEqual([['账号', '小鹿', 2], ['微信', 'abc123', 2]])
    expect(sheets['同源文案']!.slice(1).map(([, posts, accounts]) => [posts, accounts])).toEqual([[2, 1]])
    expect(Object.fromEntries(sheets['说明']! as [string, string][])).toMatchObject({ 模型版本: 'm-1', 政策版本: 'p-1', 时区: 'Asia/Shanghai', 筛选条件: 'band=flagged' })
  })
  it('holds no formula, and nothing that XML cannot hold', async () => {
    const hostile = '=HYPERLINK("https://x")\u0000\r\uD800_x0041_'
    const sheets = await read([sample({ text: hostile })])
    const row = sheets['线索']![1]!
    // The reader takes the escapes back; half a surrogate pair has none and goes.
    expect(row[6]).toBe('\'=HYPERLINK("https://x")\u0000\r_x0041_')
    const parts = unzipSync(await bytesOf(xlsx, [sample({ text: hostile })], meta))
    for (const [name, bytes] of Object.entries(parts)) expect(strFromU8(bytes), name).not.toMatch(/<f[ >]|<hyperlink/i)
  })
})

describe('html', () => {
  it('shows page text as text: no markup, no link, nothing loaded', async () => {
    const hostile = '<img src=x onerror=alert(1)> https://x.example <a href="javascript:1">'
    const page = new TextDecoder().decode(await bytesOf(html, [sample({ text: hostile, title: hostile, author: { name: hostile } })], meta))
    const seen = new DOMParser().parseFromString(page, 'text/html')
    expect(seen.querySelectorAll('img, a, script, iframe, link, form, [onerror], [href], [src]')).toHaveLength(0)
    expect(seen.querySelector('article p')!.textContent).toBe(hostile)
    expect(seen.querySelector('meta[http-equiv]')!.getAttribute('content')).toContain("default-src 'none'")
  })
  it('numbers all cases and says what it is', async () => {
    const cases = Array.from({ length: AT_ONCE + 3 }, (_, at) => sample({ id: String(at) }))
    const seen = new DOMParser().parseFromString(new TextDecoder().decode(await bytesOf(html, cases, meta)), 'text/html')
    expect([...seen.querySelectorAll('article h3')].map(({ textContent }) => textContent!.trim())).toEqual(cases.map((_, at) => `${at + 1}.`))
    const about = await aboutOf(cases, meta)
    expect(seen.body.textContent).toContain(about.contentSha256)
  })
})

it('checks every file by the same sum, that of its JSONL', async () => {
  const cases = [sample(), sample({ id: '2' })]
  const sum = createHash('sha256').update(written(jsonl, cases, meta)).digest('hex')
  const { about, file } = await writeFile(csv, 'x.csv', cases, meta, () => undefined)
  expect(about).toMatchObject({ contentSha256: sum, cases: 2, models: ['m-1'], policy: 'p-1', file: 'x.csv', bytes: file.size })
  expect(about.fileSha256).toBe(createHash('sha256').update(written(csv, cases, meta)).digest('hex'))
})

it('writes times in the zone with its offset', () => {
  expect(zonedTime(at, 'Asia/Shanghai')).toBe('2026-11-23 14:05:09 +08:00')
  expect(zonedTime(at, 'UTC')).toBe('2026-11-23 06:05:09 +00:00')
  expect(zonedTime(at, 'America/New_York')).toBe('2026-11-23 01:05:09 -05:00')
  expect(zonedTime(Date.parse('2026-11-23T16:00:00Z'), 'Asia/Shanghai')).toBe('2026-11-24 00:00:00 +08:00')
})

it('names each file by its time', () => {
  expect(FORMATS.map((format) => fileName(format, meta))).toEqual(['csv', 'xlsx', 'jsonl', 'html', 'stix.json', 'misp.json'].map((extension) => `mingcha-20261123-1405.${extension}`))
  expect(new Set(FORMATS.map(({ id }) => id)).size).toBe(FORMATS.length)
})
