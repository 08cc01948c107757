/** What a feed may cost, in counts: they say the same on every machine, where times do not. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Browser, openBrowser } from '../../src/cli/chromium.ts'
import { follow, type Follower, settled } from '../../src/cli/follow.ts'
import { listPage } from './list-page.ts'

/** Two of these texts come twice: 22 posts, 20 texts. */
const TEXTS = Array.from({ length: 20 }, (_, n) => `第${n}天：走了 ${3_000 + n} 步，晚饭吃的番茄牛腩，窗外在下雨`)
const FEED = [...TEXTS, TEXTS[3]!, TEXTS[5]!]
/** Posts in a message, as src/feed.ts sends them. */
const BATCH = 8
const URL = 'https://www.zhihu.com/'

/** Runs in a page of the extension, which hears what content scripts and the background send. */
const COUNT = `
  globalThis.counts = {}
  chrome.runtime.onMessage.addListener(({ name, request }) => {
    const now = (counts[name] ??= { messages: 0, texts: 0 })
    now.messages++
    now.texts += (request?.texts ?? request?.posts ?? []).length
  })
`

const profile = mkdtempSync(join(tmpdir(), 'mingcha-counts-'))
let browser: Browser
let follower: Follower
let listener: Page

async function open(): Promise<void> {
  browser = await openBrowser({ profile })
  // A profile of ours is not cleared of its first page, which would come in front of the feed.
  browser.context.on('page', (page) => void page.waitForURL(/\/welcome\.html$/, { timeout: 10_000 }).then(() => page.close(), () => undefined))
  await Promise.all(browser.context.pages().filter((page) => page.url().endsWith('/welcome.html')).map((page) => page.close()))
  await browser.context.route(`${URL}**`, (route) => (route.request().isNavigationRequest() ? route.fulfill({ contentType: 'text/html; charset=utf-8', body: listPage(FEED) }) : route.abort()))
  listener = await browser.openOwn('extension/check.html')
  await listener.evaluate(COUNT)
  follower = await follow(browser)
}
beforeAll(open)
afterAll(async () => {
  await browser?.close()
  rmSync(profile, { recursive: true, force: true, maxRetries: 3 })
})

interface Count {
  messages: number
  texts: number
}
/** What was sent since it was last asked. `classify` goes to the engine: its texts are those that the model reads. */
async function counted(): Promise<{ judge: Count; classify: Count; badge: Count }> {
  const all = (await listener.evaluate('const was = counts; counts = {}; was')) as Record<string, Count>
  const none: Count = { messages: 0, texts: 0 }
  return { judge: all['judge'] ?? none, classify: all['classify'] ?? none, badge: all['badge'] ?? none }
}

/** Opens the feed, or loads it again, and reads it to its end. */
async function read(page?: Page): Promise<Page> {
  const shown = page ?? (await browser.context.newPage())
  await (page ? shown.reload() : shown.goto(URL))
  await shown.bringToFront()
  await settled(follower)
  await shown.evaluate(() => scrollTo(0, document.body.scrollHeight))
  await settled(follower)
  return shown
}

test('a feed of 22 posts: each text reaches the model once, in few messages; nothing when it is seen again', async () => {
  const page = await read()
  const first = await counted()
  expect(first.classify.texts).toBe(TEXTS.length)
  expect(first.judge.texts).toBe(FEED.length)
  // Two screens are read: each may leave a last message that is not full.
  expect(first.judge.messages).toBeLessThanOrEqual(Math.ceil(FEED.length / BATCH) + 2)
  // One as each answer changes what the toolbar says, one as the feed starts and one as it is done.
  expect(first.badge.messages).toBeLessThanOrEqual(first.judge.messages + 2)

  await page.evaluate(() => scrollTo(0, 0))
  await settled(follower)
  expect((await counted()).judge.messages).toBe(0)

  await read(page)
  expect((await counted()).classify.texts).toBe(0)
  await page.close()
  await (await read()).close()
  expect((await counted()).classify.texts).toBe(0)
})

test('after the browser was started again, what was judged before is not judged anew', async () => {
  await browser.close()
  await open()
  await (await read()).close()
  const { judge, classify } = await counted()
  expect(judge.texts).toBe(FEED.length)
  expect(classify.texts).toBe(0)
})
