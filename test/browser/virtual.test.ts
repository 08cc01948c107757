import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Browser, openBrowser } from '../../src/cli/chromium.ts'
import { follow, type Follower, settled } from '../../src/cli/follow.ts'
import { marksOf } from './browser.ts'
import { HEIGHT, listPage } from './list-page.ts'

const POSTS = 2_000
/** One post in this many is an advert, by the same words each time but for its number. */
const EVERY = 50
const advert = (n: number): string => `网贷逾期别硬扛，停息挂账找我们，先办后付，不成功不收费，点头像私信 ${n}`
const plain = (n: number): string => `今天走了 ${3_000 + n} 步，晚饭吃的番茄牛腩，窗外在下雨`
const PAGE = listPage(Array.from({ length: POSTS }, (_, n) => (n % EVERY === 7 ? advert(n) : plain(n))))

let browser: Browser
let follower: Follower
beforeAll(async () => {
  browser = await openBrowser()
  follower = await follow(browser)
})
afterAll(() => browser?.close())

/** Through the whole list in steps shorter than the window. */
async function scroll(page: Page, direction: 1 | -1): Promise<void> {
  for (let at = 0; at <= POSTS * HEIGHT; at += 800) {
    await page.evaluate((y) => scrollTo(0, y), direction > 0 ? at : POSTS * HEIGHT - at)
    await page.waitForTimeout(25)
  }
  await settled(follower)
}

test('a list of 2,000 posts in 16 elements, twice down and up: each text judged once, marks only on adverts', async () => {
  const page = await browser.context.newPage()
  await page.route('**/*', (route) => (route.request().isNavigationRequest() ? route.fulfill({ contentType: 'text/html', body: PAGE }) : route.abort()))
  await page.goto('https://www.zhihu.com/')
  await page.bringToFront()
  await settled(follower)
  const times = new Map<string, number>()
  const wrong: string[] = []
  for (const direction of [1, -1, 1, -1] as const) {
    await scroll(page, direction)
    for (const { post, verdict } of await follower.take()) {
      times.set(post.text, (times.get(post.text) ?? 0) + 1)
      if ((verdict.band === 'flagged') !== post.text.startsWith('网贷')) wrong.push(`${verdict.band} ${post.text}`)
    }
    // Whatever an element shows now, its mark is that of this post.
    const shown = await page.evaluate(() => [...document.querySelectorAll('.ztext')].filter((one) => one.textContent!.startsWith('网贷')).length)
    expect((await marksOf(page)).length).toBe(shown)
  }
  // Fast scrolling skips a row now and then; what was seen was judged once.
  expect(times.size).toBeGreaterThan(POSTS * 0.9)
  expect([...times].filter(([, count]) => count > 1)).toEqual([])
  expect(wrong).toEqual([])
  await page.close()
}, 300_000)
