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

  test('a list of a thousand is worked through by keys alone, two an item, and a family of it in one step', async () => {
    const [ALONE, FAMILY] = [1_000, 20]
    const list = Array.from({ length: ALONE + FAMILY }, (_, n): Case => ({
      key: `weibo:list${n}`,
      post: { platform: 'weibo', id: `list${n}`, kind: 'post', text: n < FAMILY ? `网贷逾期，停息挂账，先办后付，名额不多，有需要的姐妹找我，编号${n}` : `${String.fromCodePoint(0x4e00 + n * 7, 0x5000 + n * 11, 0x6000 + n * 5)}`, author: { name: `作者${n}` }, permalink: '' },
      pageUrl: '', verdict: { band: 'flagged', score: 0.9, categories: ['debt_ad'], form: 'ad', evidence: [], model: 'm' },
      firstSeen: 1e12 + n, lastSeen: 1e12 + n, decision: 'open', history: [{ at: 1e12, what: 'flagged', model: 'm' }],
    }))
    const review = await it.browser.openOwn('extension/review.html#state=open&origin=list')
    await review.locator('input[type=file]').first().setInputFiles({ name: '名单.jsonl', mimeType: 'application/x-ndjson', buffer: Buffer.from(list.map((one) => `${JSON.stringify(one)}\n`).join('')) })
    await review.getByRole('button', { name: '合并' }).click()
    const count = review.locator('.count')
    await expect.poll(() => count.innerText(), { timeout: 30_000 }).toContain(`显示 ${ALONE + FAMILY} `)
    const decided = new Map<string, string[]>()
    const begun = performance.now()
    // Newest first: the family, which is oldest, stands at the end.
    for (const [n, { key, post }] of list.slice(FAMILY).reverse().entries()) {
      const answer = n % 3
      await review.keyboard.press(String(answer + 1))
      await review.keyboard.press('Enter')
      const said = [['confirmed', 'wrong', 'unsure'][answer]!]
      if (n % 250 === 100) {
        // Once it has left the list, taken back and said otherwise with no pause: it is under work again as soon as the key was pressed.
        await expect.poll(() => count.innerText(), { timeout: 30_000 }).toContain(`显示 ${ALONE + FAMILY - n - 1} `)
        await review.keyboard.press('u')
        expect(await review.locator('.detail .full').innerText()).toBe(post.text)
        await review.keyboard.press(answer === 0 ? '2' : '1')
        await review.keyboard.press('Enter')
        said.push('open', answer === 0 ? 'wrong' : 'confirmed')
      }
      decided.set(key, said)
    }
    await expect.poll(() => count.innerText(), { timeout: 120_000 }).toContain(`显示 ${FAMILY} `)
    console.log(`${ALONE} items by keys: ${((performance.now() - begun) / 1000).toFixed(1)} s`)
    const kept = await review.evaluate(() => new Promise<Case[]>((resolve, reject) => {
      const opened = indexedDB.open('mingcha')
      opened.addEventListener('error', () => reject(opened.error))
      opened.addEventListener('success', () => {
        const all = opened.result.transaction('cases').objectStore('cases').getAll()
        all.addEventListener('success', () => resolve(all.result as Case[]))
        all.addEventListener('error', () => reject(all.error))
      })
    }))
    const histories = new Map(kept.filter(({ key }) => decided.has(key)).map(({ key, history }) => [key, history.filter(({ imported }) => imported === undefined).map(({ what }) => what as string)]))
    for (const [key, said] of decided) expect(histories.get(key), key).toEqual(said)
    for (const { key, decision } of kept) if (decided.has(key)) expect(decision, key).toBe(decided.get(key)!.at(-1))

    await review.locator('.twins').first().waitFor()
    for (const key of ['f', '1', 'Enter']) await review.keyboard.press(key)
    await expect.poll(() => count.innerText(), { timeout: 30_000 }).toContain('显示 0 ')
    await review.keyboard.press('u')
    await expect.poll(() => count.innerText(), { timeout: 30_000 }).toContain(`显示 ${FAMILY} `)
    await review.close()
  }, 600_000)

  test('speaks English as well', async () => {
    const review = await it.browser.openOwn('extension/review.html')
    await review.getByRole('button', { name: /English|英文/ }).click()
    await expect.poll(() => review.locator('header').innerText()).toMatch(/Export/)
    await review.getByRole('button', { name: /中文|Chinese/ }).click()
    await expect.poll(() => review.locator('header').innerText()).toMatch(/导出/)
    await review.close()
  })
})
