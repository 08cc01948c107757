/** npm run evaluate: labelled rows in, the shipped model's figures out. */
import { createWriteStream } from 'node:fs'
import { PRACTICES, type Practice, type Verdict } from '../types.ts'
import { command, UsageError } from './command.ts'
import { calibrationError, scoresOf } from './metrics.ts'
import { loadEngine, printed } from './model.ts'
import { readRows } from './rows.ts'

const HELP = `
用法  npm run evaluate -- FILE.jsonl [--by unit,lang] [--scores OUT.jsonl]
Usage npm run evaluate -- FILE.jsonl [--by unit,lang] [--scores OUT.jsonl]

每行 {"id","text","flag","categories","form"}；输出一个 JSON 对象：计数，flag 在出厂阈值下的精确率、召回率、F1、误报率，
按 --by 所列字段的切片，各类别与宏平均 F1，形式准确率，校准误差。
Rows hold {"id","text","flag","categories","form"}. Prints one JSON object: counts; precision, recall, F1 and
false-positive rate of flag at the shipped threshold; the same for each value of the fields in --by; per-category
figures and their macro F1; form accuracy; expected calibration error.
  --scores OUT.jsonl   also writes {"id","flag","band","score","categories","form","evidence"} for each row
`

interface Judged {
  fields: Record<string, unknown>
  truth: boolean
  categories: Practice[]
  form: unknown
  verdict: Verdict
}

await command(HELP, { by: { type: 'string' }, scores: { type: 'string' } }, async ({ by, scores }, [file]) => {
  if (!file) throw new UsageError('缺少文件。 No file given.')
  const engine = await loadEngine()
  const out = scores ? createWriteStream(scores) : undefined
  const rows: Judged[] = []
  for await (const row of readRows(file)) {
    if ('error' in row) throw new Error(`${file}:${row.line}: ${row.error}`)
    const { text, flag, categories, form } = row.value
    if (typeof text !== 'string' || (flag !== 0 && flag !== 1 && typeof flag !== 'boolean')) {
      throw new Error(`${file}:${row.line}: 需要 "text"（字符串）和 "flag"（0 或 1）。 Needs "text" (string) and "flag" (0 or 1).`)
    }
    const [verdict] = await engine.classify([text])
    rows.push({ fields: row.value, truth: Boolean(flag), categories: (categories ?? []) as Practice[], form: form ?? null, verdict: verdict! })
    out?.write(`${JSON.stringify({ id: row.value['id'], flag, ...printed(verdict!, text) })}\n`)
  }
  await new Promise<void>((closed) => (out ? out.end(closed) : closed()))
  console.log(JSON.stringify({ ...figures(rows, engine.config.version), ...(by ? { by: slices(rows, by.split(',')) } : {}) }))
  await engine.dispose()
})

function isFlagged({ verdict }: Judged): boolean {
  return verdict.band === 'flagged'
}

function flagScores(rows: readonly Judged[]) {
  return { rows: rows.length, ...scoresOf(rows.map((row) => ({ truth: row.truth, said: isFlagged(row) }))) }
}

/** Categories count over all rows, form over rows that are flagged in truth and were marked (flagged or unsure). */
function figures(rows: readonly Judged[], model: string) {
  const marked = rows.filter(({ truth, verdict }) => truth && verdict.band !== 'clean')
  const categories = Object.fromEntries(
    PRACTICES.map((practice) => [
      practice,
      scoresOf(rows.map(({ categories, verdict }) => ({ truth: categories.includes(practice), said: verdict.categories.includes(practice) }))),
    ]),
  )
  const f1s = Object.values(categories).flatMap(({ f1 }) => (f1 === null ? [] : [f1]))
  const formed = marked.filter(({ form }) => form === 'ad' || form === 'tutorial')
  const mean = (values: number[]) => (values.length === 0 ? null : Math.round((values.reduce((a, b) => a + b, 0) / values.length) * 1e5) / 1e5)
  return {
    model,
    counts: { rows: rows.length, positive: rows.filter(({ truth }) => truth).length, flagged: rows.filter(isFlagged).length, unsure: rows.filter(({ verdict }) => verdict.band === 'unsure').length },
    flag: flagScores(rows),
    categories: { ...categories, macroF1: mean(f1s) },
    form: { rows: formed.length, accuracy: mean(formed.map(({ form, verdict }) => (form === verdict.form ? 1 : 0))) },
    calibrationError: calibrationError(rows.map(({ truth, verdict }) => ({ truth, score: verdict.score }))),
  }
}

function slices(rows: readonly Judged[], fields: readonly string[]) {
  return Object.fromEntries(
    fields.map((field) => {
      const groups = groupBy(rows, (row) => String(row.fields[field]))
      return [field, Object.fromEntries([...groups].map(([value, group]) => [value, flagScores(group)]))]
    }),
  )
}

function groupBy<T>(rows: readonly T[], key: (row: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>()
  for (const row of rows) groups.set(key(row), [...(groups.get(key(row)) ?? []), row])
  return groups
}
