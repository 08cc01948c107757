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
import { listPage } from './list-page.ts'

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

test('pictures of a post, if chosen: those in sight are cut from the screenshot, the others say why not, and nothing is asked for again', async () => {
  const box = (style: string, ...pictures: string[]): string => `<div style="${style}">${pictures.map((one) => `<img ${one}>`).join('')}</div>`
  const body = listPage(['网贷逾期别硬扛，停息挂账找我们，先办后付，不成功不收费，点头像私信']).replace('<span class="RichText ztext"></span>', (text) => text +
    box('width:50px;overflow:hidden;white-space:nowrap', 'src="https://pic1.zhimg.com/red.svg" style="width:80px;height:60px"') +
    box('', 'src="https://pic1.zhimg.com/red.svg?whole" style="width:80px;height:60px"', 'src="https://pic1.zhimg.com/red.svg?emoji" style="width:16px;height:16px"', 'src="https://pic1.zhimg.com/gone.svg" style="width:80px;height:60px"', 'src="https://pic1.zhimg.com/red.svg?far" style="position:absolute;top:5000px;width:80px;height:60px"'))
  const asked: string[] = []
  const red = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 80 60"><rect width="80" height="60" fill="#c80a14"/></svg>'
  await browser.context.route(/zhihu\.com|zhimg\.com/, (route) => {
    const url = new URL(route.request().url())
    asked.push(url.href)
    if (route.request().isNavigationRequest()) return route.fulfill({ contentType: 'text/html', body })
    return url.pathname === '/red.svg' ? route.fulfill({ contentType: 'image/svg+xml', body: red }) : route.abort()
  })
  const settings = await browser.openOwn('extension/options.html')
  await settings.getByRole('checkbox', { name: '留存内容中的图片' }).check()
  await settings.close()
  const page = await browser.context.newPage()
  await page.goto('https://www.zhihu.com/')
  await page.bringToFront()
  await settled(follower)
  const popup = await browser.openOwn(`extension/popup.html?tab=${await follower.tabId()}`)
  await popup.waitForSelector('.items li')
  await page.bringToFront()
  const before = [...asked]
  await popup.evaluate(() => document.querySelector<HTMLButtonElement>('.items li .item-more button')!.click())
  await expect.poll(() => popup.evaluate(() => document.querySelector('.items li .preserved')?.textContent), { timeout: 20_000 }).toBe('已固定')
  expect(asked).toEqual(before)
  await popup.close()

  const review = await browser.openOwn('extension/review.html')
  await review.locator('input[type=search]').fill('网贷逾期别硬扛')
  await expect.poll(() => review.locator('.package').innerText()).toContain('已固定 1 次')
  const [download] = await Promise.all([review.waitForEvent('download'), review.getByRole('button', { name: '写成证据包' }).click()])
  const { findings, records, entries } = await verifyPackage(new Uint8Array(readFileSync(await download.path())))
  expect(findings).toEqual([])
  const { pictures } = JSON.parse(new TextDecoder().decode(entries.find(({ path }) => path === 'evidence/list.json')!.bytes)) as { pictures: { zh: string }[] }
  expect(pictures.slice(1).map(({ zh }) => zh)).toEqual([
    expect.stringMatching(/^图片 1：只留存可见的部分，截自屏幕截图，50×60 像素.*red\.svg$/),
    expect.stringMatching(/^图片 2：已留存显示的样子，截自屏幕截图，80×60 像素.*whole$/),
    expect.stringMatching(/^图片 3：没有留存：小于 32 像素/),
    expect.stringMatching(/^图片 4：没有留存：固定时还没有载入.*gone\.svg$/),
    expect.stringMatching(/^图片 5：没有留存：固定时不在屏幕可见的部分.*far$/),
  ])
  const kept = records.filter(({ uri }) => uri.startsWith('urn:cutting:'))
  expect(kept).toHaveLength(2)
  for (const { block } of kept) {
    const colours = await review.evaluate(async (base64) => {
      const picture = await createImageBitmap(await (await fetch(`data:image/png;base64,${base64}`)).blob())
      const context = new OffscreenCanvas(picture.width, picture.height).getContext('2d')!
      context.drawImage(picture, 0, 0)
      const { data } = context.getImageData(0, 0, picture.width, picture.height)
      return [...new Set(Array.from({ length: data.length / 4 }, (_, at) => [...data.slice(at * 4, at * 4 + 4)].join()))]
    }, Buffer.from(block).toString('base64'))
    // Nothing but the picture, edge to edge.
    expect(colours).toEqual(['200,10,20,255'])
  }
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
