import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { ElementHandle } from 'puppeteer-core'
import { afterAll, expect, test } from 'vitest'
import type browserApi from 'webextension-polyfill'
import { loadConfig, readModel } from '../../src/cli/model.ts'
import { sha256 } from '../../src/evidence/hash.ts'
import { LIMITS, newKey, sign } from '../../src/signed/envelope.ts'
import type { Verdict } from '../../src/types.ts'
import { payloadOf } from '../../src/updates/bundle.ts'
import { MODEL_KEY } from '../../src/updates/pinned.ts'
import { clickInMark, marksOf, stage } from './browser.ts'
import { openFirefox } from './firefox.ts'

declare const browser: typeof browserApi

const NEWER = '2099.1.1'
const folder = mkdtempSync(join(tmpdir(), 'mingcha-updates-'))
const key = await newKey()
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const ADDRESS = 'https://updates.example.org/model.json'

/** The built extension, but for the key pinned in it, of which tests have no other half, and one permission, which no test could click. */
function withKey(dist: string): string {
  const copy = join(folder, dist)
  cpSync(dist, copy, { recursive: true })
  const pinned = readdirSync(copy, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.js'))
    .map((name) => [join(copy, name), readFileSync(join(copy, name), 'utf8')] as const)
    .filter(([, text]) => text.includes(MODEL_KEY))
  expect(pinned).not.toEqual([])
  for (const [path, text] of pinned) writeFileSync(path, text.replaceAll(MODEL_KEY, key.x!))
  const manifest = JSON.parse(readFileSync(join(copy, 'manifest.json'), 'utf8')) as object
  writeFileSync(join(copy, 'manifest.json'), JSON.stringify({ ...manifest, host_permissions: [ADDRESS.replace('model.json', '*')] }))
  return copy
}

const files = await readModel()
const shipped = await loadConfig()
const signed = (version: string, more: object = {}, norms?: object): Promise<string> => sign('model', payloadOf({ ...files, config: { ...shipped, version }, ...more }, norms), key)
const file = (name: string, text: string): string => {
  const path = join(folder, name)
  writeFileSync(path, text)
  return path
}
const good = await signed(NEWER)

const it = stage({ dist: withKey('dist/chrome') })

/** The section of the settings page, with what the tests do there. */
async function openSection() {
  const page = await it.browser.openOwn('extension/options.html')
  const section = page.locator('.model-update')
  await section.getByText(/正在使用/).waitFor()
  return {
    page,
    text: () => section.innerText(),
    give: (path: string) => section.getByLabel('导入模型文件…').setInputFiles(path),
    fetch: async () => {
      await section.getByLabel('模型的网址').fill(ADDRESS)
      await section.getByRole('button', { name: '从网址取模型' }).click()
    },
    click: (name: string) => section.getByRole('button', { name }).click(),
    says: (words: string | RegExp) => expect.poll(() => section.getByRole('status').innerText(), { timeout: 60_000 }).toMatch(words),
    shows: (words: string) => expect.poll(() => section.innerText(), { timeout: 60_000 }).toContain(words),
    /** Which model judges a text that was never judged before. */
    model: () =>
      page.evaluate(async (text) => {
        const { value } = (await chrome.runtime.sendMessage({ to: 'background', name: 'check', request: { text } })) as { value: Verdict }
        return value.model
      }, `早饭吃了 ${Math.random()} 个包子`),
  }
}

/** Opens a mark of a fresh feed and reads in it which model spoke. */
async function modelInMark(): Promise<string> {
  const page = await it.open('https://weibo.com/')
  const [mark] = await marksOf(page)
  await mark!.click()
  await clickInMark(page, '为什么')
  const text = (await marksOf(page)).map((one) => one.text).join('\n')
  await page.close()
  return text
}

test('a signed model is installed from the settings page, speaks in the marks, and the one before is restored', async () => {
  const before = await modelInMark()
  expect(before).toContain(shipped.version)
  const settings = await openSection()
  await settings.shows(`随扩展附带的模型 ${shipped.version}`)
  await settings.give(file('good.json', good))
  await settings.shows(`模型 ${NEWER}，签名完好；正在使用的是 ${shipped.version}`)
  await settings.click('使用这一版')
  await settings.says(`正在使用模型 ${NEWER}`)
  await settings.shows(`正在使用更新的模型 ${NEWER}`)
  expect(await settings.model()).toBe(NEWER)
  // The same posts were judged and remembered by the model before.
  expect(await modelInMark()).toContain(NEWER)

  await settings.page.bringToFront()
  await settings.click(`换回 ${shipped.version}`)
  await settings.says(`正在使用模型 ${shipped.version}`)
  expect(await settings.model()).toBe(shipped.version)
  expect(await modelInMark()).not.toContain(NEWER)
  await settings.click(`换回 ${NEWER}`)
  await settings.says(`正在使用模型 ${NEWER}`)
  await settings.page.close()
})

test('forged, truncated, oversized, older, not to be run: refused with the reason, and the one in use goes on', async () => {
  const settings = await openSection()
  await settings.shows(`正在使用更新的模型 ${NEWER}`)
  const refused = async (text: string, words: string): Promise<void> => {
    await settings.give(file('bad.json', text))
    await settings.says(words)
    expect(await settings.model()).toBe(NEWER)
  }
  await refused(good.replace(NEWER, '2099.1.2'), '签名不符')
  await refused(await sign('model', JSON.parse(good).payload, await newKey()), '没有被信任')
  await refused(good.slice(0, -5_000_000), '读不出签名文件')
  await refused(good + ' '.repeat(LIMITS.model), '模型（20 MB）的上限')
  await refused(good, '已经在使用')

  await settings.give(file('older.json', await signed('2026.1.1')))
  await settings.shows('这一版比正在使用的或随附的旧，没有换用')
  expect(await settings.model()).toBe(NEWER)
  await settings.click('取消')

  // Well signed and whole, but nothing that the runtime could run.
  const judge = new TextEncoder().encode('not a network')
  const stated = { bytes: judge.length, sha256: await sha256(judge) }
  await settings.give(file('dead.json', await signed('2099.1.3', { judge, config: { ...shipped, version: '2099.1.3', files: { ...shipped.files, judge: stated } } })))
  await settings.shows('模型 2099.1.3，签名完好')
  await settings.click('使用这一版')
  await settings.says('不能运行，已退回原来的')
  await settings.shows(`正在使用更新的模型 ${NEWER}`)
  expect(await settings.model()).toBe(NEWER)
  await settings.page.close()
})

test('from an address: no further than the limit, and checked like a file', async () => {
  const settings = await openSection()
  const answer = async (path: string, words: string): Promise<void> => {
    await it.browser.context.route(ADDRESS, (route) => route.fulfill({ path }))
    await settings.fetch()
    await settings.shows(words)
    await it.browser.context.unroute(ADDRESS)
  }
  await answer(file('big.json', good + ' '.repeat(LIMITS.model * 3)), '模型（20 MB）的上限')
  await answer(file('forged.json', good.replace(NEWER, '2099.1.2')), '签名不符')
  await answer(file('next.json', await signed('2099.1.4')), '模型 2099.1.4，签名完好')
  await settings.click('使用这一版')
  await settings.says('正在使用模型 2099.1.4')
  expect(await settings.model()).toBe('2099.1.4')
  await settings.click(`换回 ${NEWER}`)
  await settings.says(`正在使用模型 ${NEWER}`)
  await settings.click(`改用随附的 ${shipped.version}`)
  await settings.says(`正在使用模型 ${shipped.version}`)
  await settings.click(`换回 ${NEWER}`)
  await settings.says(`正在使用模型 ${NEWER}`)
  await settings.page.close()
})

test('what is usual on a site comes with a model: pages are then measured by it', async () => {
  // Five of twelve without an author: fewer than the shipped norms of weibo allow, more than is usual elsewhere.
  const post = (i: number) => `<article class="woo-panel-main">${i < 5 ? '' : `<header><a class="head_name" href="/u/10000${i}">某人${i}</a></header>`}<div class="wbpro-feed-content"><div class="wbpro-feed-ogText">第 ${i} 条，今天的天气真不错，出门走了走。</div></div></article>`
  const body = `<body>${Array.from({ length: 12 }, (_, i) => post(i)).join('')}`
  const feed = async () => {
    const page = await it.browser.context.newPage()
    await page.route('https://weibo.com/', (route) => route.fulfill({ contentType: 'text/html; charset=utf-8', body }))
    await page.goto('https://weibo.com/')
    await page.bringToFront()
    await expect.poll(async () => (await it.follower.state())?.read, { timeout: 20_000 }).toBe(12)
    return page
  }
  const before = await feed()
  // The canaries are asked once the page has settled, after six seconds.
  await expect.poll(() => before.evaluate(() => performance.now()), { timeout: 20_000 }).toBeGreaterThan(9_000)
  expect(await it.follower.state()).not.toHaveProperty('partly')
  await before.close()

  const settings = await openSection()
  await settings.give(file('norms.json', await signed('2099.1.5', {}, { weibo: {} })))
  await settings.shows('模型 2099.1.5，签名完好')
  await settings.click('使用这一版')
  await settings.says('正在使用模型 2099.1.5')
  const after = await feed()
  await expect.poll(async () => (await it.follower.state())?.partly, { timeout: 20_000 }).toMatch(/^adapter weibo/)
  await after.close()
  await settings.page.bringToFront()
  await settings.click(`换回 ${NEWER}`)
  await settings.says(`正在使用模型 ${NEWER}`)
  await settings.page.close()
})

test('a model that the disk spoiled gives way to the one that ships, and the settings say so', async () => {
  const settings = await openSection()
  await settings.page.evaluate(
    () =>
      new Promise<void>((done, fail) => {
        const opening = indexedDB.open('mingcha-models')
        opening.onsuccess = () => {
          const tx = opening.result.transaction('models', 'readwrite')
          const models = tx.objectStore('models')
          const read = models.get('current')
          read.onsuccess = () => {
            const model = read.result as { judge: Uint8Array }
            model.judge[model.judge.length >> 1]! ^= 1
            models.put(model, 'current')
          }
          tx.oncomplete = () => done(opening.result.close())
          tx.onabort = () => fail(tx.error!)
        }
      }),
  )
  await settings.page.evaluate(() => chrome.runtime.sendMessage({ to: 'background', name: 'engineRetry', request: {} }))
  expect(await settings.model()).toBe(shipped.version)
  await settings.page.reload()
  await settings.shows('更新的模型读不出，正在改用随附的')
  await settings.click(`改用随附的 ${shipped.version}`)
  await settings.says(`正在使用模型 ${shipped.version}`)
  await expect.poll(settings.text).not.toContain('读不出')
  await settings.page.close()
})

test('Firefox: a signed model is installed and judges, a forged one is refused, the one before is restored', async () => {
  const firefox = await openFirefox({ dist: withKey('dist/firefox') })
  try {
    const page = await firefox.openOwn('extension/options.html', '.model-update .row')
    const text = () => page.$eval('.model-update', (one) => (one as HTMLElement).innerText)
    const shows = (words: string) => expect.poll(text, { timeout: 60_000 }).toContain(words)
    const give = async (path: string) => ((await page.$('.model-update input[type=file]')) as ElementHandle<HTMLInputElement>).uploadFile(path)
    const click = (name: string) => page.$$eval('.model-update button', (buttons, words) => (buttons as HTMLButtonElement[]).find((one) => one.innerText === words)!.click(), name)
    const model = () =>
      page.evaluate(async (said) => {
        const { value } = (await browser.runtime.sendMessage({ to: 'background', name: 'check', request: { text: said } })) as { value: Verdict }
        return value.model
      }, `早饭吃了 ${Math.random()} 个包子`)
    await give(file('good.json', good))
    await shows(`模型 ${NEWER}，签名完好`)
    await click('使用这一版')
    await shows(`正在使用更新的模型 ${NEWER}`)
    expect(await model()).toBe(NEWER)
    await give(file('bad.json', good.replace(NEWER, '2099.1.2')))
    await shows('签名不符')
    expect(await model()).toBe(NEWER)
    await click(`换回 ${shipped.version}`)
    await shows(`随扩展附带的模型 ${shipped.version}`)
    expect(await model()).toBe(shipped.version)
  } finally {
    await firefox.close()
  }
})
