import Papa from 'papaparse'
import { chunksOf, type ExportFormat } from './format.ts'
import { COLUMNS, inert, word } from './sheet.ts'

// Every cell quoted, so that no separator or line break inside one can begin another.
const lines = (rows: string[][]): string => `${Papa.unparse(rows, { quotes: true, newline: '\r\n' })}\r\n`

/** For spreadsheets: UTF-8 with a mark, so that Excel reads Chinese; CRLF; one row per case under a Chinese heading. */
export const csv: ExportFormat = {
  id: 'csv',
  name: 'CSV',
  extension: 'csv',
  mime: 'text/csv;charset=utf-8',
  *parts(cases, meta) {
    yield `\uFEFF${lines([COLUMNS.map(({ key }) => word(key))])}`
    for (const some of chunksOf(cases)) yield lines(some.map((one) => COLUMNS.map(({ cell }) => inert(cell(one, meta)))))
  },
}
