/** npm run bench: what the extension costs, each figure against a baseline of the same minute. */
import { readFile } from 'node:fs/promises'
import { cpus } from 'node:os'
import { bundle } from '../../src/cli/bundle.ts'
import { command, countOf, UsageError } from '../../src/cli/command.ts'
import { judgedFeed, ordinaryFeed, seenAgain } from './judging.ts'
import { longDay } from './long.ts'
import type { Measure } from './measure.ts'
import { packageSize } from './package.ts'
import { coldStart, firstMark, idle, scrolling } from './pages.ts'
import { genericReader } from './reader.ts'
import { readResults, type Result } from './result.ts'

const MEASURES: readonly Measure[] = [packageSize, ordinaryFeed, judgedFeed, seenAgain, coldStart, firstMark, scrolling, longDay, idle, genericReader]

const HELP = `
用法  npm run --silent bench -- [--only NAME]… [--rounds 5] [--compare OLD.json] > NEW.json
      构建扩展，在真实 Chromium 中测量（单线程），表格写到标准错误，每项一行 JSON 写到标准输出；不写任何文件
      --only     只测这一项，可重复    --rounds   轮数，取中位数    --compare  与此前的输出相比
Usage npm run --silent bench -- [--only NAME]… [--rounds 5] [--compare OLD.json] > NEW.json
      builds the extension, measures it in a real Chromium (one thread); a table on standard error, one JSON object a line
      on standard output; writes no file
      --only     this result alone, may be repeated    --rounds   medians of so many    --compare  with an earlier output

${MEASURES.map(({ names, what }) => `      ${names.join(', ')}\n          ${what}`).join('\n')}
`

const show = (ratio: number | null): string => (ratio === null ? '∞' : ratio.toFixed(3))

/** `1.020 → 0.985` where there was one before. */
function row({ name, value, unit, baseline, ratio }: Result, limit: number, old: Result | undefined): string {
  const good = ratio !== null && ratio <= limit
  return [name.padEnd(20), `${value} ${unit}`.padStart(18), String(baseline).padStart(10), show(ratio).padStart(8), `≤ ${limit}`.padStart(7), good ? '✓' : '✗', old ? `${show(old.ratio)} → ${show(ratio)}` : ''].join('  ').trimEnd()
}

await command(HELP, { only: { type: 'string', multiple: true }, rounds: { type: 'string' }, compare: { type: 'string' } }, async ({ only, rounds, compare }) => {
  const times = countOf('rounds', rounds) ?? 5
  const known = MEASURES.flatMap(({ names }) => names)
  const unknown = only?.find((name) => !known.includes(name))
  if (unknown !== undefined) throw new UsageError(`没有名为 ${unknown} 的项目。 No measure named ${unknown}: ${known.join(', ')}.`)
  const before = compare === undefined ? [] : readResults(await readFile(compare, 'utf8').catch((cause: Error) => { throw new UsageError(`无法读取 ${compare}：${cause.message} Cannot be read.`) }))
  const wanted = (name: string): boolean => only === undefined || only.includes(name)

  await bundle('chrome')
  console.error(`${new Date().toISOString()}  ${cpus().length} × ${cpus()[0]!.model.trim()}  Node ${process.version}  ${times} 轮 rounds`)
  console.error(`${'name'.padEnd(20)}  ${'value'.padStart(18)}  ${'baseline'.padStart(10)}  ${'ratio'.padStart(8)}  ${'limit'.padStart(7)}`)
  let failed = false
  for (const { names, limits, run } of MEASURES) {
    if (!names.some(wanted)) continue
    try {
      for (const result of await run(times)) {
        if (!wanted(result.name)) continue
        console.log(JSON.stringify(result))
        console.error(row(result, limits[names.indexOf(result.name)]!, before.find(({ name }) => name === result.name)))
      }
    } catch (cause) {
      // One that cannot be measured here does not take the others with it.
      failed = true
      console.error(`${names.join(', ')}: ${(cause as Error).message}`)
      if (process.env['DEBUG']) console.error(cause)
    }
  }
  return failed ? 1 : 0
})
