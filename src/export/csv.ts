import Papa from 'papaparse'
import zh from '../../public/_locales/zh_CN/messages.json' with { type: 'json' }
import type { Case, Practice } from '../types.ts'
import type { ExportFormat, ExportMeta } from './format.ts'
import { zonedTime } from './time.ts'

type Key = keyof typeof zh
const word = (key: Key): string => zh[key].message
const practice = (id: Practice): string => word(`practice_${id}`)

type Column = [heading: Key, cell: (of: Case, meta: ExportMeta) => string]

/** What a reviewer or an authority needs, in the order they read it. */
const COLUMNS: readonly Column[] = [
  ['sheet_platform', ({ post }, { siteNames }) => siteNames?.[post.platform] ?? post.platform],
  ['sheet_kind', ({ post }) => word(`kind_${post.kind}`)],
  ['sheet_id', ({ post }) => post.id],
  ['sheet_author', ({ post }) => post.author.name],
  ['sheet_authorId', ({ post }) => post.author.id ?? ''],
  ['sheet_title', ({ post }) => post.title ?? ''],
  ['sheet_text', ({ post }) => post.text],
  ['sheet_permalink', ({ post }) => post.permalink],
  ['sheet_pageUrl', ({ pageUrl }) => pageUrl],
  ['sheet_category', ({ verdict }) => verdict.categories.map(practice).join('、')],
  ['sheet_form', ({ verdict }) => (verdict.form ? word(`form_${verdict.form}`) : '')],
  ['sheet_band', ({ verdict }) => word(`band_${verdict.band}`)],
  ['sheet_score', ({ verdict }) => (verdict.band === 'not_judged' ? '' : verdict.score.toFixed(3))],
  ['sheet_evidence', ({ post, verdict }) => evidenceWords(post.text, verdict.evidence)],
  ['sheet_decision', ({ decision }) => word(`decision_${decision}`)],
  ['sheet_receipt', ({ report }) => report?.receipt ?? ''],
  ['sheet_reportedAt', ({ report }, { timeZone }) => (report ? zonedTime(report.at, timeZone) : '')],
  ['sheet_reportCategory', ({ report }) => (report?.category ? practice(report.category) : '')],
  ['sheet_note', ({ report }) => report?.note ?? ''],
  ['sheet_firstSeen', ({ firstSeen }, { timeZone }) => zonedTime(firstSeen, timeZone)],
  ['sheet_lastSeen', ({ lastSeen }, { timeZone }) => zonedTime(lastSeen, timeZone)],
  ['sheet_model', ({ verdict }) => verdict.model],
]

const evidenceWords = (text: string, evidence: Case['verdict']['evidence']): string =>
  [...new Set(evidence.map(({ start, end }) => text.slice(start, end).trim()))].filter(Boolean).join(' · ')

/**
 * A cell that a spreadsheet could run: it begins with a sign that starts a formula, its full-width or small form
 * (some versions fold those), or with a control character; blanks and invisible characters before it are skipped, as
 * spreadsheets trim them.
 */
const RUNS = /^(?:[\t\r\n]|[\s\p{Cf}\p{Cc}\u3164]*[=+\-@＝＋－＠﹦﹢﹣﹫−])/u

/** Makes text of what a spreadsheet could run; page text is hostile there too. */
export const inert = (cell: string): string => (RUNS.test(cell) ? `'${cell}` : cell)

/** For spreadsheets: UTF-8 with a mark, so that Excel reads Chinese; CRLF; one row per case under a Chinese heading. */
export const csv: ExportFormat = {
  id: 'csv',
  name: 'CSV',
  extension: 'csv',
  mime: 'text/csv;charset=utf-8',
  write(cases, meta) {
    const rows = cases.map((one) => COLUMNS.map(([, cell]) => inert(cell(one, meta))))
    // Every cell quoted, so that no separator or line break inside one can begin another.
    return `\uFEFF${Papa.unparse([COLUMNS.map(([heading]) => word(heading)), ...rows], { quotes: true, newline: '\r\n' })}\r\n`
  },
}
