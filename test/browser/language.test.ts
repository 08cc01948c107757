import { expect, test } from 'vitest'
import { marksOf, stage } from './browser.ts'

const it = stage()

test('the language is switched at run time, in open pages and in the marks of open feeds, also to Traditional Chinese', async () => {
  const page = await it.open('https://weibo.com/')
  const settings = await it.browser.openOwn('extension/options.html')
  const review = await it.browser.openOwn('extension/review.html')
  const choose = (value: string) => settings.locator('select').first().selectOption(value)
  const marks = async () => (await marksOf(page)).map(({ text }) => text).join()
  for (const [value, tag, heading, header, mark] of [
    ['en', 'en', 'Settings', /Export/, /advert/i],
    ['zh-TW', 'zh-TW', '設定', /匯出/, /廣告/],
    ['zh', 'zh-CN', '设置', /导出/, /广告/],
  ] as const) {
    await choose(value)
    await expect.poll(() => settings.locator('h1').innerText()).toBe(heading)
    expect(await settings.locator('html').getAttribute('lang')).toBe(tag)
    await expect.poll(() => review.locator('header').innerText()).toMatch(header)
    await page.bringToFront()
    await expect.poll(marks).toMatch(mark)
  }
})
