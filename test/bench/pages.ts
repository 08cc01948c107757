/** What a person notices in a page: the first mark, scrolling, a quiet evening. */
import type { BrowserContext, Page } from 'playwright-core'
import { openBrowser, openWithout } from '../../src/cli/chromium.ts'
import { follow, settled } from '../../src/cli/follow.ts'
import { loadConfig } from '../../src/cli/model.ts'
import { HEIGHT, listPage } from '../browser/list-page.ts'
import { openBare } from './bare.ts'
import { inTurn, type Measure } from './measure.ts'
import { cpuOf } from './processes.ts'
import { quantile, resultOf, type Sample } from './result.ts'
import { adverts, days, warmUp } from './texts.ts'

const URL = 'https://www.zhihu.com/'

/** A page that has the feed, not yet opened. */
async function feedPage(context: BrowserContext, texts: readonly string[]): Promise<Page> {
  const page = await context.newPage()
  const body = listPage(texts)
  await page.route('**/*', (route) => (route.request().isNavigationRequest() ? route.fulfill({ contentType: 'text/html; charset=utf-8', body }) : route.abort()))
  return page
}

/** Epoch milliseconds at which the first judgement reached the toolbar's side, from {@link LISTEN}. */
const LISTEN = `
  globalThis.firstAt = new Promise((done) => chrome.runtime.connect({ name: 'live' }).onMessage.addListener(() => done(performance.timeOrigin + performance.now())))
  void 0
`

export const coldStart: Measure = {
  names: ['cold-start'],
  what: '冷启动：开页到第一个判定 · a fresh browser, page open to first verdict / a bare worker started, session made and run once',
  limits: [1.5],
  async run(rounds) {
    const samples: Sample[] = []
    for (let round = 0; round < rounds; round++) {
      const browser = await openBrowser()
      try {
        const bare = await openBare(browser.context)
        const listener = await browser.openOwn('extension/check.html')
        await listener.evaluate(LISTEN)
        const first = async (): Promise<number> => {
          const page = await feedPage(browser.context, adverts.slice(0, 1))
          await page.goto(URL)
          await page.bringToFront()
          const at = await listener.evaluate<number>('firstAt')
          return at - (await page.evaluate(() => performance.timeOrigin))
        }
        samples.push(await inTurn(round, first, () => bare.cold(adverts[0]!)))
        await bare.close()
      } finally {
        await browser.close()
      }
    }
    return [resultOf('cold-start', 'ms', samples)]
  },
}

/** Posts that stand in the window at once. */
const ON_SCREEN = 7
/** Pages opened for each round: a 95th percentile wants twenty. */
const LOADS = 4

/** Runs in the page before its own scripts: when did each post get its mark? Nothing else is added after the page's own rows. */
const WATCH = `
  globalThis.marked = []
  addEventListener('DOMContentLoaded', () => new MutationObserver((records) => {
    for (const { addedNodes } of records) for (const node of addedNodes) if (node.nodeType === 1) marked.push(performance.now())
  }).observe(document.getElementById('list'), { subtree: true, childList: true }))
`

export const firstMark: Measure = {
  names: ['first-mark'],
  what: '屏上内容的标记齐备，第 95 百分位 · page ready to the last mark of what is on screen, p95 of the loads / the bare judge on those posts',
  limits: [1.3],
  async run(rounds) {
    const browser = await openBrowser()
    try {
      const bare = await openBare(browser.context)
      const follower = await follow(browser)
      const { calibration: { judge: { scale, shift } }, thresholds: { flagged } } = await loadConfig()
      const least = (Math.log(flagged / (1 - flagged)) - shift) / scale
      const runs = await bare.run('judge', adverts)
      const marked = adverts.filter((_, index) => runs[index]!.logit >= least)
      const loads = rounds * LOADS
      if (marked.length < (loads + 1) * ON_SCREEN) throw new RangeError(`the test split has adverts for ${Math.floor(marked.length / ON_SCREEN / LOADS)} rounds of this`)
      const values: number[] = []
      const baselines: number[] = []
      for (let load = 0; load <= loads; load++) {
        const texts = marked.slice(load * ON_SCREEN, (load + 1) * ON_SCREEN)
        const page = await feedPage(browser.context, texts)
        await page.addInitScript(WATCH)
        await page.goto(URL)
        await page.bringToFront()
        await page.waitForFunction(`marked.length >= ${ON_SCREEN}`, undefined, { polling: 50, timeout: 60_000 })
        const last = (await page.evaluate('marked.at(-1) - performance.getEntriesByType("navigation")[0].domContentLoadedEventEnd')) as number
        await settled(follower)
        await page.close()
        const own = (await bare.run('judge', texts)).reduce((sum, { ms }) => sum + ms, 0)
        if (load === 0) continue // To warm up.
        values.push(last)
        baselines.push(own)
      }
      await bare.close()
      return [resultOf('first-mark', 'ms', [{ value: quantile(values, 0.95), baseline: quantile(baselines, 0.95) }])]
    } finally {
      await browser.close()
    }
  },
}

const POSTS = 2_000
/** Runs in the page: to its end, a third of a window in each frame. */
const SCROLL = `new Promise((done) => {
  const step = () => {
    scrollBy(0, 300)
    if (scrollY + innerHeight < ${POSTS * HEIGHT} - 1) requestAnimationFrame(step)
    else setTimeout(done, 1000)
  }
  step()
})`

/** Time of the page's main thread while it is scrolled through, ms, and the tasks of more than 50 ms. */
async function scrolled(context: BrowserContext, texts: readonly string[], ready: () => Promise<unknown>): Promise<{ busy: number; long: number }> {
  const page = await feedPage(context, texts)
  await page.addInitScript('globalThis.long = 0; new PerformanceObserver((list) => { long += list.getEntries().length }).observe({ type: "longtask" })')
  await page.goto(URL)
  await page.bringToFront()
  await ready()
  const cdp = await context.newCDPSession(page)
  await cdp.send('Performance.enable')
  const busy = async (): Promise<number> => (await cdp.send('Performance.getMetrics')).metrics.find(({ name }) => name === 'TaskDuration')!.value * 1_000
  await page.evaluate('long = 0')
  const before = await busy()
  await page.evaluate(SCROLL)
  const used = (await busy()) - before
  const long = (await page.evaluate('long')) as number
  await page.close()
  return { busy: used, long }
}

export const scrolling: Measure = {
  names: ['scroll', 'scroll-long-tasks'],
  what: '滚过 2,000 条时页面主线程的用时、超过 50 毫秒的任务数 · main-thread time of a page scrolled through 2,000 posts, and its tasks over 50 ms / the same without the extension',
  limits: [1.03, 1],
  async run(rounds) {
    const time: Sample[] = []
    const long: Sample[] = []
    const browser = await openBrowser()
    const without = await openWithout()
    try {
      const follower = await follow(browser)
      // None was seen before, in any round, and there is an advert on every sixth screen.
      const all = days((rounds + 1) * POSTS).map((text, n) => (n % 50 === 7 ? `${adverts[n % adverts.length]!} ${n}` : text))
      for (let round = 0; round <= rounds; round++) {
        const texts = all.slice(round * POSTS, (round + 1) * POSTS)
        let withIt = { busy: 0, long: 0 }
        let bare = { busy: 0, long: 0 }
        await inTurn(
          round,
          async () => (withIt = await scrolled(browser.context, texts, () => settled(follower))).busy,
          async () => (bare = await scrolled(without.context, texts, async () => undefined)).busy,
        )
        if (round === 0) continue // To warm up.
        time.push({ value: withIt.busy, baseline: bare.busy })
        long.push({ value: withIt.long, baseline: bare.long })
      }
    } finally {
      await browser.close()
      await without.close()
    }
    return [resultOf('scroll', 'ms', time), resultOf('scroll-long-tasks', 'tasks', long)]
  },
}

const TABS = 5
const MINUTE = 60_000

async function quiet(context: BrowserContext, profile: string): Promise<number> {
  const before = cpuOf(profile)
  await context.pages()[0]!.waitForTimeout(MINUTE)
  return cpuOf(profile) - before
}

export const idle: Measure = {
  names: ['idle'],
  what: '五个静止的信息流标签页，一分钟的 CPU · CPU of the whole browser in one minute with five quiet feeds open / without the extension',
  limits: [1.05],
  async run(rounds) {
    const browser = await openBrowser()
    const without = await openWithout()
    try {
      const follower = await follow(browser)
      for (let tab = 0; tab < TABS; tab++) {
        const texts = warmUp.slice(tab * 20, (tab + 1) * 20)
        for (const { context } of [browser, without]) {
          const page = await feedPage(context, texts)
          await page.goto(URL)
          await page.bringToFront()
        }
        await settled(follower)
      }
      const samples: Sample[] = []
      for (let round = 0; round < rounds; round++) {
        samples.push(await inTurn(round, () => quiet(browser.context, browser.profile), () => quiet(without.context, without.profile)))
      }
      return [resultOf('idle', 'ms/min', samples)]
    } finally {
      await browser.close()
      await without.close()
    }
  },
}
