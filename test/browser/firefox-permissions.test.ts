import { expect, test } from 'vitest'
import { firefoxStage, marksOf, settled } from './firefox.ts'
import type browserApi from 'webextension-polyfill'

declare const browser: typeof browserApi

const it = firefoxStage({ prefs: { 'extensions.webextOptionalPermissionPrompts': false } })
const SITES = ['https://weibo.com/*', 'https://www.weibo.com/*', 'https://s.weibo.com/*', 'https://m.weibo.cn/*']

test('Firefox without leave for a site: nothing is read there; one click in the first page gives it, and the open page is read at once', async () => {
  await it.desk.evaluate((origins) => browser.permissions.remove({ origins }), SITES)
  const page = await it.firefox.puppet.newPage()
  await page.goto(`https://weibo.com:${it.server.port}/`)
  await page.bringToFront()
  expect(await it.state()).toBeUndefined()

  const welcome = await it.firefox.openOwn('extension/welcome.html', '.choices input')
  await welcome.bringToFront()
  // The example needs no leave of any kind.
  await welcome.evaluate(() => [...document.querySelectorAll('button')].find((one) => one.textContent === '用例子试试')!.click())
  await welcome.waitForSelector('.check ol', { timeout: 30_000 })
  await welcome.evaluate(() => [...document.querySelectorAll('button')].find((one) => one.textContent === '全不选')!.click())
  await welcome.click('input[name=weibo]')
  await welcome.click('.choices ~ button[type=submit]')
  await expect.poll(() => welcome.$eval('.done', (one) => one.textContent)).toContain('已开启 1 个网站')
  await welcome.close()

  await page.bringToFront()
  await settled(it)
  expect((await marksOf(it)).length).toBeGreaterThan(0)
})
