import { cpSync, mkdtempSync, readdirSync, truncateSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { openBrowser } from '../../src/cli/chromium.ts'
import { follow, settled } from '../../src/cli/follow.ts'
import { serveSamples } from '../../src/cli/server.ts'
import { killServiceWorker, marksOf, stage } from './browser.ts'

const it = stage()

describe('when something fails, the user sees a state', () => {
  test('a service worker that was ended: the next post is judged all the same, and cases are still there', async () => {
    const first = await it.open('https://weibo.com/')
    const before = (await it.follower.state())!.items.length
    expect(before).toBeGreaterThan(0)
    expect(await killServiceWorker(it.browser)).toBe(true)
    await first.reload()
    await settled(it.follower)
    expect((await it.follower.state())!.items.length).toBe(before)
    expect((await it.follower.state())!.notJudged).toBe(0)
    await first.close()
  })

  test('an engine that goes away: what is judged next starts it again', async () => {
    const page = await it.browser.openOwn('extension/popup.html')
    await page.evaluate(() => chrome.offscreen.closeDocument().catch(() => undefined))
    await page.locator('textarea').fill('网贷逾期不用怕，停息挂账找我们，先办后付，点头像私信')
    await page.locator('.check button[type=submit]').click()
    await expect.poll(() => page.locator('.check').innerText(), { timeout: 30_000 }).toMatch(/疑似/)
    await page.close()
  })

  test('a page that the adapter does not understand is said to be new to us', async () => {
    const page = await it.browser.context.newPage()
    await page.route('https://weibo.com/', (route) => route.fulfill({ contentType: 'text/html; charset=utf-8', body: `<body>${'<p>换了版式的页面，一条帖子也认不出来。</p>'.repeat(40)}` }))
    await page.goto('https://weibo.com/')
    await page.bringToFront()
    await expect.poll(async () => (await it.follower.state())?.blind, { timeout: 20_000 }).toBe(true)
    const popup = await it.popup(await it.tabId())
    await expect.poll(() => popup.locator('main').innerText()).toMatch(/版式/)
    await popup.close()
    await page.close()
  })

  test('posts that only the structure of the page still shows are read by it, and the popup has a report to copy', async () => {
    const post = (i: number) => `<div class="q${i % 2}"><a href="/u/10${i}">某人${i}</a><time>昨天</time><p>第 ${i} 条，今天的天气真不错，出门走了走。</p></div>`
    const page = await it.browser.context.newPage()
    await page.route('https://weibo.com/', (route) => route.fulfill({ contentType: 'text/html; charset=utf-8', body: `<body>${Array.from({ length: 12 }, (_, i) => post(i)).join('')}` }))
    await page.goto('https://weibo.com/')
    await page.bringToFront()
    await expect.poll(async () => (await it.follower.state())?.newForm, { timeout: 20_000 }).toMatch(/^adapter weibo, weibo\.com\/\nfound 0, read 0/)
    await expect.poll(async () => (await it.follower.state())?.read, { timeout: 20_000 }).toBe(12)
    await page.close()
  })
})

test('a model file that cannot be read: nothing is called clean, and the popup says why', async () => {
  const dist = join(mkdtempSync(join(tmpdir(), 'mingcha-broken-')), 'chrome')
  cpSync('dist/chrome', dist, { recursive: true })
  const model = readdirSync(join(dist, 'assets')).find((name) => name.endsWith('.onnx'))!
  truncateSync(join(dist, 'assets', model), 1_000)
  const server = await serveSamples()
  const browser = await openBrowser({ dist, args: server.args })
  try {
    const follower = await follow(browser)
    const page = await browser.context.newPage()
    await page.goto('https://weibo.com/')
    await page.bringToFront()
    await settled(follower)
    const state = (await follower.state())!
    expect(state.notJudged).toBe(state.read)
    expect(state.notJudgedReason).toBe('modelUnreadable')
    expect((await follower.take()).every(({ verdict }) => verdict.band === 'not_judged')).toBe(true)
    const popup = await browser.openOwn(`extension/popup.html?tab=${await follower.tabId()}`)
    await expect.poll(() => popup.locator('main').innerText()).toMatch(/模型/)
  } finally {
    await browser.close()
    await server.close()
  }
})

test('a full disk: posts are judged and marked, and the popup says that nothing can be kept', async () => {
  // A browser of its own: Chromium remembers for a while how much room there was.
  const server = await serveSamples()
  const browser = await openBrowser({ args: server.args })
  try {
    const follower = await follow(browser)
    const own = await browser.openOwn('extension/popup.html')
    const cdp = await browser.context.newCDPSession(own)
    await cdp.send('Storage.overrideQuotaForOrigin', { origin: browser.origin, quotaSize: 1 })
    const page = await browser.context.newPage()
    await page.goto('https://weibo.com/')
    await page.bringToFront()
    await expect.poll(async () => (await follower.state())?.storeProblem, { timeout: 20_000 }).toBe('storeFull')
    await settled(follower)
    expect((await marksOf(page)).length).toBeGreaterThan(0)
    const popup = await browser.openOwn(`extension/popup.html?tab=${await follower.tabId()}`)
    await expect.poll(() => popup.locator('main').innerText()).toMatch(/空间|已满/)
  } finally {
    await browser.close()
    await server.close()
  }
})
