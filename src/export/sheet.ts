import zh from '../../public/_locales/zh_CN/messages.json' with { type: 'json' }
import { stagesOf } from '../review/chain.ts'
import type { Case, Practice } from '../types.ts'
import type { ExportMeta } from './format.ts'
import { zonedTime } from './time.ts'

type Key = keyof typeof zh
/** Files speak Chinese, whatever the language of the page: they are for authorities and colleagues. */
export const word = (key: Key): string => zh[key].message
export const practiceWord = (id: Practice): string => word(`practice_${id}`)
export const stageWords = (practices: readonly Practice[]): string => stagesOf(practices).map((stage) => word(`stage_${stage}`)).join('、')

/** Most characters that a spreadsheet keeps in one cell. */
const CELL = 32_767

interface Column {
  key: Key
  cell(of: Case, meta: ExportMeta): string
}

const column = (key: Key, cell: Column['cell']): Column => ({ key, cell })

/** What a reviewer or an authority needs, in the order they read it; the last one holds what the others leave out. */
export const COLUMNS: readonly Column[] = [
  column('sheet_platform', ({ post }, { siteNames }) => siteNames[post.platform] ?? post.platform),
  column('sheet_kind', ({ post }) => word(`kind_${post.kind}`)),
  column('sheet_id', ({ post }) => post.id),
  column('sheet_author', ({ post }) => post.author.name),
  column('sheet_authorId', ({ post }) => post.author.id ?? ''),
  column('sheet_title', ({ post }) => post.title ?? ''),
  column('sheet_text', ({ post }) => post.text),
  column('sheet_permalink', ({ post }) => post.permalink),
  column('sheet_pageUrl', ({ pageUrl }) => pageUrl),
  column('sheet_category', ({ verdict }) => verdict.categories.map(practiceWord).join('、')),
  column('sheet_stage', ({ verdict }) => stageWords(verdict.categories)),
  column('sheet_form', ({ verdict }) => (verdict.form ? word(`form_${verdict.form}`) : '')),
  column('sheet_band', ({ verdict }) => word(`band_${verdict.band}`)),
  column('sheet_score', ({ verdict }) => (verdict.band === 'not_judged' ? '' : verdict.score.toFixed(3))),
  column('sheet_evidence', ({ post, verdict }) => evidenceWords(post.text, verdict.evidence)),
  column('sheet_decision', ({ decision }) => word(`decision_${decision}`)),
  column('sheet_receipt', ({ report }) => report?.receipt ?? ''),
  column('sheet_reportedAt', ({ report }, { timeZone }) => (report ? zonedTime(report.at, timeZone) : '')),
  column('sheet_reportCategory', ({ report }) => (report?.category ? practiceWord(report.category) : '')),
  column('sheet_note', ({ report }) => report?.note ?? ''),
  column('sheet_firstSeen', ({ firstSeen }, { timeZone }) => zonedTime(firstSeen, timeZone)),
  column('sheet_lastSeen', ({ lastSeen }, { timeZone }) => zonedTime(lastSeen, timeZone)),
  column('sheet_model', ({ verdict }) => verdict.model),
  column('sheet_record', recordOf),
]

/** The whole case, so that the file can be read again without loss; '' where it is too long for a cell. */
function recordOf(one: Case): string {
  const record = JSON.stringify(one)
  return record.length <= CELL ? record : ''
}

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

/** Takes back what {@link inert} did. */
export const active = (cell: string): string => (cell.startsWith("'") && inert(cell.slice(1)) === cell ? cell.slice(1) : cell)
