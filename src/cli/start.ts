/** npm start: the extension at work on sample feeds, or on a live address. */
import { mkdir } from 'node:fs/promises'
import type { Page } from 'playwright-core'
import type { LiveJudgement } from '../messages.ts'
import { adapterFor } from '../sites/index.ts'
import { caseKey } from '../types.ts'
import { practiceName } from '../ui/i18n.ts'
import { bundle } from './bundle.ts'
import { type Browser, openBrowser } from './chromium.ts'
import { command, UsageError } from './command.ts'
import { browse, follow, type Follower, settled } from './follow.ts'
import { serveSamples } from './server.ts'
import { sampleSites } from './samples.ts'

const HELP = `
用法  npm start                        在四个网站的样例信息流上演示；结果和截图写到 out/
      npm start -- https://weibo.com/  打开真实地址
Usage npm start                        shows the extension on sample feeds of four sites; writes out/
      npm start -- ADDRESS             opens a live address instead

有显示器时窗口保持打开，关掉浏览器即结束；没有显示器时做完即退出。
With a display the window stays open until it is closed; without one the command ends by itself.
`
const OUT = 'out'
const hasDisplay = Boolean(process.env['DISPLAY'] ?? process.env['WAYLAND_DISPLAY'] ?? (process.platform === 'linux' ? '' : 'yes'))

await command(HELP, {}, async (_, [address]) => {
  if (address !== undefined && !URL.canParse(address)) throw new UsageError(`${address} 不是地址。 Not an address.`)
  console.log('构建 · building …')
  await bundle('chrome')
  await (address ? live(address) : samples())
})

async function live(address: string): Promise<void> {
  if (!adapterFor(new URL(address))) console.log('还不支持这个网站：页面会打开，但不会标记。 No adapter for this site yet: it opens, but nothing is marked.')
  const browser = await openBrowser({ headless: !hasDisplay })
  const follower = await follow(browser)
  const page = await browser.context.newPage()
  await page.goto(address)
  if (hasDisplay) return void (await closed(browser))
  await settled(follower)
  report(await follower.take(), 0)
  await browser.close()
}

async function samples(): Promise<void> {
  await mkdir(OUT, { recursive: true })
  const server = await serveSamples()
  const browser = await openBrowser({ headless: !hasDisplay, args: server.args })
  try {
    const began = performance.now()
    const follower = await follow(browser)
    const read: LiveJudgement[] = []
    const feeds: Shown[] = []
    for (const { id, urls } of sampleSites) {
      const here: LiveJudgement[] = []
      for (const url of urls) {
        const page = await browser.context.newPage()
        await page.goto(url)
        await page.bringToFront()
        await browse(page, follower)
        here.push(...(await follower.take()))
        await page.evaluate(() => window.scrollTo(0, 0))
        await settled(follower)
        const flagged = (await follower.state())?.items.find(({ verdict, onPage }) => verdict.band === 'flagged' && onPage)
        // One page of each site stays open for its picture: the first that shows a mark.
        if (flagged && !feeds.some(({ name }) => name === id)) feeds.push({ name: id, page, tabId: await follower.tabId(), key: flagged.key })
        else await page.close()
      }
      const units = unitsOf(here)
      console.log(`${new URL(urls[0]!).host}  ${urls.length} 页 pages · 读到 read ${units.length} · 标记 flagged ${units.filter(({ verdict }) => verdict.band === 'flagged').length}`)
      read.push(...here)
    }
    report(read, performance.now() - began)
    await shoot(browser, follower, feeds)
    await exportLists(browser)
    console.log(`\n清单与截图 · lists and screenshots: ${OUT}/`)
    if (hasDisplay) await closed(browser)
  } finally {
    await browser.close().catch(() => undefined)
    await server.close()
  }
}

const closed = (browser: Browser): Promise<unknown> => browser.context.waitForEvent('close', { timeout: 0 })

/** One entry for each unit: its last judgement. */
function unitsOf(judgements: readonly LiveJudgement[]): LiveJudgement[] {
  return [...new Map(judgements.map((one) => [caseKey(one.post), one])).values()]
}

function report(judgements: readonly LiveJudgement[], ms: number): void {
  const units = unitsOf(judgements)
  const of = (band: string) => units.filter(({ verdict }) => verdict.band === band)
  console.log(`\n读到 read ${units.length} · 标记 flagged ${of('flagged').length} · 拿不准 unsure ${of('unsure').length} · 未判定 not judged ${of('not_judged').length}${ms ? ` · ${(ms / 1000).toFixed(1)} s` : ''}`)
  const byPractice = new Map<string, number>()
  for (const { verdict } of of('flagged')) {
    for (const practice of verdict.categories) byPractice.set(practiceName(practice), (byPractice.get(practiceName(practice)) ?? 0) + 1)
  }
  for (const [name, count] of [...byPractice].sort((a, b) => b[1] - a[1])) console.log(`  ${name}  ${count}`)
  for (const { post, verdict } of of('flagged')) console.log(`  [${post.platform}] ${post.author.name}：${post.text.replace(/\s+/g, ' ').slice(0, 48)}  ${verdict.score.toFixed(2)}`)
}

/** A page that stays open for its picture, and a flagged post on it. */
interface Shown {
  name: string
  page: Page
  tabId: number
  key: string
}

async function shoot(browser: Browser, follower: Follower, feeds: readonly Shown[]): Promise<void> {
  for (const scheme of ['light', 'dark'] as const) {
    for (const { name, page, tabId, key } of feeds) {
      await page.bringToFront()
      await page.emulateMedia({ colorScheme: scheme })
      const popup = await browser.context.newPage()
      await popup.setViewportSize({ width: 360, height: 560 })
      await popup.emulateMedia({ colorScheme: scheme })
      await popup.goto(`${browser.origin}/extension/popup.html?tab=${tabId}`)
      await popup.waitForSelector('.counts')
      await popup.screenshot({ path: `${OUT}/popup-${name}-${scheme}.png` })
      await popup.close()
      await page.bringToFront()
      await follower.show(tabId, key)
      await page.waitForTimeout(300)
      await page.screenshot({ path: `${OUT}/feed-${name}-${scheme}.png` })
    }
    const review = await browser.openOwn('extension/review.html')
    await review.emulateMedia({ colorScheme: scheme })
    await review.waitForSelector('[role=row], tbody tr')
    await review.screenshot({ path: `${OUT}/review-${scheme}.png` })
    await review.close()
  }
}

/** The list of what was flagged, by the same button that a reviewer presses. */
async function exportLists(browser: Browser): Promise<void> {
  const review = await browser.openOwn('extension/review.html#band=flagged')
  for (const format of ['CSV', 'JSONL']) {
    await review.getByRole('button', { name: /^导出/ }).click()
    const [download] = await Promise.all([review.waitForEvent('download'), review.getByRole('button', { name: format, exact: true }).click()])
    await download.saveAs(`${OUT}/mingcha.${format.toLowerCase()}`)
    await review.getByRole('button', { name: '关闭' }).click()
  }
  await review.close()
}
