/** From a `judge` message to its verdicts: the path of a content script, without a page around it. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Browser, openBrowser } from '../../src/cli/chromium.ts'
import { loadConfig } from '../../src/cli/model.ts'
import { type Asker, openAsker } from './ask.ts'
import { type BareModel, openBare } from './bare.ts'
import { inTurn, type Measure } from './measure.ts'
import { type Sample, resultOf } from './result.ts'
import { adverts, ordinary, test, warmUp } from './texts.ts'

interface Stage {
  browser: Browser
  asker: Asker
  bare: BareModel
}

/** A browser whose extension has judged for a while, and beside it a bare session that has run as long. */
async function withStage<T>(work: (stage: Stage) => Promise<T>): Promise<T> {
  const browser = await openBrowser()
  try {
    const bare = await openBare(browser.context)
    const asker = await openAsker(browser)
    await asker.judge(warmUp)
    await bare.run('judge', warmUp)
    const result = await work({ browser, asker, bare })
    await bare.close()
    return result
  } finally {
    await browser.close()
  }
}

/** Mean time of one text, ms. */
const meanMs = async (bare: BareModel, texts: readonly string[]): Promise<number> =>
  (await bare.run('judge', texts)).reduce((sum, { ms }) => sum + ms, 0) / texts.length
const askedMs = async (asker: Asker, texts: readonly string[]): Promise<number> => (await asker.judge(texts)).ms / texts.length

/** The first texts of the test split that the gate lets through to the judge. */
export async function passing(bare: BareModel, count: number): Promise<string[]> {
  const { thresholds } = await loadConfig()
  const texts: string[] = []
  for (let at = 0; at < test.length && texts.length < count; at += 100) {
    const some = test.slice(at, at + 100).map(({ text }) => text)
    const logits = await bare.run('gate', some)
    texts.push(...some.filter((_, index) => logits[index]!.logit >= thresholds.gate))
  }
  if (texts.length < count) throw new RangeError(`the test split has only ${texts.length} texts that need the judge, not ${count}: fewer --rounds`)
  return texts.slice(0, count)
}

/** Of an ordinary feed: one in 31 is an advert. */
const PLAIN = 30
const POSTS = 64

export const ordinaryFeed: Measure = {
  names: ['feed-ordinary'],
  what: '普通信息流每条的判定 · judging a post of an ordinary feed (30 of an ordinary day, 1 advert; none seen before) / one bare run of the judge at the same length',
  limits: [0.2],
  run: (rounds) => {
    if (rounds * PLAIN > ordinary.length) throw new RangeError(`the test split has texts for ${Math.floor(ordinary.length / PLAIN)} rounds of this`)
    return withStage(async ({ asker, bare }) => {
      const samples: Sample[] = []
      for (let round = 0; round < rounds; round++) {
        const texts = [...ordinary.slice(round * PLAIN, (round + 1) * PLAIN), adverts[round]!]
        samples.push(await inTurn(round, () => askedMs(asker, texts), () => meanMs(bare, texts)))
      }
      return [resultOf('feed-ordinary', 'ms/post', samples)]
    })
  },
}

export const judgedFeed: Measure = {
  names: ['feed-judge'],
  what: '每条都需细判时每条的判定 · judging a post of a feed whose every post passes the gate / one bare run of the judge at the same length',
  limits: [1.1],
  run: (rounds) =>
    withStage(async ({ asker, bare }) => {
      const all = await passing(bare, rounds * POSTS)
      const samples: Sample[] = []
      for (let round = 0; round < rounds; round++) {
        const texts = all.slice(round * POSTS, (round + 1) * POSTS)
        samples.push(await inTurn(round, () => askedMs(asker, texts), () => meanMs(bare, texts)))
      }
      return [resultOf('feed-judge', 'ms/post', samples)]
    }),
}

export const seenAgain: Measure = {
  names: ['seen-again', 'seen-after-restart'],
  what: '再次看到（另一标签页；浏览器重启后）· a post asked for again, from a second tab and after the browser was started again / its first judging',
  limits: [0.02, 0.02],
  async run(rounds) {
    const again: Sample[] = []
    const restarted: Sample[] = []
    for (let round = 0; round < rounds; round++) {
      const profile = await mkdtemp(join(tmpdir(), 'mingcha-bench-'))
      try {
        const first = await openBrowser({ profile })
        let texts: string[]
        let baseline: number
        try {
          const bare = await openBare(first.context)
          texts = await passing(bare, POSTS)
          await bare.close()
          const asker = await openAsker(first)
          await asker.judge(warmUp)
          baseline = await askedMs(asker, texts)
          const second = await openAsker(first)
          await second.judge(warmUp)
          again.push({ value: await askedMs(second, texts), baseline })
        } finally {
          await first.close()
        }
        const later = await openBrowser({ profile })
        try {
          const asker = await openAsker(later)
          await asker.judge(warmUp)
          restarted.push({ value: await askedMs(asker, texts), baseline })
        } finally {
          await later.close()
        }
      } finally {
        await rm(profile, { recursive: true, force: true, maxRetries: 3 })
      }
    }
    return [resultOf('seen-again', 'ms/post', again), resultOf('seen-after-restart', 'ms/post', restarted)]
  },
}
