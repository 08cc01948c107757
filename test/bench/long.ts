/** A day of scrolling: does it stay as quick and as small as it was? */
import { openBrowser } from '../../src/cli/chromium.ts'
import { openAsker } from './ask.ts'
import type { Measure } from './measure.ts'
import { memoryOf } from './processes.ts'
import { resultOf, type Sample } from './result.ts'
import { days, warmUp } from './texts.ts'

const FIRST = 200
const SOME = 2_000
const ALL = 20_000
/** Memory is read this often, this far apart, ms; the least counts, since the rest is not collected yet. */
const LOOKS = 5
const APART = 1_000

async function settledMemory(profile: string): Promise<number> {
  let least = Infinity
  for (let look = 0; look < LOOKS; look++) {
    await new Promise((resolve) => setTimeout(resolve, APART))
    least = Math.min(least, memoryOf(profile))
  }
  return least
}

export const longDay: Measure = {
  names: ['memory', 'cost-20000'],
  what: '两万条之后：内存（对 200 条之后）、每条用时（对前 2,000 条）· after 20,000 different posts: memory of the extension / after 200; time per post / of the first 2,000',
  limits: [1.1, 1.05],
  async run(rounds) {
    const memory: Sample[] = []
    const cost: Sample[] = []
    for (let round = 0; round < rounds; round++) {
      const browser = await openBrowser()
      try {
        const asker = await openAsker(browser)
        await asker.judge(warmUp)
        const texts = days(FIRST + ALL)
        await asker.judge(texts.slice(0, FIRST))
        const before = await settledMemory(browser.profile)
        let ms = 0
        let early = 0
        for (let at = FIRST; at < texts.length; at += SOME) {
          ms += (await asker.judge(texts.slice(at, at + SOME))).ms
          if (at === FIRST) early = ms
        }
        memory.push({ value: await settledMemory(browser.profile), baseline: before })
        cost.push({ value: ms / ALL, baseline: early / SOME })
      } finally {
        await browser.close()
      }
    }
    return [resultOf('memory', 'MB', memory), resultOf('cost-20000', 'ms/post', cost)]
  },
}
