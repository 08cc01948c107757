import { spawnSync } from 'node:child_process'
import { cpSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Browser, openBrowser } from '../../src/cli/chromium.ts'
import { follow, type Follower, settled } from '../../src/cli/follow.ts'
import { type SampleServer, serveSamples } from '../../src/cli/server.ts'
import { certificatesOf } from '../../src/evidence/timestamp.ts'
import { sha256 } from '../../src/evidence/hash.ts'
import { verifyPackage } from '../../src/evidence/verify.ts'
import { hasOpenssl, startAuthority } from '../evidence/authority.ts'

const folder = mkdtempSync(join(tmpdir(), 'mingcha-evidence-'))
let server: SampleServer
let browser: Browser
let follower: Follower
beforeAll(async () => {
  // A person's click on the toolbar button allows the screenshot; no driver can click there, so here the manifest does.
  const dist = join(folder, 'dist')
  cpSync('dist/chrome', dist, { recursive: true })
  const manifest = JSON.parse(readFileSync(join(dist, 'manifest.json'), 'utf8')) as Record<string, unknown>
  writeFileSync(join(dist, 'manifest.json'), JSON.stringify({ ...manifest, host_permissions: ['<all_urls>'] }))
  server = await serveSamples()
  browser = await openBrowser({ dist, args: server.args })
  follower = await follow(browser)
})
afterAll(async () => {
  await browser?.close()
  await server?.close()
})

test('a click preserves a post; the review desk writes its package and checks it', async () => {
  const page = await browser.context.newPage()
  await page.goto('https://weibo.com/')
  await page.bringToFront()
  await settled(follower)
  const popup = await browser.openOwn(`extension/popup.html?tab=${await follower.tabId()}`)
  await popup.waitForSelector('.items li')
  const shown = (await popup.locator('.items .quote').first().innerText()).replace('…', '').slice(0, 20)
  await page.bringToFront()
  await popup.evaluate(() => document.querySelector<HTMLButtonElement>('.items li .item-more button')!.click())
  await expect.poll(() => popup.evaluate(() => document.querySelector('.items li .preserved')?.textContent), { timeout: 20_000 }).toBe('已固定')
  await popup.close()

  const review = await browser.openOwn('extension/review.html')
  await review.waitForSelector('tbody tr')
  await review.locator('input[type=search]').fill(shown)
  await expect.poll(() => review.locator('.package').innerText()).toContain('已固定 1 次')
  expect(await review.locator('.history').innerText()).toContain('固定证据')
  const [download] = await Promise.all([review.waitForEvent('download'), review.getByRole('button', { name: '写成证据包' }).click()])
  const path = join(folder, download.suggestedFilename())
  expect(path).toMatch(/mingcha-weibo-.*\.wacz$/)
  await download.saveAs(path)
  const bytes = new Uint8Array(readFileSync(path))
  await expect.poll(() => review.locator('.package').innerText()).toContain(await sha256(bytes))

  const { findings, records, case: one } = await verifyPackage(bytes)
  expect(findings).toEqual([])
  expect(one!.history.map(({ what }) => what)).toEqual(['flagged', 'preserved'])
  expect(records.map(({ mime }) => mime)).toEqual(['application/warc-fields', 'text/html', 'text/plain', 'image/png', 'application/json'])
  const text = (index: number): string => new TextDecoder().decode(records[index]!.block)
  for (const index of [1, 2]) expect(text(index)).toContain(one!.post.text.split('\n')[0]!.slice(0, 10))
  // Our own mark is no part of the post.
  expect(text(2)).not.toContain('反催收代办 · 广告')
  const picture = Buffer.from(records[3]!.block)
  expect(picture.subarray(1, 4).toString()).toBe('PNG')
  expect([picture.readUInt32BE(16), picture.readUInt32BE(20)]).toEqual([1366, 900])

  const check = async (file: string): Promise<string> => {
    await review.locator('input[accept=".wacz,.zip"]').setInputFiles(file)
    await review.waitForSelector('dialog [role=alert]')
    const said = await review.locator('dialog').innerText()
    await review.locator('dialog button').click()
    return said
  }
  expect(await check(path)).toContain('完好：每一部分')
  bytes[2_000]! ^= 1
  writeFileSync(join(folder, 'broken.wacz'), bytes)
  expect(await check(join(folder, 'broken.wacz'))).toMatch(/不完好[\s\S]*archive\/data\.warc/)
  await review.close()
  await page.close()
})

test.skipIf(!hasOpenssl)('an authority that the person names stamps the package, and its root is what the stamp is checked under', async () => {
  const authority = await startAuthority('ec')
  try {
    const settings = await browser.openOwn('extension/options.html')
    await settings.getByLabel('机构的网址').fill(authority.url)
    await settings.getByLabel('信任的根证书').fill('-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----')
    await settings.locator('h1').click()
    await settings.getByRole('alert').waitFor()
    await settings.getByLabel('信任的根证书').fill(authority.root)
    await settings.locator('h1').click()
    await settings.getByRole('alert').waitFor({ state: 'detached' })
    await settings.close()

    const review = await browser.openOwn('extension/review.html')
    await review.waitForSelector('tbody tr')
    await review.locator('.package input[type=checkbox]').check()
    const [download] = await Promise.all([review.waitForEvent('download'), review.getByRole('button', { name: '写成证据包' }).click()])
    const path = join(folder, 'stamped.wacz')
    await download.saveAs(path)
    const { findings, stamp } = await verifyPackage(new Uint8Array(readFileSync(path)), certificatesOf(authority.root))
    expect(findings).toEqual([])
    expect(stamp).toMatchObject({ trusted: true })
    await review.locator('input[accept=".wacz,.zip"]').setInputFiles(path)
    await review.waitForSelector('dialog [role=alert]')
    expect(await review.locator('dialog').innerText()).toMatch(/完好[\s\S]*可信时间戳：.*由 C=CN, O=Test, CN=Test time 签发$/m)
    await review.close()
  } finally {
    await authority.close()
  }
})

test('scan writes the package of every flagged post of a saved page', async () => {
  const out = join(folder, 'out')
  const { stdout, stderr } = spawnSync('npx', ['--no-install', 'tsx', 'src/cli/scan.ts', '--url', 'https://weibo.com/', '--html', 'test/fixtures/sites/weibo/home-feed.html', '--evidence', out], { encoding: 'utf8' })
  const lines = stdout.trim().split('\n').map((line) => JSON.parse(line) as { id: string; text: string; verdict: { band: string }; evidence?: string })
  expect(lines.some(({ verdict }) => verdict.band === 'flagged'), stderr).toBe(true)
  for (const { id, text, verdict, evidence } of lines) {
    expect(evidence !== undefined).toBe(verdict.band === 'flagged')
    if (!evidence) continue
    const { findings, case: one, entries } = await verifyPackage(new Uint8Array(readFileSync(evidence)))
    expect(findings).toEqual([])
    expect(one).toMatchObject({ post: { id, text } })
    expect(new TextDecoder().decode(entries.find(({ path }) => path === 'evidence/list.json')!.bytes)).toContain('已保存的网页文件')
  }
})
