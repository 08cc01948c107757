import { describe, expect, test } from 'vitest'
import { marksOf, stage } from './browser.ts'

// Starting at all shows that the page comes up by itself in a fresh profile (src/cli/chromium).
const it = stage()

describe('the first run', () => {
  test('answers an example before anything is asked for', async () => {
    const page = await it.browser.openOwn('extension/welcome.html')
    await page.getByRole('button', { name: '用例子试试' }).click()
    await expect.poll(() => page.locator('.check').innerText(), { timeout: 20_000 }).toMatch(/疑似[\s\S]*它许诺的/)
    await page.close()
  })

  test('only the chosen sites are read', async () => {
    const page = await it.browser.openOwn('extension/welcome.html')
    await page.getByRole('button', { name: '全不选' }).click()
    await page.getByRole('checkbox', { name: '知乎' }).check()
    await page.getByRole('button', { name: '开始标记所选网站' }).click()
    await expect.poll(() => page.locator('[role=status]').innerText()).toContain('已开启 1 个网站')
    const weibo = await it.browser.context.newPage()
    await weibo.goto('https://weibo.com/')
    await weibo.bringToFront()
    await expect.poll(async () => (await it.follower.state())?.enabled).toBe(false)
    expect(await marksOf(weibo)).toEqual([])
    await page.bringToFront()
    await page.getByRole('checkbox', { name: '微博' }).check()
    await page.getByRole('button', { name: '开始标记所选网站' }).click()
    await expect.poll(() => page.locator('[role=status]').innerText()).toContain('已开启 2 个网站')
    await weibo.bringToFront()
    await expect.poll(async () => (await marksOf(weibo)).length, { timeout: 20_000 }).toBeGreaterThan(0)
  })
})
