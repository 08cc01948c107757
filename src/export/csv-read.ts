import Papa from 'papaparse'
import type zh from '../../public/_locales/zh_CN/messages.json'
import { type Case, caseKey, type HistoryEntry, PRACTICES, type Practice, type Span } from '../types.ts'
import { wrongInCase } from '../checks.ts'
import type { Problem, Read } from './jsonl.ts'
import { active, word } from './sheet.ts'

type Key = keyof typeof zh
const named = <T extends string>(values: readonly T[], key: (value: T) => Key): Map<string, T> => new Map(values.map((value) => [word(key(value)), value]))

const KINDS = named(['post', 'comment', 'quote'], (kind) => `kind_${kind}`)
const FORMS = named(['ad', 'tutorial'], (form) => `form_${form}`)
const BANDS = named(['flagged', 'unsure', 'clean', 'not_judged'], (band) => `band_${band}`)
const DECISIONS = named(['open', 'confirmed', 'wrong', 'unsure', 'dismissed'], (decision) => `decision_${decision}`)
const CATEGORIES = named(PRACTICES, (practice) => `practice_${practice}`)

/** Without these a row is no case. */
const NEEDED: readonly Key[] = ['sheet_platform', 'sheet_kind', 'sheet_id', 'sheet_text', 'sheet_band', 'sheet_decision', 'sheet_firstSeen', 'sheet_lastSeen']

/** A cell that cannot be what was written: which, and what it holds. */
class CellError extends Error {
  constructor(heading: Key, cell: string) {
    super(`${word(heading)} ${JSON.stringify(cell.slice(0, 40))}`)
    this.name = 'CellError'
  }
}

/**
 * Reads what csv.ts wrote, also after a spreadsheet saved it again. A bad row costs only itself. Where the last column
 * still holds the record, nothing is lost; else the weight of evidence is, and all of the history but the decision.
 * `siteIds` leads from the sites' names.
 */
export function readCsv(text: string, siteIds: ReadonlyMap<string, string>): Read {
  const read: Read = { cases: [], problems: [] }
  const keys = new Set<string>()
  let headings: string[] | undefined
  let [line, at] = [1, 0]
  const wrong = (reason: Problem['reason'], detail: string): unknown => read.problems.push({ line, reason, detail })

  Papa.parse<string[]>(text, {
    step({ data, errors, meta }) {
      // Line breaks inside cells count as well: the number is the one an editor shows.
      const taken = text.slice(at, meta.cursor)
      if (taken.trim()) {
        const broken = errors.find(({ type }) => type === 'Quotes')
        if (broken) wrong('cellWrong', broken.message)
        else if (headings) take(data.map(active), headings)
        else headings = head(data)
      }
      at = meta.cursor
      line += taken.split('\n').length - 1
    },
  })
  if (!headings) wrong('headingMissing', word('sheet_platform'))
  return read

  function head(row: string[]): string[] {
    const trimmed = row.map((cell) => cell.trim())
    const missing = NEEDED.map(word).filter((heading) => !trimmed.includes(heading))
    if (missing.length > 0) wrong('headingMissing', missing.join('、'))
    return missing.length > 0 ? [] : trimmed
  }
  function take(row: string[], columns: string[]): void {
    if (columns.length === 0) return
    try {
      const one = caseOf((heading) => row[columns.indexOf(word(heading))] ?? '', siteIds)
      const field = wrongInCase(one)
      if (field) wrong('lineNotCase', field)
      else if (keys.has(one.key)) wrong('lineTwice', one.key)
      else {
        keys.add(one.key)
        read.cases.push(one)
      }
    } catch (cause) {
      if (!(cause instanceof CellError)) throw cause
      wrong('cellWrong', cause.message)
    }
  }
}

function caseOf(cell: (heading: Key) => string, siteIds: ReadonlyMap<string, string>): Case {
  const oneOf = <T>(words: Map<string, T>, heading: Key): T => {
    const found = words.get(cell(heading).trim())
    if (found === undefined) throw new CellError(heading, cell(heading))
    return found
  }
  const time = (heading: Key): number => {
    const [, day, clock, zone] = /^(\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d) ([+-]\d\d:\d\d)$/.exec(cell(heading).trim()) ?? []
    const at = Date.parse(`${day}T${clock}${zone}`)
    if (Number.isNaN(at)) throw new CellError(heading, cell(heading))
    return at
  }
  const categories = (heading: Key): Practice[] => {
    const words = cell(heading).split('、').map((one) => one.trim()).filter(Boolean)
    if (!words.every((one) => CATEGORIES.has(one))) throw new CellError(heading, cell(heading))
    return words.map((one) => CATEGORIES.get(one)!)
  }

  const site = cell('sheet_platform').trim()
  const platform = siteIds.get(site) ?? site
  if (!/^[a-z\d]+$/.test(platform)) throw new CellError('sheet_platform', site)
  const id = cell('sheet_id').trim()
  // A spreadsheet that took an id for a number has lost its last figures.
  if (!id || /^\d([.,]\d+)?e\+\d+$/i.test(id)) throw new CellError('sheet_id', id)
  const band = oneOf(BANDS, 'sheet_band')
  const score = band === 'not_judged' ? 0 : Number(cell('sheet_score') || NaN)
  if (!(score >= 0 && score <= 1)) throw new CellError('sheet_score', cell('sheet_score'))
  const decision = oneOf(DECISIONS, 'sheet_decision')
  const [text, title, authorId, receipt, model] = [cell('sheet_text'), cell('sheet_title'), cell('sheet_authorId'), cell('sheet_receipt'), cell('sheet_model')]
  const [firstSeen, lastSeen] = [time('sheet_firstSeen'), time('sheet_lastSeen')]
  const report = receipt ? { receipt, at: time('sheet_reportedAt'), category: categories('sheet_reportCategory')[0] ?? null, note: cell('sheet_note') } : undefined
  const history: HistoryEntry[] = [
    ...(band === 'flagged' || band === 'unsure' ? [{ at: firstSeen, what: 'flagged', model } as const] : []),
    ...(report ? [{ at: report.at, what: 'reported', model } as const] : []),
    ...(decision === 'open' ? [] : [{ at: lastSeen, what: decision, model }]),
  ]
  const read: Case = {
    key: caseKey({ platform, id }),
    post: {
      platform, id, kind: oneOf(KINDS, 'sheet_kind'), text, ...(title && { title }),
      author: { name: cell('sheet_author'), ...(authorId && { id: authorId }) },
      permalink: cell('sheet_permalink'),
    },
    pageUrl: cell('sheet_pageUrl'),
    verdict: {
      band, score, categories: categories('sheet_category'), form: cell('sheet_form') ? oneOf(FORMS, 'sheet_form') : null,
      evidence: evidenceIn(text, cell('sheet_evidence')), model,
    },
    firstSeen, lastSeen, decision, ...(report && { report }), history,
  }
  const whole = recordIn(cell('sheet_record'))
  // What a person changed in the cells counts; of the rest the record knows more.
  return whole?.key === read.key && whole.post.text === text && whole.decision === decision ? whole : read
}

function recordIn(cell: string): Case | undefined {
  if (!cell) return undefined
  try {
    const value: unknown = JSON.parse(cell)
    return wrongInCase(value) ? undefined : (value as Case)
  } catch {
    return undefined
  }
}

/** Where the words of the sheet stand in the text, best first. */
function evidenceIn(text: string, cell: string): Span[] {
  const words = cell.split(' · ').filter((one) => one && text.includes(one))
  return words.map((one, rank) => ({ start: text.indexOf(one), end: text.indexOf(one) + one.length, weight: 1 / (rank + 1) }))
}
