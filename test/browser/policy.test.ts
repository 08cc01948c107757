/** With real policy files, where the browsers of this machine look for them: only root may write there. */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import { GECKO_ID } from '../../extension/manifest.ts'
import { openBrowser } from '../../src/cli/chromium.ts'
import { openFirefox } from './firefox.ts'

const CHROMIUM = '/etc/chromium/policies/managed/mingcha-test.json'
const FIREFOX = '/etc/firefox/policies/policies.json'
const POLICY = { organisation: '示例机构', display: { weibo: 'fold', zhihu: 'hide' }, retentionDays: 30, locked: ['display'], disabled: ['export'] }

const written: string[] = []
function write(path: string, value: object): void {
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, JSON.stringify(value), { flag: 'wx' })
  written.push(path)
}
afterEach(() => {
  for (const path of written.splice(0)) rmSync(path)
})

/** Runs in the page: rows of the policy table by name, and whether a site's choice can be changed. */
const SEEN = `({
  rows: Object.fromEntries([...document.querySelectorAll('.policy tbody tr')].map((row) => [row.cells[0].textContent, [row.cells[1].textContent, row.cells[2].textContent]])),
  by: document.querySelector('.policy').textContent,
  fixed: [...document.querySelectorAll('label.row')].find((row) => row.textContent.startsWith('微博')).querySelector('select').disabled,
  saves: [...document.querySelectorAll('button')].some((one) => one.textContent === '备份到文件'),
})`
interface Seen {
  rows: Record<string, [value: string, origin: string]>
  by: string
  fixed: boolean
  saves: boolean
}

function check({ rows, by, fixed, saves }: Seen): void {
  expect(rows['微博']).toEqual(['折叠', '策略（锁定）'])
  // A value that is none: left out and named, and the default holds.
  expect(by).toContain('display.zhihu')
  expect(rows['知乎']).toEqual(['标记', '策略（锁定）'])
  expect(rows['记录保留天数']).toEqual(['30', '策略（锁定）'])
  expect(by).toContain('示例机构')
  expect({ fixed, saves }).toEqual({ fixed: true, saves: false })
}

test('Chromium: a policy file fixes settings, and the page says where each comes from', async () => {
  // The id of an unpacked extension follows from its folder.
  const first = await openBrowser()
  const id = first.origin.split('/').at(-1)!
  await first.close()
  write(CHROMIUM, { '3rdparty': { extensions: { [id]: POLICY } } })
  const browser = await openBrowser()
  try {
    const page = await browser.openOwn('extension/options.html')
    await expect.poll(() => page.locator('.policy').innerText(), { timeout: 20_000 }).toContain('示例机构')
    check(await page.evaluate(SEEN))
  } finally {
    await browser.close()
  }
})

test('Firefox: the same policy', async () => {
  write(FIREFOX, { policies: { '3rdparty': { Extensions: { [GECKO_ID]: POLICY } } } })
  const firefox = await openFirefox()
  try {
    const page = await firefox.openOwn('extension/options.html', '.policy tbody tr')
    check((await page.evaluate(SEEN)) as Seen)
  } finally {
    await firefox.close()
  }
})
