/** A reviewer's exported decisions as more training data, and what they changed. */
import { readFileSync, writeFileSync } from 'node:fs'
import { scoresOf } from '../src/cli/metrics.ts'
import { loadEngine } from '../src/cli/model.ts'
import { readJsonl } from '../src/export/jsonl.ts'
import type { Case, Verdict } from '../src/types.ts'
import { type CorpusRow, EXTRA, readCorpus, readExtra } from './corpus.ts'
import { Nearby } from './near.ts'

/** A case as a row of the corpus; null where nobody decided. */
function rowOf({ key, post, verdict, decision, report }: Case): CorpusRow | null {
  if (decision !== 'confirmed' && decision !== 'wrong' && decision !== 'dismissed') return null
  const flag = decision === 'confirmed' ? 1 : 0
  const categories = verdict.categories.length > 0 ? verdict.categories : report?.category ? [report.category] : []
  return {
    id: `extra:${key}`,
    text: post.text,
    flag,
    categories: flag ? categories : [],
    form: flag ? verdict.form : null,
    evidence: flag ? verdict.evidence.map(({ start, end }) => post.text.slice(start, end)).filter(Boolean) : [],
    kind: '',
    pair: null,
  }
}

/** What the shipped model says of the corpus test split and of the extra rows. */
export interface Said {
  version: string
  test: Verdict[]
  extra: Verdict[]
}

export async function readModel(): Promise<Said> {
  const engine = await loadEngine()
  const said = {
    version: engine.config.version,
    test: await engine.classify(readCorpus('test').map(({ text }) => text)),
    extra: await engine.classify(readExtra().map(({ text }) => text)),
  }
  await engine.dispose()
  return said
}

/**
 * Reads the file, refuses what may not be trained on and writes the rest for models/prepare.ts.
 * @returns what the model said before
 * @throws when a line cannot be read or no decision is left
 */
export async function takeReviewed(file: string): Promise<Said> {
  const { cases, problems } = readJsonl(readFileSync(file, 'utf8'))
  for (const { line, reason, detail } of problems) console.error(`${file}:${line}: ${reason} ${detail}`)
  if (problems.length > 0) throw new Error(`${problems.length} 行无法读取，未训练。 ${problems.length} lines cannot be read; nothing was trained.`)
  const test = new Nearby(readCorpus('test'))
  const taken: CorpusRow[] = []
  for (const row of cases.map(rowOf)) {
    if (!row) continue
    const near = test.of(row.text)
    const contradicted = near.filter(({ flag }) => flag !== row.flag)
    if (contradicted.length > 0) console.error(`${row.id}: 与测试集 ${contradicted[0]!.id} 的判断相反，不采用。 Contradicts ${contradicted[0]!.id} of the test split; refused.`)
    else if (near.length > 0) console.error(`${row.id}: 与测试集 ${near[0]!.id} 几乎相同，不采用。 Nearly ${near[0]!.id} of the test split; refused.`)
    else taken.push(row)
  }
  if (taken.length === 0) throw new Error('没有可用的判断：先在审核页确认或否定，再导出 JSONL。 No decision to learn from: decide cases in the review page, then export JSONL.')
  writeFileSync(EXTRA, taken.map((row) => `${JSON.stringify(row)}\n`).join(''))
  console.log(`采用 ${taken.length} / ${cases.length} 条。 ${taken.length} of ${cases.length} cases are taken.`)
  return readModel()
}

/** Prints what a training on reviewed cases has changed. */
export async function reportChange(before: Said, after: Said): Promise<void> {
  const truth = readCorpus('test')
  const extra = readExtra()
  const figures = ({ test }: Said) => scoresOf(truth.map(({ flag }, i) => ({ truth: flag === 1, said: test[i]!.band === 'flagged' })))
  const agreed = ({ extra: verdicts }: Said) => extra.filter(({ flag }, i) => (flag === 1) === (verdicts[i]!.band === 'flagged')).length
  const moved = truth.filter((_, i) => before.test[i]!.band !== after.test[i]!.band).map(({ id }) => id)
  console.log(JSON.stringify({
    model: { before: before.version, after: after.version },
    testSplit: { before: figures(before), after: figures(after), bandChanged: moved },
    reviewed: { of: extra.length, agreedBefore: agreed(before), agreedAfter: agreed(after) },
  }, null, 1))
}
