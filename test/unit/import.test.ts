import { describe, expect, test } from 'vitest'
import { csv } from '../../src/export/csv.ts'
import type { ExportMeta } from '../../src/export/index.ts'
import { jsonl } from '../../src/export/jsonl.ts'
import { IMPORT_LIMIT, readList, readLists } from '../../src/export/import.ts'
import { conflictOf, merge } from '../../src/store/merge.ts'
import type { Case, Decision } from '../../src/types.ts'
import { written } from './written.ts'

const SITES = new Map([['微博', 'weibo']])
const meta: ExportMeta = { madeAt: 0, timeZone: 'Asia/Shanghai', policy: 'p-1', filter: '', siteNames: { weibo: '微博' } }
const at = Date.parse('2026-11-22T14:05:09+08:00')
const sample = (over: Partial<Case> = {}, post: Partial<Case['post']> = {}): Case => ({
  key: `weibo:${post.id ?? '5123456789012345'}`,
  post: { platform: 'weibo', id: '5123456789012345', kind: 'comment', text: '停息挂账，"先办后付"，\n点头像', title: '题', author: { name: '小鹿', id: 'u1' }, permalink: 'https://weibo.com/1/1', ...post },
  pageUrl: 'https://weibo.com/',
  verdict: { band: 'flagged', score: 0.974, categories: ['debt_ad', 'script_kit'], form: 'ad', evidence: [{ start: 0, end: 4, weight: 1 }, { start: 6, end: 10, weight: 0.5 }], model: 'm-1' },
  firstSeen: at,
  lastSeen: at + 60_000,
  decision: 'confirmed',
  report: { receipt: 'MC-20261122-ABCDEF', at: at + 30_000, category: 'debt_ad', note: '“群里”,也见过' },
  history: [{ at, what: 'flagged', model: 'm-1' }, { at: at + 30_000, what: 'reported', model: 'm-1' }, { at: at + 60_000, what: 'confirmed', model: 'm-1' }],
  ...over,
})
const bytes = (text: string | Uint8Array): Uint8Array => (typeof text === 'string' ? new TextEncoder().encode(text) : text)
const read = (text: string | Uint8Array) => readList(bytes(text), SITES)

/** GB18030 of a text whose characters all have two bytes there, found by decoding every pair. */
const GB = (() => {
  const table = new Map<string, [number, number]>()
  const decoder = new TextDecoder('gb18030')
  for (let high = 0x81; high <= 0xfe; high++) for (let low = 0x40; low <= 0xfe; low++) if (low !== 0x7f) table.set(decoder.decode(Uint8Array.of(high, low)), [high, low])
  return table
})()
const gb18030 = (text: string): Uint8Array =>
  Uint8Array.from([...text].flatMap((sign) => {
    if (sign < '\u0080') return [sign.charCodeAt(0)]
    const pair = GB.get(sign)
    if (!pair) throw new Error(`no pair for ${sign}`)
    return pair
  }))

describe('our own exports', () => {
  const plain = sample({}, { id: '2' })
  delete plain.report
  const cases = [sample(), { ...plain, decision: 'open' as const, history: [{ at, what: 'flagged' as const, model: 'm-1' }] }]
  test('JSONL is read back exactly', () => expect(read(written(jsonl, cases, meta))).toEqual({ cases, problems: [] }))
  test('CSV is read back, with what a sheet holds', () => expect(read(written(csv, cases, meta))).toEqual({ cases, problems: [] }))
  test('CSV keeps what no cell shows, until a person changes a cell', () => {
    const withdrawn = sample({ history: [...sample().history, { at: at + 90_000, what: 'withdrawn', model: 'm-1' }] })
    expect(read(written(csv, [withdrawn], meta)).cases).toEqual([withdrawn])
    const [changed] = read(written(csv, [withdrawn], meta).replace('"已确认"', '"误标"')).cases
    expect(changed).toMatchObject({ decision: 'wrong', post: { text: withdrawn.post.text } })
    expect(changed!.history.at(-1)).toMatchObject({ what: 'wrong' })
  })
  test('CSV without a mark, and saved again as GB18030', () => {
    const text = written(csv, cases, meta).slice(1)
    expect(read(text)).toEqual({ cases, problems: [] })
    expect(read(gb18030(text))).toEqual({ cases, problems: [] })
  })
  test('JSONL with a mark, Windows line ends, and in GB18030', () => {
    const text = written(jsonl, cases, meta).replaceAll('\n', '\r\n')
    expect(read(`\uFEFF${text}`).cases).toEqual(cases)
    expect(read(gb18030(text)).cases).toEqual(cases)
  })
  test('cells that were made inert are themselves again', () => {
    const hostile = sample({}, { text: '=1+1', author: { name: '@小鹿' }, title: '＝x' })
    expect(read(written(csv, [hostile], meta)).cases[0]!.post).toMatchObject({ text: '=1+1', author: { name: '@小鹿' }, title: '＝x' })
  })
  test('what was not judged, and a site that we do not know', () => {
    const odd = sample({ verdict: { band: 'not_judged', score: 0, categories: [], form: null, evidence: [], model: '' }, decision: 'open' })
    delete odd.report
    expect(read(written(csv, [odd], meta)).cases[0]!.verdict).toEqual(odd.verdict)
    const { problems } = read(written(csv, [odd], { ...meta, siteNames: { weibo: '某个网站' } }))
    expect(problems).toEqual([{ line: 2, reason: 'cellWrong', detail: '平台 "某个网站"' }])
  })
})

describe('names what it cannot read, and keeps the rest', () => {
  test('a row with a wrong cell, by the line that an editor shows', () => {
    const [head, ...rows] = (written(csv, [sample(), sample({}, { id: '2' }), sample({}, { id: '3' }), sample()], meta)).split(/\r\n/)
    const text = [head, rows[0], rows[1]!.replace('"已确认"', '"也许"'), '', rows[2], rows[3]].join('\r\n')
    const { cases, problems } = read(text)
    expect(cases.map(({ post }) => post.id)).toEqual(['5123456789012345', '3'])
    expect(problems).toEqual([
      { line: 4, reason: 'cellWrong', detail: '状态 "也许"' },
      { line: 9, reason: 'lineTwice', detail: 'weibo:5123456789012345' },
    ])
  })
  test.each([
    ['"5123456789012345"', '"5.12346E+15"', '编号 "5.12346E+15"'],
    ['2026-11-22 14:05:09 +08:00', '2026/11/22 14:05', '首次发现 "2026/11/22 14:05"'],
    ['"0.974"', '"97%"', '把握 "97%"'],
    ['反催收代办、话术模板', '反催收', '类别 "反催收"'],
    ['"评论"', '""', '类型 ""'],
  ])('%s turned to %s', (from, to, detail) => {
    expect(read((written(csv, [sample()], meta)).replace(from, to))).toEqual({ cases: [], problems: [{ line: 2, reason: 'cellWrong', detail }] })
  })
  test('a file cut off in a quoted cell', () => {
    const text = written(csv, [sample(), sample({}, { id: '2' })], meta)
    const { cases, problems } = read(text.slice(0, text.lastIndexOf('先办后付')))
    expect(cases).toHaveLength(1)
    expect(problems.map(({ line, reason }) => [line, reason])).toEqual([[4, 'cellWrong']])
  })
  test('another sheet, and an empty file', () => {
    expect(read('名字,电话\n甲,1\n')).toMatchObject({ cases: [], problems: [{ line: 1, reason: 'headingMissing' }] })
    expect(read('')).toMatchObject({ cases: [], problems: [{ line: 1, reason: 'headingMissing' }] })
  })
  test('damaged UTF-8 is not taken for GB18030, nor is a picture for text', () => {
    const damaged = bytes(written(jsonl, [sample(), sample({}, { id: '2' })], meta))
    const second = damaged.indexOf(10) + 1
    damaged[damaged.indexOf(0xe5, second)] = 0x41
    expect(read(damaged)).toEqual({ cases: [], problems: [{ line: 2, reason: 'notText', detail: '' }] })
    expect(read(Uint8Array.of(0x89, 0x50, 0xff, 0xd8, 0xff, 0x00)).problems[0]!.reason).toBe('notText')
  })
  test('a case that would break the page', () => {
    const line = (over: object): string => JSON.stringify({ ...sample(), ...over })
    const lines = [
      line({ history: [{ at: 1e300, what: 'flagged', model: '' }] }),
      line({ history: [{ at, what: 'toString', model: '' }] }),
      line({ firstSeen: null }),
      line({ key: 'weibo:other' }),
      line({ report: { receipt: 'x', at, note: '', category: 'none' } }),
      line({ verdict: { ...sample().verdict, form: 'song' } }),
    ]
    expect(read(lines.join('\n')).problems.map(({ detail }) => detail)).toEqual(['history', 'history', 'firstSeen', 'key', 'report', 'verdict.form'])
  })
})

const decided = (decision: Decision, when: number, over: Partial<Case> = {}): Case => {
  const one = sample({ decision, history: decision === 'open' ? [] : [{ at: when, what: decision, model: 'm-1' }], ...over })
  if (!over.report) delete one.report
  return one
}

describe('merge', () => {
  test('takes what is new, and marks where it comes from', () => {
    const { how, merged } = merge(undefined, decided('wrong', 5), 9)
    expect([how, merged.decision, merged.history]).toEqual(['new', 'wrong', [{ at: 5, what: 'wrong', model: 'm-1', imported: 9 }]])
  })
  test('a conflict: ours stays, both are in the history, and again changes nothing', () => {
    const first = merge(decided('confirmed', 7), decided('wrong', 5), 9)
    expect([first.how, first.merged.decision, first.merged.history.map(({ what }) => what)]).toEqual(['conflict', 'confirmed', ['wrong', 'confirmed']])
    expect(conflictOf(first.merged)).toBe('wrong')
    const again = merge(first.merged, decided('wrong', 5), 10)
    expect(again).toEqual({ how: 'conflict', merged: first.merged })
  })
  test('a conflict ends when we decide again', () => {
    const { merged } = merge(decided('confirmed', 7), decided('wrong', 5), 9)
    const later = { ...merged, decision: 'unsure' as const, history: [...merged.history, { at: 11, what: 'unsure' as const, model: '' }] }
    expect(conflictOf(later)).toBeUndefined()
    expect(conflictOf(decided('confirmed', 7))).toBeUndefined()
  })
  test('completes what is open here, and adds a report', () => {
    const { how, merged } = merge(decided('open', 0), sample(), 9)
    expect([how, merged.decision, merged.report?.receipt]).toEqual(['joined', 'confirmed', 'MC-20261122-ABCDEF'])
    expect(conflictOf(merged)).toBeUndefined()
  })
  test('says nothing new: the same decision, or none', () => {
    for (const theirs of [decided('confirmed', 5), decided('open', 0)]) expect(merge(decided('confirmed', 7), theirs, 9)).toMatchObject({ how: 'same', merged: decided('confirmed', 7) })
  })
  test('an older list of our own is no conflict', () => {
    const now = decided('confirmed', 7)
    now.history.unshift({ at: 5, what: 'wrong', model: 'm-1' })
    expect(merge(now, decided('wrong', 5), 9)).toEqual({ how: 'same', merged: now })
  })
  test('keeps the widest time', () => {
    expect(merge(decided('open', 0, { firstSeen: 5, lastSeen: 6 }), decided('open', 0, { firstSeen: 1, lastSeen: 9 }), 9).merged).toMatchObject({ firstSeen: 1, lastSeen: 9 })
  })
})

test('tells what several files together would do', async () => {
  const files = [
    new File([written(jsonl, [decided('wrong', 5)], meta)], '甲.jsonl'),
    new File([written(csv, [decided('wrong', 5), sample({}, { id: '2' })], meta)], '乙.csv'),
    new File([`{\n${written(jsonl, [sample({}, { id: '2' })], meta)}`], '丙.jsonl'),
  ]
  const { cases, counts, conflicts, problems } = await readLists(files, SITES, async (keys) => keys.map((key) => (key.endsWith(':2') ? undefined : decided('confirmed', 7))))
  expect(cases).toHaveLength(4)
  expect(counts).toEqual({ new: 1, joined: 0, same: 1, conflict: 2 })
  expect(conflicts.map(({ case: one, ours }) => [one.decision, ours])).toEqual([['wrong', 'confirmed'], ['wrong', 'confirmed']])
  expect(problems).toMatchObject([{ file: '丙.jsonl', line: 1, reason: 'lineNotJson' }])
})

test('files that are too large together are refused, and none is read', async () => {
  const half = (name: string, size: number) => ({ name, size, arrayBuffer: () => Promise.reject(new Error(`${name} was read`)) })
  await expect(readLists([half('甲.jsonl', IMPORT_LIMIT / 2), half('乙.csv', IMPORT_LIMIT / 2 + 1)], SITES, async () => [])).rejects.toMatchObject({ reason: 'importTooBig' })
  await expect(readLists([half('甲.jsonl', IMPORT_LIMIT / 2), half('乙.csv', IMPORT_LIMIT / 2)], SITES, async () => [])).rejects.toThrow('甲.jsonl was read')
})
