/**
 * The whole check, as a consumer does it, by mouse and again by keys alone, in Chinese and English: in the popup, and for
 * words selected on a page. The entry of the context menu is drawn by the browser, out of a test's reach: its press is told
 * to the extension with the words that are selected.
 */
import type { Page } from 'playwright-core'
import { describe, expect, test } from 'vitest'
import { stage } from './browser.ts'

const it = stage()
const ADVERT = '网贷逾期不用怕，停息挂账找我们，先办后付，不成功不收费，点头像私信'
const DULL = '中午吃了碗牛肉面，味道不错'
/** More stops than any of these pages has. */
const STOPS = 60

interface Hand {
  /** Comes to what the selector names. */
  reach(page: Page, selector: string): Promise<void>
  /** Comes to it and presses it. */
  press(page: Page, selector: string): Promise<void>
}

const mouse: Hand = {
  reach: (page, selector) => page.locator(selector).click(),
  press: (page, selector) => page.locator(selector).click(),
}
const reachByKeys = async (page: Page, selector: string): Promise<void> => {
  for (let stop = 0; stop < STOPS; stop++) {
    if (await page.evaluate((wanted) => document.activeElement?.matches(wanted) ?? false, selector)) return
    await page.keyboard.press('Tab')
  }
  throw new Error(`no way by Tab to ${selector}`)
}
const keys: Hand = {
  reach: reachByKeys,
  async press(page, selector) {
    await reachByKeys(page, selector)
    await page.keyboard.press('Enter')
  },
}

const LANGUAGES = {
  zh: { flagged: /疑似[\s\S]*它许诺的[\s\S]*已经付/, done: /转账/, clean: /没有发现|没发现/ },
  en: { flagged: /Suspected|Likely|Possible/i, done: /bank/i, clean: /No known scheme found/ },
} as const

for (const language of ['zh', 'en'] as const) {
  describe.each([{ name: 'mouse', hand: mouse }, { name: 'keys alone', hand: keys }])(`the check in ${language} by $name`, ({ hand }) => {
    const words = LANGUAGES[language]
    const speak = async (): Promise<void> => {
      const settings = await it.browser.openOwn('extension/options.html')
      await settings.locator('select').first().selectOption(language)
      await expect.poll(() => settings.locator('html').getAttribute('lang')).toMatch(language)
      await settings.close()
    }
    const answer = (page: Page): Promise<string> => page.locator('.check .answer').innerText({ timeout: 20_000 })

    test('a pasted text is answered, what to do after paying opens, and another text takes its place', async () => {
      await speak()
      const popup = await it.browser.openOwn('extension/popup.html')
      await popup.waitForSelector('#check-text')
      await hand.reach(popup, '#check-text')
      await popup.keyboard.insertText(ADVERT)
      await hand.press(popup, '.check button[type=submit]')
      await expect.poll(() => answer(popup), { timeout: 20_000 }).toMatch(words.flagged)
      await hand.press(popup, '.paid summary')
      await expect.poll(() => popup.locator('.paid ol').isVisible()).toBe(true)
      expect(await popup.locator('.paid li').allInnerTexts()).toHaveLength(4)
      await popup.keyboard.press('Home')
      await hand.reach(popup, '#check-text')
      await popup.keyboard.press('ControlOrMeta+a')
      await popup.keyboard.insertText(DULL)
      await hand.press(popup, '.check button[type=submit]')
      await expect.poll(() => answer(popup), { timeout: 20_000 }).toMatch(words.clean)
      await popup.close()
    })

    test('words selected on a page are answered in a window of their own', async () => {
      await speak()
      const page = await it.open('https://weibo.com/')
      const post = page.getByText(/停息挂账|征信修复|反催收|协商/).first()
      if (hand === mouse) await post.click({ clickCount: 3 })
      else await page.keyboard.press('ControlOrMeta+a')
      const selectionText = await page.evaluate(() => String(getSelection()))
      expect(selectionText.length).toBeGreaterThan(8)
      const opened = it.browser.context.waitForEvent('page')
      const [worker] = it.browser.context.serviceWorkers()
      await worker!.evaluate((words) => (chrome.contextMenus.onClicked as unknown as { dispatch(info: object): void }).dispatch({ menuItemId: 'check', selectionText: words }), selectionText)
      const check = await opened
      await check.waitForSelector('.check .answer', { timeout: 30_000 })
      expect((await check.locator('#check-text').inputValue()).slice(0, 8).trim()).not.toBe('')
      await hand.press(check, '.check-do button[type=button]')
      await expect.poll(() => check.locator('.answer').count()).toBe(0)
      expect(await check.evaluate(() => document.activeElement?.id)).toBe('check-text')
      await check.close()
      await page.close()
    })
  })
}
