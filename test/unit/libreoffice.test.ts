import { spawnSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import Papa from 'papaparse'
import { afterAll, describe, expect, test } from 'vitest'
import { csv } from '../../src/export/csv.ts'
import type { ExportMeta } from '../../src/export/index.ts'
import { COLUMNS, inert, word } from '../../src/export/sheet.ts'
import { xlsx } from '../../src/export/xlsx.ts'
import type { Case } from '../../src/types.ts'
import { bytesOf } from './written.ts'

const SOFFICE = process.env['SOFFICE'] ?? 'soffice'
const has = spawnSync(SOFFICE, ['--version']).status === 0
if (!has && process.env['REQUIRE_TOOLS']) throw new Error(`no LibreOffice: ${SOFFICE}`)

/** What pages may write; each is the text, the title and the author of one case. */
const TEXTS = [
  '停息挂账，先办后付：𠮷野家、囍、々、﨑、龘', '👨‍👩‍👧 加➕V❤ abc_123', 'a "quoted", 逗号；分号;\t制表', '第一行\n第二行\n\n第四行',
  '=1+1', '=HYPERLINK("https://x.example","点我")', '=cmd|\' /C calc\'!A0', '+86 13800138000', '-2+3', '@SUM(A1:A9)', '  =1', '＝1+1', '\u3000＋1', '\t=1',
  '0051234567890123456', '00123', '1e5', '3.10', '2026-11-23', '11/12', '50%', 'TRUE', '￥1,000', "'引号开头", '_x0041_', '<b>&amp;</b>', '"', '',
]
const meta: ExportMeta = { madeAt: Date.parse('2026-11-23T14:05:09+08:00'), timeZone: 'Asia/Shanghai', policy: 'p-1', filter: 'band=flagged', siteNames: { weibo: '微博' } }
const cases = TEXTS.map((text, n): Case => ({
  key: `weibo:00${n}`,
  post: { platform: 'weibo', id: `00${n}`, kind: 'post', text, title: text, author: { name: text, id: text }, permalink: `https://weibo.com/1/${n}` },
  pageUrl: 'https://weibo.com/', verdict: { band: 'flagged', score: 0.5, categories: ['debt_ad', 'script_kit'], form: 'ad', evidence: [], model: 'm-1' },
  firstSeen: meta.madeAt, lastSeen: meta.madeAt + n, decision: 'open', history: [{ at: meta.madeAt, what: 'flagged', model: 'm-1' }],
}))
const exported = [COLUMNS.map(({ key }) => word(key)), ...cases.map((one) => COLUMNS.map(({ cell }) => inert(cell(one, meta))))]

// Comma, quotes, UTF-8, from line 1, no column formats, no language. What follows differs by direction; LibreOffice help,
// "Filter Options for CSV Files".
const CSV = '44,34,76,1,,0'
/** How a CSV is opened: quoted cells as text, as its dialogue offers; or all cells as what they look like, formulas run. */
const OPENED = { asText: `${CSV},true,false`, asGuessed: `${CSV},false,true,false,false,false,-1,true` } as const

const folder = mkdtempSync(join(tmpdir(), 'mingcha-libreoffice-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/**
 * Opens a file in LibreOffice and has it write what it sees of the first sheet: text in quotes, numbers and dates bare, of
 * formulas their results.
 */
function seenBy(name: string, bytes: Uint8Array, opened?: string): { rows: string[][]; bare: string[] } {
  const out = mkdtempSync(join(folder, 'out-'))
  const file = join(out, name)
  writeFileSync(file, bytes)
  const { status, stderr, stdout } = spawnSync(SOFFICE, [
    `-env:UserInstallation=${pathToFileURL(join(folder, 'profile')).href}`, '--headless', ...(opened ? [`--infilter=Text - txt - csv (StarCalc):${opened}`] : []),
    '--convert-to', `csv:Text - txt - csv (StarCalc):${CSV},true,false,false,false,false,1`, '--outdir', join(out, 'seen'), file,
  ], { encoding: 'utf8', timeout: 240_000 })
  if (status !== 0) throw new Error(`${SOFFICE}: ${stderr || stdout}`)
  const [seen] = readdirSync(join(out, 'seen'))
  const text = readFileSync(join(out, 'seen', seen!), 'utf8')
  const rows = Papa.parse<string[]>(text.replace(/^\uFEFF/, ''), { skipEmptyLines: true }).data
  // What is left without the quoted cells.
  const bare = text.replace(/^\uFEFF/, '').replaceAll(/"(?:[^"]|"")*"/g, '').split(/[,\n]/).filter(Boolean)
  return { rows, bare }
}

describe.skipIf(!has)('LibreOffice', () => {
  test('opens the CSV: every cell is the text that was exported', async () => {
    const { rows, bare } = seenBy('lines.csv', await bytesOf(csv, cases, meta), OPENED.asText)
    expect(rows).toEqual(exported)
    expect(bare).toEqual([])
  }, 300_000)

  test('runs nothing of the CSV, even when it is asked to guess and to run formulas', async () => {
    expect(seenBy('control.csv', new TextEncoder().encode('"=1+1"\r\n'), OPENED.asGuessed).rows, 'it does run a formula').toEqual([['2']])
    const { rows } = seenBy('lines.csv', await bytesOf(csv, cases, meta), OPENED.asGuessed)
    expect(rows).toHaveLength(exported.length)
    const made = (table: string[][]): string[] => table.flatMap((row, n) => row.filter((_, column) => exported[n]![column]!.startsWith("'")))
    expect(made(exported).length).toBeGreaterThan(20)
    expect(made(rows)).toEqual(made(exported))
  }, 300_000)

  test('opens the XLSX: every cell is the text that was exported', async () => {
    const { rows, bare } = seenBy('lines.xlsx', await bytesOf(xlsx, cases, meta))
    expect(rows).toEqual(exported)
    expect(bare).toEqual([])
  }, 300_000)
})
