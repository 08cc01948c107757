/** Two reviewers' browsers with the built extension, over a real server: what one does, the other sees. */
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Browser, openBrowser } from '../../src/cli/chromium.ts'
import { type Cluster, startCluster } from './nats.ts'

let cluster: Cluster
const browsers: Browser[] = []

beforeAll(async () => {
  cluster = await startCluster({ nodes: 1 })
  for (const person of ['anna', 'bao']) {
    const browser = await openBrowser({})
    browsers.push(browser)
    const settings = await browser.openOwn('extension/options.html')
    const section = settings.locator('.team-settings')
    await section.getByLabel('服务器').fill('ws://nats.example.org')
    await section.getByLabel('登录名').fill(person)
    await section.getByRole('button', { name: '加入' }).click()
    await section.getByText('应以 wss:// 开头').waitFor()
    await section.getByLabel('服务器').fill(cluster.websockets.join(', '))
    await section.getByRole('button', { name: '加入' }).click()
    await section.getByText('已保存').waitFor()
  }
})
afterAll(async () => {
  for (const browser of browsers) await browser.close()
  await cluster?.stop()
})

/** Reports a post as popup and marks do. */
const report = (page: Page, id: string): Promise<unknown> =>
  page.evaluate((message) => chrome.runtime.sendMessage(message), {
    to: 'background',
    name: 'report',
    request: {
      post: { platform: 'weibo', id, kind: 'post', text: `停息挂账，先办后付${id}`, author: { name: '某人' }, permalink: '' },
      pageUrl: 'https://weibo.com/',
      verdict: { band: 'flagged', score: 0.99, categories: ['debt_ad'], form: 'ad', evidence: [{ start: 0, end: 4, weight: 1 }], model: 'm' },
      category: 'debt_ad',
      note: '',
    },
  })
const says = (page: Page, where: string) => expect.poll(() => page.locator(where).innerText(), { timeout: 30_000 })

test('a case goes from one to the other, comes back decided, and a conflict is shown to both until it is settled', async () => {
  const [anna, bao] = (await Promise.all(browsers.map((browser) => browser.openOwn('extension/review.html')))) as [Page, Page]
  await says(anna, '.team').toContain('已连接')
  await says(bao, '.team').toContain('已连接')
  await report(anna, 'p1')
  await says(bao, '.rows').toContain('先办后付p1')

  await bao.bringToFront()
  await bao.getByRole('button', { name: '领一条' }).click()
  await says(bao, '.team').toContain('在手的案例')
  await bao.keyboard.press('1')
  await bao.keyboard.press('Enter')
  await says(bao, '.team').toContain('领一条')
  await says(anna, '.history').toMatch(/已确认[\s\S]*bao/)

  // A second page of the same person waits for the link.
  const second = await browsers[1]!.openOwn('extension/review.html')
  await says(second, '.team').toContain('由另一个审阅页连接')
  await second.close()

  await anna.bringToFront()
  await anna.keyboard.press('2')
  await anna.keyboard.press('Enter')
  await says(bao, '.history').toContain('与本机不同')
  await bao.bringToFront()
  await bao.keyboard.press('2')
  await bao.keyboard.press('Enter')
  await says(bao, '.history h3').toContain('误')
  await expect.poll(() => bao.locator('.history .conflict').count()).toBe(0)
})

test('without a link decisions wait on this machine, and go out when it is back', async () => {
  const [anna, bao] = (await Promise.all(browsers.map((browser) => browser.context.pages().find((page) => page.url().includes('review.html'))!))) as [Page, Page]
  await report(anna, 'p2')
  await says(bao, '.rows').toContain('先办后付p2')
  await cluster.kill(0)
  await says(bao, '.team').toContain('连不上')
  await bao.bringToFront()
  await bao.getByText('先办后付p2').first().click()
  await bao.keyboard.press('1')
  await bao.keyboard.press('Enter')
  await says(bao, '.team').toContain('1 条待送')
  cluster.restart(0)
  await expect.poll(() => bao.locator('.team').innerText(), { timeout: 60_000 }).not.toContain('待送')
  await anna.bringToFront()
  await anna.getByText('先办后付p2').first().click()
  await says(anna, '.history').toMatch(/已确认[\s\S]*bao/)
})
