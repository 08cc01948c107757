/** Shared lists as a person meets them: taken in the settings, seen at a post in the review desk. */
import { cpSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:https'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { generate } from 'selfsigned'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type Browser, openBrowser } from '../../src/cli/chromium.ts'
import { follow, settled } from '../../src/cli/follow.ts'
import { listOfDraft } from '../../src/lists/draft.ts'
import { newKey, sign } from '../../src/signed/envelope.ts'
import { listPage } from './list-page.ts'

const BY_CONTACT = '网贷逾期别硬扛，停息挂账找我们，先办后付，不成功不收费，加微信 abc12345 找鑫诚法务'
const BY_FAMILY = '保单交了几年后悔了？我们专业代理全额退保，对接监管投诉通道，话术材料全包，不成功不收费，到账再付三成，私信发保单照片'
const UNKNOWN = '征信花了也能修，专业征信修复，逾期记录洗白，内部渠道，七天出结果，先修后付，点头像私信'
const DAY = 86_400_000
const fromNow = (days: number): string => new Date(Date.now() + days * DAY).toISOString().replace(/\.\d+/, '')

const [association, platform] = [await newKey(), await newKey()]
const contact = (over: object = {}): object => ({ id: 'e1', kind: 'contact', value: 'wechat:abc12345', stages: ['negotiating'], evidence: ['sha256:1'], firstSeen: '2026-10-01T00:00:00Z', lastSeen: '2026-11-01T00:00:00Z', expires: fromNow(300), state: 'asserted', ...over })
// Another wording of the same template, as families are.
const family = contact({ id: 'e2', kind: 'family', value: BY_FAMILY.replace('三成', '四成').replace('几年', '两年') })
const listOf = async (sequence: number, entries: object[], { key = association, issuer = '甲协会', ...over }: { key?: JsonWebKey; issuer?: string; expires?: string } = {}): Promise<string> =>
  sign('list', await listOfDraft({ list: 'leads', issuer, sequence, issued: fromNow(-1), expires: fromNow(30), entries, ...over }), key)

let browser: Browser
let server: Server
let address: string
/** What the issuer's address gives now. */
let published = ''
let settings: Page
let review: Page

beforeAll(async () => {
  // Access to an issuer's address is allowed by a person in the browser's own window; no driver can click there, so here the manifest does.
  const dist = join(mkdtempSync(join(tmpdir(), 'mingcha-lists-')), 'dist')
  cpSync('dist/chrome', dist, { recursive: true })
  const manifest = JSON.parse(readFileSync(join(dist, 'manifest.json'), 'utf8')) as object
  writeFileSync(join(dist, 'manifest.json'), JSON.stringify({ ...manifest, host_permissions: ['https://127.0.0.1/*'] }))
  const pems = await generate([{ name: 'commonName', value: 'issuer' }], { keySize: 2048 })
  server = createServer({ key: pems.private, cert: pems.cert }, (_, response) => void response.writeHead(200, { 'content-type': 'application/json' }).end(published))
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
  address = `https://127.0.0.1:${(server.address() as AddressInfo).port}/leads.json`

  browser = await openBrowser({ dist, args: ['--ignore-certificate-errors'] })
  const follower = await follow(browser)
  const page = await browser.context.newPage()
  const body = listPage([BY_CONTACT, BY_FAMILY, UNKNOWN])
  await page.route('**/*', (route) => (route.request().isNavigationRequest() ? route.fulfill({ contentType: 'text/html', body }) : route.abort()))
  await page.goto('https://www.zhihu.com/')
  await page.bringToFront()
  await settled(follower)
  expect((await follower.take()).map(({ verdict: { band } }) => band)).toEqual(['flagged', 'flagged', 'flagged'])
  await page.close()
})
afterAll(async () => {
  await browser?.close()
  server?.close()
})
beforeEach(async () => {
  settings = await browser.openOwn('extension/options.html')
  review = await browser.openOwn('extension/review.html')
})
afterEach(async () => {
  await settings.close()
  await review.close()
})

const lists = () => settings.locator('section.lists')
const choose = (text: string): Promise<void> => lists().locator('input[type=file]').setInputFiles({ name: 'leads.json', mimeType: 'application/json', buffer: Buffer.from(text) })
const said = (): Promise<string> => lists().getByRole('status').innerText()
/** Takes a list of an issuer that is trusted already. */
async function take(text: string): Promise<void> {
  await choose(text)
  await lists().getByRole('button', { name: '使用', exact: true }).click()
  await expect.poll(said).toBe('名单已在使用。')
}
async function trust(text: string, key: JsonWebKey, name: string): Promise<void> {
  await choose(text)
  const notice = lists().locator('form.notice')
  // What a person compares with what the issuer published elsewhere.
  await expect.poll(() => notice.innerText()).toContain(key.x!)
  await notice.getByRole('textbox').fill(name)
  await notice.getByRole('button', { name: '已核对，信任并使用' }).click()
  await expect.poll(said).toBe('名单已在使用。')
}
/** What the review desk says that lists know of a post; '' for nothing. Its verdict stays what it was. */
async function known(words: string): Promise<string> {
  await review.reload()
  await review.locator('input[type=search]').fill(words.slice(0, 12))
  const detail = review.locator('.detail-body')
  await expect.poll(() => detail.locator('.full').innerText()).toContain(words.slice(0, 12))
  expect(await detail.locator('.judged h2').innerText()).toContain('疑似')
  // It comes once it was looked up: what stays the same for a second is taken.
  const looks: string[] = []
  while (looks.length < 4 || new Set(looks.slice(-4)).size > 1) {
    looks.push((await review.getByLabel('共享名单已知').allInnerTexts()).join().replace(/\s+/g, ' '))
    await review.waitForTimeout(300)
  }
  return looks.at(-1)!
}

describe('shared lists', () => {
  test('a signed list is looked at, its issuer trusted by name, and its entries seen at the posts that match', async () => {
    await choose(await listOf(1, [contact(), family]))
    const notice = lists().locator('form.notice')
    await expect.poll(() => notice.innerText()).toMatch(/名单 leads 第 1 期，2 条[\s\S]*新增 2 条，改动 0 条，撤回 0 条[\s\S]*还没有信任这个公钥/)
    await notice.getByRole('button', { name: '取消' }).click()
    expect(await known(BY_CONTACT)).toBe('')

    await trust(await listOf(1, [contact(), family]), association, '甲协会（核对过）')
    expect(await known(BY_CONTACT)).toMatch(/联系方式 wechat:ab…45 甲协会（核对过） 已知[\s\S]*把握中[\s\S]*不是标记的理由/)
    expect(await known(BY_FAMILY)).toMatch(/文本模板 [\s\S]*甲协会（核对过） 已知/)
    expect(await known(UNKNOWN)).toBe('')
    expect(await lists().innerText()).not.toContain('abc12345')
  })

  test('a second independent issuer makes it high; one that disputes it is said as well', async () => {
    await trust(await listOf(1, [contact({ evidence: ['sha256:2'] })], { key: platform, issuer: '乙平台' }), platform, '乙平台')
    expect(await known(BY_CONTACT)).toMatch(/(乙平台、甲协会（核对过）|甲协会（核对过）、乙平台) 已知[\s\S]*把握高（两家独立来源）/)
    await take(await listOf(2, [contact({ evidence: ['sha256:2'], state: 'disputed' })], { key: platform, issuer: '乙平台' }))
    expect(await known(BY_CONTACT)).toMatch(/甲协会（核对过） 已知 乙平台 有异议[\s\S]*说法不一/)
  })

  test.each<[string, () => Promise<string>, string]>([
    ['forged: a letter was changed', async () => (await listOf(9, [contact()])).replace('ab…45', 'ab…46'), '签名不符：内容被改过'],
    ['forged: another key put in', async () => (await listOf(9, [contact()])).replace(association.x!, platform.x!), '签名不符：内容被改过'],
    ['cut off', async () => (await listOf(9, [contact()])).slice(0, 200), '读不出签名文件'],
    ['a second content under the number in use', () => listOf(1, []), '同一期号有两份不同的内容'],
    ['expired', () => listOf(9, [contact()], { expires: fromNow(-0.5) }), '这一期已经过期'],
    ['a field that no list has', async () => sign('list', { ...(await listOfDraft({ list: 'leads', issuer: '甲协会', sequence: 9, issued: fromNow(-1), expires: fromNow(30), entries: [contact()] })), author: '某人' }, association), '内容不合格式，已拒绝；请把这句话告诉发布方： signedMalformed: author'],
  ])('refused with the reason, and the issue in use goes on: %s', async (_, make, reason) => {
    await choose(await make())
    await expect.poll(said).toContain(reason)
    expect(await lists().locator('form.notice').count()).toBe(0)
    expect(await lists().innerText()).toContain('名单 leads 第 1 期，2 条')
    expect(await known(BY_CONTACT)).toContain('甲协会（核对过） 已知')
  })

  test('an update from the issuer’s address brings a withdrawal, which is honoured; the issue before it never comes back', async () => {
    published = await listOf(2, [contact(), family])
    await lists().getByLabel('名单的网址').fill(address)
    await lists().getByRole('button', { name: '从网址导入' }).click()
    await lists().getByRole('button', { name: '使用', exact: true }).click()
    await expect.poll(said).toBe('名单已在使用。')
    const earlier = published

    published = await listOf(3, [contact({ state: 'withdrawn' }), family])
    await lists().getByRole('button', { name: '更新' }).click()
    const notice = lists().locator('form.notice')
    await expect.poll(() => notice.innerText()).toMatch(/第 3 期，2 条 · 甲协会（核对过）[\s\S]*撤回 1 条/)
    // What is known changes with the person's consent alone.
    expect(await known(BY_CONTACT)).toContain('甲协会（核对过） 已知')
    await notice.getByRole('button', { name: '使用', exact: true }).click()
    await expect.poll(said).toBe('名单已在使用。')
    expect(await known(BY_CONTACT)).not.toContain('甲协会')
    expect(await known(BY_FAMILY)).toContain('甲协会（核对过） 已知')

    await lists().getByRole('button', { name: '更新' }).click()
    await expect.poll(said).toContain('这一期已经在使用')
    published = earlier
    await lists().getByRole('button', { name: '更新' }).click()
    await expect.poll(said).toContain('这一期比使用过的旧，已拒绝')
    // Nor after the list was removed, and the trust with it.
    await lists().locator('.row', { hasText: '第 3 期' }).getByRole('button', { name: '移除' }).click()
    await expect.poll(said).toBe('已移除。')
    expect(await known(BY_FAMILY)).toBe('')
    await lists().locator('.row', { hasText: '甲协会' }).getByRole('button', { name: '不再信任' }).click()
    await expect.poll(said).toContain('不再信任这家')
    await choose(earlier)
    await expect.poll(said).toContain('这一期比使用过的旧，已拒绝')
  })

  test('a list in use that expires says nothing more, and the settings say why', async () => {
    await trust(await listOf(4, [contact(), family]), association, '甲协会')
    expect(await known(BY_FAMILY)).toContain('甲协会 已知')
    for (const page of [review, settings]) await page.clock.setSystemTime(Date.now() + 31 * DAY)
    await settings.reload()
    await expect.poll(() => lists().locator('.row', { hasText: '第 4 期' }).innerText()).toContain('已过期，不再显示；请更新。')
    expect(await known(BY_FAMILY)).toBe('')
  })
})
