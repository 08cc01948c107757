/** npm run card: the shipped file through the shipped engine → the figures of models/card.md, as one JSON object. */
import { existsSync } from 'node:fs'
import { command } from '../src/cli/command.ts'
import { calibrationError, scoresOf } from '../src/cli/metrics.ts'
import { loadEngine } from '../src/cli/model.ts'
import { readRows } from '../src/cli/rows.ts'
import { PRACTICES, type Verdict } from '../src/types.ts'
import { disguise, randomOf } from './disguise.ts'
import { type CorpusRow, heldOut, lettersOf, loadVocabulary, readCorpus } from './corpus.ts'

const HELP = `
用法  npm run card -- [--split test] [--data DIR] [--sample N]
Usage npm run card -- [--split test] [--data DIR] [--sample N]

  --split S    dev or test (default)
  --data DIR   unpacked public texts: also counts what is flagged among ordinary comments and held-out questions
  --sample N   of each public set, every so many rows that N remain (default 20000)
`

await command(HELP, { split: { type: 'string' }, data: { type: 'string' }, sample: { type: 'string' } }, async ({ split, data, sample }) => {
  const engine = await loadEngine()
  const rows = readCorpus(split === 'dev' ? 'dev' : 'test')
  const judge = async (texts: string[]): Promise<Verdict[]> => {
    const verdicts: Verdict[] = []
    for (const text of texts) verdicts.push((await engine.classify([text]))[0]!)
    return verdicts
  }
  const verdicts = await judge(rows.map(({ text }) => text))
  const said = (verdict: Verdict) => verdict.band === 'flagged'
  const pairs = rows.map((row, index) => ({ row, verdict: verdicts[index]! }))
  const flagOf = (some: typeof pairs) => scoresOf(some.map(({ row, verdict }) => ({ truth: row.flag === 1, said: said(verdict) })))
  const negatives = pairs.filter(({ row }) => row.flag === 0)
  const share = (some: readonly unknown[], good: (one: never) => boolean) => ({ of: some.length, share: some.length === 0 ? null : Number((some.filter(good as never).length / some.length).toFixed(4)) })
  const macro = PRACTICES.map((practice) =>
    scoresOf(pairs.map(({ row, verdict }) => ({ truth: row.categories.includes(practice), said: verdict.categories.includes(practice) }))),
  )
  const found = pairs.filter(({ row, verdict }) => row.flag === 1 && verdict.band !== 'clean')
  const flagged = pairs.filter(({ verdict }) => said(verdict))

  console.log(JSON.stringify({
    model: engine.config.version,
    split: split ?? 'test',
    rows: rows.length,
    flag: flagOf(pairs),
    markedAtAll: scoresOf(pairs.map(({ row, verdict }) => ({ truth: row.flag === 1, said: verdict.band !== 'clean' }))),
    writers: Object.fromEntries([...new Set(rows.map(({ id }) => id.split('-')[0]!))].map((writer) => [writer, flagOf(pairs.filter(({ row }) => row.id.startsWith(`${writer}-`)))])),
    hardNegativesFlagged: share(negatives.filter(({ row }) => !row.kind.startsWith('普通:')), ({ verdict }: (typeof pairs)[0]) => said(verdict)),
    ordinaryPostsFlagged: share(negatives.filter(({ row }) => row.kind.startsWith('普通:')), ({ verdict }: (typeof pairs)[0]) => said(verdict)),
    minimalPairs: minimalPairs(pairs),
    disguised: await disguised(rows, verdicts, judge),
    categories: Object.fromEntries(PRACTICES.map((practice, i) => [practice, macro[i]!.f1])),
    categoriesMacroF1: Number((macro.reduce((sum, { f1 }) => sum + (f1 ?? 0), 0) / PRACTICES.length).toFixed(4)),
    form: share(found, ({ row, verdict }: (typeof pairs)[0]) => row.form === verdict.form),
    evidenceRemovedLowersTheScore: await withoutEvidence(flagged, judge),
    calibrationError: calibrationError(pairs.map(({ row, verdict }) => ({ truth: row.flag === 1, score: verdict.score }))),
    ...(data && existsSync(data) ? await publicTexts(data, Number(sample ?? 20_000), judge) : {}),
  }, null, 1))
  await engine.dispose()
})

interface Judged {
  row: CorpusRow
  verdict: Verdict
}

/** Twins of which both sides are right. */
function minimalPairs(judged: readonly Judged[]): { of: number; share: number | null } {
  const twins = new Map<string, Judged[]>()
  for (const one of judged) if (one.row.pair) twins.set(one.row.pair, [...(twins.get(one.row.pair) ?? []), one])
  const whole = [...twins.values()].filter((both) => new Set(both.map(({ row }) => row.flag)).size === 2)
  const right = whole.filter((both) => both.every(({ row, verdict }) => (row.flag === 1) === (verdict.band === 'flagged')))
  return { of: whole.length, share: whole.length === 0 ? null : Number((right.length / whole.length).toFixed(4)) }
}

/** Recall on flagged rows written in disguise, over recall on the same rows as they are; and what happens to clean ones. */
async function disguised(rows: readonly CorpusRow[], plain: readonly Verdict[], judge: (texts: string[]) => Promise<Verdict[]>) {
  const random = randomOf(3)
  const vocabulary = loadVocabulary()
  const texts = rows.map(({ text }) => disguise(lettersOf(text, []), random, vocabulary.keys(), 0.7).map(({ char }) => char).join(''))
  const verdicts = await judge(texts)
  const recall = (of: readonly Verdict[]) => scoresOf(rows.map((row, i) => ({ truth: row.flag === 1, said: of[i]!.band === 'flagged' })))
  const [before, after] = [recall(plain), recall(verdicts)]
  return { recallRatio: Number(((after.recall ?? 0) / (before.recall || 1)).toFixed(4)), falsePositiveRate: after.falsePositiveRate }
}

async function withoutEvidence(flagged: readonly Judged[], judge: (texts: string[]) => Promise<Verdict[]>) {
  const cut = flagged.map(({ row: { text }, verdict: { evidence } }) =>
    [...evidence].sort((a, b) => b.start - a.start).reduce((rest, { start, end }) => rest.slice(0, start) + rest.slice(end), text),
  )
  const after = await judge(cut)
  const lower = after.filter((verdict, i) => verdict.score < flagged[i]!.verdict.score).length
  return { of: flagged.length, share: flagged.length === 0 ? null : Number((lower / flagged.length).toFixed(4)) }
}

async function publicTexts(data: string, sample: number, judge: (texts: string[]) => Promise<Verdict[]>) {
  const count = async (file: string, keep: (row: Record<string, unknown>) => boolean) => {
    const texts: string[] = []
    for await (const row of readRows(`${data}/${file}`, file.endsWith('.txt') ? 'text' : undefined)) {
      if ('value' in row && keep(row.value)) texts.push(String(row.value['text']))
    }
    const step = Math.max(1, Math.floor(texts.length / sample))
    const chosen = texts.filter((_, i) => i % step === 0).slice(0, sample)
    const verdicts = await judge(chosen)
    return { of: chosen.length, flagged: verdicts.filter(({ band }) => band === 'flagged').length, unsure: verdicts.filter(({ band }) => band === 'unsure').length }
  }
  return {
    ordinaryComments: await count('social-weibo-comments.txt', () => true),
    heldOutQuestions: await count('finance-qa.jsonl', ({ src, text }) => src !== 'AFQMC' && heldOut(String(text))),
  }
}
