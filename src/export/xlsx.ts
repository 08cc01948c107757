import type { Sheet, SheetData } from 'write-excel-file/universal'
import writeExcelFile from 'write-excel-file/universal'
import { linksOf } from '../review/links.ts'
import { aboutOf, aboutRows } from './about.ts'
import { chunksOf, type ExportFormat } from './format.ts'
import { identitiesOf, templatesOf } from './groups.ts'
import { COLUMNS, inert, practiceWord, stageWords, word } from './sheet.ts'
import { zonedTime } from './time.ts'

/** Rows that one sheet holds, its heading left out; more go on a further sheet. */
const ROWS = 1_048_575

/**
 * Text as a workbook holds it: what XML cannot carry is written `_xHHHH_`, and so is what only looks like that
 * (ECMA-376, part 1, 22.9.2.19). Half a surrogate pair has no such form.
 */
const workbookText = (text: string): string =>
  text
    .replace(/_(?=x[\dA-Fa-f]{4}_)/g, '_x005F_')
    // oxlint-disable-next-line no-control-regex
    .replace(/[\u0000-\u0008\u000B-\u001F\uFFFE\uFFFF]/g, (sign) => `_x${sign.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')}_`)
    .toWellFormed()

type Cell = string | number
const heading = (words: readonly string[]): SheetData[number] => words.map((value) => ({ value, fontWeight: 'bold' as const }))
// Text stays text: the type is said, so that no id becomes a number and nothing is run.
const row = (cells: readonly Cell[]): SheetData[number] =>
  cells.map((value) => (typeof value === 'number' ? { value, type: Number } : { value: workbookText(inert(value)), type: String }))

/** For spreadsheets, in four sheets: cases, whom they lead to, the templates they share, and what the file is. */
export const xlsx: ExportFormat = {
  id: 'xlsx',
  name: 'XLSX',
  extension: 'xlsx',
  mime: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
  async *parts(cases, meta) {
    const links = linksOf(cases)
    const site = (id: string): string => meta.siteNames[id] ?? id
    const time = (at: number): string => zonedTime(at, meta.timeZone)
    const rows: SheetData = []
    for (const some of chunksOf(cases)) {
      rows.push(...some.map((one) => row(COLUMNS.map(({ cell }) => cell(one, meta)))))
      yield ''
    }
    const identities = identitiesOf(cases, links).map(({ kind, name, id, platforms, posts, practices, first, last }) =>
      row([word(kind === 'account' ? 'sheet_account' : `contact_${kind}`), name, id, platforms.map(site).join('、'), posts, practices.map(practiceWord).join('、'), stageWords(practices), time(first), time(last)]),
    )
    const templates = templatesOf(cases, links).map(({ family, template, posts, accounts, platforms, first, last }) =>
      row([template, posts, accounts, platforms.map(site).join('、'), time(first), time(last), family]),
    )
    const sheets: Sheet<Blob>[] = [
      ...table('sheets_cases', COLUMNS.map(({ key }) => word(key)), rows),
      ...table('sheets_identities', ['sheet_kind', 'sheet_name', 'sheet_id', 'sheet_platform', 'sheet_posts', 'sheet_category', 'sheet_stage', 'sheet_firstSeen', 'sheet_lastSeen'].map(headingOf), identities),
      ...table('sheets_templates', ['sheet_template', 'sheet_posts', 'sheet_accounts', 'sheet_platform', 'sheet_firstSeen', 'sheet_lastSeen', 'sheet_family'].map(headingOf), templates),
      { sheet: word('sheets_about'), data: aboutRows(await aboutOf(cases, meta)).map(row), columns: [{ width: 24 }, { width: 90 }] },
    ]
    const blob = await writeExcelFile(sheets).toBlob()
    yield new Uint8Array(await blob.arrayBuffer())
  },
}

const headingOf = (key: string): string => word(key as Parameters<typeof word>[0])

function table(name: Parameters<typeof word>[0], headings: readonly string[], rows: SheetData): Sheet<Blob>[] {
  const pieces = rows.length > 0 ? [...chunksOf(rows, ROWS)] : [[]]
  return pieces.map((piece, at) => ({ sheet: word(name) + (at > 0 ? String(at + 1) : ''), data: [heading(headings), ...piece], stickyRowsCount: 1 }))
}
