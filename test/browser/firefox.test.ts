import Papa from 'papaparse'
import { describe, expect, test } from 'vitest'
import type { Case } from '../../src/types.ts'
import { clickMark, firefoxStage, marksOf } from './firefox.ts'

const it = firefoxStage({ prefs: { 'extensions.background.idle.timeout': 3_000 } })
const WEIBO = 'https://weibo.com/'
const TEXT = '网贷逾期不用怕，停息挂账找我们，先办后付，不成功不收费，点头像私信'
const words = async () => (await marksOf(it)).map(({ text }) => text).join('\n')

describe('the package in Firefox', () => {
  test('reads a feed, marks its adverts out of the page’s reach, and reports one', async () => {
    const page = await it.open(WEIBO)
    expect((await it.state())!.notJudged).toBe(0)
    expect((await marksOf(it)).length).toBeGreaterThan(0)
    expect(await page.content()).not.toMatch(/mingcha|明察|疑似/i)
    await clickMark(it, page, '广告')
    await expect.poll(words).toMatch(/依据[\s\S]*举报[\s\S]*不是/)
    await clickMark(it, page, '举报')
    await expect.poll(words).toMatch(/MC-\d{8}-/)
    expect((await it.state())!.items.filter(({ reported }) => reported)).toHaveLength(1)
    await page.close()
  })

  test('folds in place: covered by the style, nothing moves, and opens again', async () => {
    const page = await it.open(WEIBO)
    const height = () => page.evaluate(() => document.documentElement.scrollHeight)
    const covered = () => page.evaluate(() => [...(CSS.highlights.get('reader-folded') ?? [])].map(String).join('').length)
    const before = await height()
    const settings = await it.firefox.openOwn('extension/options.html', '.settings select')
    const choose = (value: string) =>
      settings.evaluate((chosen) => {
        const row = [...document.querySelectorAll('label.row')].find((one) => one.textContent?.startsWith('微博'))!
        const select = row.querySelector('select')!
        select.value = chosen
        select.dispatchEvent(new Event('change', { bubbles: true }))
      }, value)
    await choose('fold')
    await page.bringToFront()
    await expect.poll(words).toContain('已折叠')
    expect(await covered()).toBeGreaterThan(0)
    expect(await height()).toBe(before)
    await choose('mark')
    await expect.poll(covered).toBe(0)
    await settings.close()
    await page.close()
  })

  test('checks a pasted text; the panel beside the page lists its marks', async () => {
    const page = await it.open(WEIBO)
    const panel = await it.firefox.openOwn(`extension/panel.html?tab=${await it.tabId()}`, '.items li')
    await panel.type('textarea', TEXT)
    await panel.click('.check button[type=submit]')
    await panel.waitForSelector('.check ol', { timeout: 30_000 })
    expect(await panel.$eval('.check', (one) => one.textContent)).toMatch(/疑似[\s\S]*它许诺的/)
    await panel.close()
    await page.close()
  })

  test('a background page that ended while idle: what comes next is judged, and the reports are still there', async () => {
    const ended = () => it.desk.evaluate(async () => (await browser.runtime.getContexts({ contextTypes: ['BACKGROUND'] })).length === 0)
    await expect.poll(ended, { timeout: 30_000, interval: 4_000 }).toBe(true)
    const page = await it.open(WEIBO)
    const { notJudged, notJudgedReason, items } = (await it.state())!
    expect({ notJudged, notJudgedReason }).toEqual({ notJudged: 0, notJudgedReason: undefined })
    expect(items.some(({ reported }) => reported)).toBe(true)
    await page.close()
  }, 90_000)

  test('the review desk decides by key and exports what it shows', async () => {
    const review = await it.firefox.openOwn('extension/review.html#band=flagged', 'tbody tr[aria-rowindex]')
    await review.bringToFront()
    await review.keyboard.press('1')
    await review.keyboard.press('Enter')
    await expect.poll(() => review.$eval('tbody', (one) => one.textContent)).toContain('已确认')
    const press = (name: string) =>
      review.evaluate((wanted) => [...document.querySelectorAll('button')].find((one) => one.textContent?.includes(wanted))!.click(), name)
    const save = async (format: string) => {
      await press('导出')
      await press(format)
    }
    await save('JSONL')
    const cases = (await it.download('.jsonl')).split('\n').filter(Boolean).map((line) => JSON.parse(line) as Case)
    expect(cases.length).toBeGreaterThan(0)
    expect(cases.some(({ decision }) => decision === 'confirmed')).toBe(true)
    await press('关闭')
    await save('CSV')
    const table = Papa.parse<Record<string, string>>((await it.download('.csv')).slice(1), { header: true, skipEmptyLines: true }).data
    expect(table.map((row) => row['正文'])).toEqual(cases.map(({ post }) => post.text))
    await review.close()
  })
})
