import { describe, expect, test } from 'vitest'
import { marksOf, stage } from './browser.ts'

const it = stage()

describe('the popup', () => {
  test("lists the tab's flagged posts; reporting and dismissing reach the page", async () => {
    const page = await it.open('https://weibo.com/')
    const tabId = await it.tabId()
    const popup = await it.popup(tabId)
    await popup.waitForSelector('.items li')
    expect(await popup.locator('.counts').innerText()).toMatch(/已看 \d+ · 标记 \d+/)
    const item = popup.locator('.items li').first()
    await item.getByRole('button', { name: '举报' }).click()
    await expect.poll(() => item.innerText()).toContain('已举报')
    await item.getByRole('button', { name: '撤回' }).click()
    await expect.poll(() => item.getByRole('button', { name: '举报' }).count()).toBe(1)
    await page.bringToFront()
    expect((await marksOf(page)).length).toBeGreaterThan(0)
    await popup.close()
    await page.close()
  })

  test('switches the site off and on: marks go and come back', async () => {
    const page = await it.open('https://weibo.com/')
    const popup = await it.popup(await it.tabId())
    await popup.getByRole('switch').click()
    await expect.poll(() => popup.getByRole('switch').getAttribute('aria-checked')).toBe('false')
    await expect.poll(async () => (await marksOf(page)).length).toBe(0)
    await popup.getByRole('switch').click()
    await expect.poll(async () => (await marksOf(page)).length, { timeout: 20_000 }).toBeGreaterThan(0)
    await popup.close()
    await page.close()
  })

  test('checks a pasted text without keeping it', async () => {
    const popup = await it.browser.openOwn('extension/popup.html')
    await popup.locator('textarea').fill('网贷逾期不用怕，停息挂账找我们，先办后付，不成功不收费，点头像私信')
    await popup.locator('.check button[type=submit]').click()
    await expect.poll(() => popup.locator('.check').innerText(), { timeout: 20_000 }).toMatch(/疑似/)
    await popup.locator('textarea').fill('中午吃了碗牛肉面，味道不错')
    await popup.locator('.check button[type=submit]').click()
    await expect.poll(() => popup.locator('.check').innerText(), { timeout: 20_000 }).not.toMatch(/疑似/)
    await popup.close()
    const review = await it.browser.openOwn('extension/review.html')
    await review.waitForSelector('main')
    expect(await review.locator('main').innerText()).not.toContain('先办后付，不成功不收费，点头像私信')
    await review.close()
  })
})
