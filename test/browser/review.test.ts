import { readFileSync } from 'node:fs'
import Papa from 'papaparse'
import { beforeAll, describe, expect, test } from 'vitest'
import { scrollDown, settled } from '../../src/cli/follow.ts'
import type { Case } from '../../src/types.ts'
import { stage } from './browser.ts'

const it = stage()

describe('the review desk', () => {
  beforeAll(async () => {
    const page = await it.open('https://weibo.com/')
    await scrollDown(page)
    await settled(it.follower)
    await page.close()
  })

  test('lists what was flagged; a decision by key is kept over a reload', async () => {
    const review = await it.browser.openOwn('extension/review.html#band=flagged')
    await review.waitForSelector('tbody tr')
    const rows = await review.locator('tbody tr[aria-rowindex]').count()
    expect(rows).toBeGreaterThan(0)
    await review.keyboard.press('1')
    await review.keyboard.press('Enter')
    await expect.poll(() => review.locator('tbody').innerText()).toContain('已确认')
    await review.reload()
    await review.waitForSelector('tbody tr')
    expect(await review.locator('tbody').innerText()).toContain('已确认')
    await review.close()
  })

  test('exports exactly what the filter shows, for Excel, for programs and for print', async () => {
    const review = await it.browser.openOwn('extension/review.html#band=flagged')
    await review.waitForSelector('tbody tr')
    const get = async (name: string) => {
      await review.getByRole('button', { name: /^导出/ }).click()
      const [download] = await Promise.all([review.waitForEvent('download'), review.getByRole('button', { name, exact: true }).click()])
      await review.getByRole('button', { name: '关闭' }).click()
      return readFileSync(await download.path())
    }
    const csv = (await get('CSV')).toString('utf8')
    expect(csv.startsWith('\ufeff')).toBe(true)
    expect(csv.replaceAll('\r\n', '')).not.toContain('\r')
    const table = Papa.parse<Record<string, string>>(csv.slice(1), { header: true, skipEmptyLines: true }).data
    const cases = (await get('JSONL')).toString('utf8').split('\n').filter(Boolean).map((line) => JSON.parse(line) as Case)
    expect(cases.length).toBeGreaterThan(0)
    expect(cases.every(({ verdict }) => verdict.band === 'flagged')).toBe(true)
    expect(table.map((row) => row['正文'])).toEqual(cases.map(({ post }) => post.text))
    for (const row of table) for (const cell of Object.values(row)) expect(cell).not.toMatch(/^\s*[=+@\t\r＝＋－＠-]/)
    expect((await get('XLSX')).subarray(0, 2).toString('latin1')).toBe('PK')
    expect((await get('HTML')).toString('utf8')).toContain('疑似金融黑灰产内容线索')
    await review.close()
  })

  test('speaks English as well', async () => {
    const review = await it.browser.openOwn('extension/review.html')
    await review.getByRole('button', { name: /English|英文/ }).click()
    await expect.poll(() => review.locator('header').innerText()).toMatch(/Export/)
    await review.getByRole('button', { name: /中文|Chinese/ }).click()
    await expect.poll(() => review.locator('header').innerText()).toMatch(/导出/)
    await review.close()
  })
})
