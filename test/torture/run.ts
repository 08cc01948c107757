/** npm run torture: every property and every fault, for as long as asked; one JSON line each. */
import * as fc from 'fast-check'
import { command, countOf, UsageError } from '../../src/cli/command.ts'
import { inPage, openTorture } from './chromium.ts'
import { FAULTS } from './faults.ts'
import { MESSAGES, RECORDS } from './records.ts'
import { savedTags } from './tags.ts'
import { holdTimes } from './property.ts'
import type { Tally } from './tally.ts'
import { TEXTS } from './texts.ts'

const HELP = `
用法  npm run torture -- [--minutes N] [--only NAME] [--seed N]
      用随机的文本、网页、消息、记录、文件和真实浏览器里的故障折腾各部分，N 分钟（默认 5）；每项一行 JSON：
      {"name","tries","losses"}，有损失时另有 "first"（第一次的情形）。--only 只做名字里含有 NAME 的项。有损失时退出码为 1
Usage npm run torture -- [--minutes N] [--only NAME] [--seed N]
      random texts, pages, messages, records, files, and faults in a real browser, for N minutes (5 by default); one
      JSON line for each, with "first" where something was lost. --only takes those whose name holds NAME. Exits with
      1 where anything was lost. The faults need the built extension: npm run build -- chrome
`

interface Item {
  name: string
  /** @param seed of this round; @param ms about how long it may take. */
  round(seed: number, ms: number): Promise<Tally>
}

const sum = (a: Tally, b: Tally): Tally => ({ tries: a.tries + b.tries, losses: a.losses + b.losses, ...(a.first ?? b.first ? { first: a.first ?? b.first! } : {}) })

/** Most values of one round; the seed of a round leads back to each of them. */
const ROUND = 20_000

await command(HELP, { minutes: { type: 'string' }, only: { type: 'string', default: '' }, seed: { type: 'string' } }, async ({ minutes, only, seed }, named) => {
  if (named.length > 0) throw new UsageError(`不认识的参数 ${named[0]}。 Unknown argument ${named[0]}.`)
  const whole = (countOf('minutes', minutes) ?? 5) * 60_000
  const first = countOf('seed', seed) ?? (Date.now() % 1_000_000) + 1

  const inNode = [...TEXTS, ...MESSAGES, ...RECORDS].map(({ name, any, holds }): Item => ({
    name,
    async round(seed, ms) {
      const { numRuns, failed, counterexample, errorInstance } = await fc.check(fc.asyncProperty(any, async (value) => await holds(value)), {
        seed, numRuns: ROUND, interruptAfterTimeLimit: ms, markInterruptAsFailure: false, endOnFailure: true,
      })
      return { tries: numRuns, losses: failed ? 1 : 0, ...(failed ? { first: `seed ${seed}: ${String(errorInstance)} ${fc.stringify(counterexample).slice(0, 1_000)}` } : {}) }
    },
  }))
  const tags = [...savedTags()]
  const { page, close } = await openTorture()
  holdTimes()
  await inPage(page, 'holdTimes')
  const inBrowser = (await inPage<string[]>(page, 'names', tags)).map((name): Item => ({ name, round: (seed, ms) => inPage(page, 'run', { tags, name, seed, tries: ROUND, ms }) }))
  const slow: Item = { name: 'dom: 2,000 boxes in the shapes that cost most', round: () => inPage(page, 'slow', tags, 2_000) }
  const deep: Item = { name: 'dom: 10,000 boxes within each other', round: () => inPage(page, 'deep', 10_000) }
  const items = [...inNode, ...inBrowser, slow, deep, ...FAULTS].filter(({ name }) => name.includes(only))
  if (items.length === 0) throw new UsageError(`没有名字里含有 ${only} 的项。 Nothing has ${only} in its name.`)

  let lost = false
  try {
    for (const { name, round } of items) {
      let tally: Tally = { tries: 0, losses: 0 }
      const until = Date.now() + whole / items.length
      for (let seed = first; Date.now() < until || tally.tries === 0; seed++) {
        const before = tally.tries
        tally = sum(tally, await round(seed, Math.max(1_000, until - Date.now())))
        if (tally.tries === before) break
      }
      lost ||= tally.losses > 0
      console.log(JSON.stringify({ name, ...tally }))
    }
  } finally {
    await close()
  }
  return lost ? 1 : 0
})
