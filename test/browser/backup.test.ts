import { writeFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { stage } from './browser.ts'

const it = stage()

test('settings and records go into one file and come back from it, shown first; a foreign file changes nothing', async () => {
  const feed = await it.open('https://weibo.com/')
  await feed.close()
  const page = await it.browser.openOwn('extension/options.html')
  const display = page.getByRole('combobox', { name: '知乎' })
  await display.selectOption('fold')
  const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name: '备份到文件' }).click()])
  const path = await download.path()
  const count = () => page.evaluate(async () => {
    const db = await new Promise<IDBDatabase>((done) => (indexedDB.open('mingcha').onsuccess = ({ target }) => done((target as IDBOpenDBRequest).result)))
    const n = await new Promise<number>((done) => (db.transaction('cases').objectStore('cases').count().onsuccess = ({ target }) => done((target as IDBRequest<number>).result)))
    db.close()
    return n
  })
  const before = await count()
  expect(before).toBeGreaterThan(0)
  const kept = () => page.locator('.kept td').allInnerTexts()
  await expect.poll(async () => (await kept()).map(Number)).toEqual([before, 0, 0, expect.any(Number)])
  expect(Number((await kept())[3])).toBeGreaterThan(before)

  for (const name of ['恢复默认设置', '清除全部记录']) {
    await page.getByRole('button', { name }).click()
    await page.getByRole('button', { name: '确定' }).click()
  }
  await expect.poll(count).toBe(0)
  await expect.poll(() => display.inputValue()).toBe('mark')
  await expect.poll(kept).toEqual(['0', '0', '0', '0'])

  await page.locator('.backup input[type=file]').setInputFiles(path)
  await expect.poll(() => page.locator('.backup .notice').innerText()).toMatch(new RegExp(`记录：新增 ${before}[\\s\\S]*网站显示会改：1 处`))
  expect(await count()).toBe(0)
  await page.getByRole('button', { name: '恢复', exact: true }).click()
  await expect.poll(count).toBe(before)
  await expect.poll(() => display.inputValue()).toBe('fold')

  const foreign = path.replace(/[^/]*$/, 'foreign.json')
  writeFileSync(foreign, '{"settings":{}}')
  await page.locator('.backup input[type=file]').setInputFiles(foreign)
  await expect.poll(() => page.locator('.backup > [role=status]').innerText()).toContain('这不是明察的备份文件')
  expect(await count()).toBe(before)
  await page.close()
})
