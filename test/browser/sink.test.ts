/** Reports to an organisation's endpoint: the built extension, a real HTTPS server that fails and recovers, and a service worker that is ended. */
import { cpSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:https'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { generate } from 'selfsigned'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { type Browser, openBrowser } from '../../src/cli/chromium.ts'
import { serveSamples, type SampleServer } from '../../src/cli/server.ts'
import type { CloudEvent, ReportedData } from '../../src/cloudevent.ts'
import type { Case } from '../../src/types.ts'
import { killServiceWorker } from './browser.ts'

let browser: Browser
let samples: SampleServer
let server: Server
let settings: Page
/** Events that the endpoint answered with success, and how many requests came in all. */
let taken: CloudEvent<ReportedData>[]
let asked: number
/** Status by number of the request; 0 takes the event and drops the connection. It may end the worker before it answers. */
let status: (turn: number) => number | Promise<number>

beforeEach(async () => {
  ;[taken, asked, status] = [[], 0, () => 204]
  const pems = await generate([{ name: 'commonName', value: 'endpoint' }], { keySize: 2048 })
  server = createServer({ key: pems.private, cert: pems.cert }, (request, response) => {
    let body = ''
    request.on('data', (chunk: Buffer) => (body += chunk.toString()))
    request.on('end', () => {
      const event = JSON.parse(body) as CloudEvent<ReportedData>
      void Promise.resolve(status(++asked)).then((answer) => {
        if (answer < 300) taken.push(event)
        if (answer === 0) request.socket.destroy()
        else response.writeHead(answer).end()
      })
    })
  })
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready))
  samples = await serveSamples()
  // Nobody can answer the browser's question for the host here: it is granted at installation instead.
  const dist = join(mkdtempSync(join(tmpdir(), 'mingcha-sink-')), 'chrome')
  cpSync('dist/chrome', dist, { recursive: true })
  const manifest = JSON.parse(readFileSync(join(dist, 'manifest.json'), 'utf8')) as object
  writeFileSync(join(dist, 'manifest.json'), JSON.stringify({ ...manifest, host_permissions: ['https://127.0.0.1/*'] }))
  browser = await openBrowser({ dist, args: samples.args })
  settings = await browser.openOwn('extension/options.html')
  await settings.locator('.sink select').selectOption('webhook')
  await settings.getByLabel('接收地址').fill(`https://127.0.0.1:${(server.address() as AddressInfo).port}/events`)
  await settings.getByRole('button', { name: '保存', exact: true }).click()
  await expect.poll(() => settings.locator('.sink').innerText()).toContain('已保存')
})
afterEach(async () => {
  await browser?.close()
  await samples?.close()
  server.closeAllConnections()
  await new Promise((done) => server.close(done))
})

/** Reports a post as popup and marks do; again where the worker was ended before it answered, as a person would. */
async function report(id: string): Promise<void> {
  const request = {
    post: { platform: 'weibo', id, kind: 'post', text: `停息挂账，先办后付${id}`, author: { name: '某人' }, permalink: '' },
    pageUrl: 'https://weibo.com/',
    verdict: { band: 'flagged', score: 0.99, categories: ['debt_ad'], form: 'ad', evidence: [], model: 'm' },
    category: 'debt_ad',
    note: '',
  }
  for (;;) {
    const receipt = await settings.evaluate(
      (message) => chrome.runtime.sendMessage(message).then((reply: { value?: { receipt: string } }) => reply?.value?.receipt, () => undefined),
      { to: 'background', name: 'report', request },
    )
    if (receipt) return
  }
}

/** Everything kept, as the store has it. */
const kept = (): Promise<{ cases: Case[]; waiting: number }> =>
  settings.evaluate(async () => {
    const db = await new Promise<IDBDatabase>((done) => (indexedDB.open('mingcha').onsuccess = ({ target }) => done((target as IDBOpenDBRequest).result)))
    const all = <T>(name: string) => new Promise<T[]>((done) => (db.transaction(name).objectStore(name).getAll().onsuccess = ({ target }) => done((target as IDBRequest<T[]>).result)))
    const [cases, waiting] = [await all<Case>('cases'), (await all('outbox')).length]
    db.close()
    return { cases, waiting }
  })

/** A message wakes an ended worker, as the next one of any page does. One that was sent while it ended may get no answer. */
const wake = (): Promise<unknown> =>
  settings.evaluate(() => Promise.race([chrome.runtime.sendMessage({ to: 'background', name: 'deliver', request: {} }).catch(() => undefined), new Promise((done) => setTimeout(done, 1_000))]))

/** Each report arrived, once by id, and its case says so once. */
async function expectEachOnce(count: number): Promise<void> {
  const waiting = async (): Promise<number> => {
    await wake()
    return (await kept()).waiting
  }
  await expect.poll(waiting, { timeout: 60_000 }).toBe(0)
  const { cases } = await kept()
  const reported = cases.filter((one) => one.report)
  expect(reported).toHaveLength(count)
  const subjects = new Map(taken.map(({ id, subject }) => [id, subject]))
  expect([...subjects.values()].sort()).toEqual(reported.map(({ key }) => key).sort())
  for (const { key, report, history } of reported) {
    expect(report!.handed, key).toHaveLength(1)
    expect(history.map(({ what }) => what).filter((what) => what === 'reported' || what === 'handed'), key).toEqual(['reported', 'handed'])
  }
}

test('an endpoint that fails 50 times and recovers receives each report once by id; what waits is shown, and why', async () => {
  const FAILURES = 50
  const REPORTS = 5
  // Busy, and away without a word after it read the event.
  status = (turn) => (turn <= FAILURES ? [503, 0, 429, 500][turn % 4]! : 202)
  const feed = await browser.context.newPage()
  await feed.goto('https://weibo.com/')
  const tab = await settings.evaluate(async () => (await chrome.tabs.query({ active: true }))[0]!.id!)
  const popup = await browser.openOwn(`extension/popup.html?tab=${tab}`)
  await popup.locator('.items').getByRole('button', { name: '举报' }).first().click({ timeout: 60_000 })
  await expect.poll(() => popup.locator('.items').innerText()).toContain('已举报')
  await popup.close()
  for (let n = 1; n < REPORTS; n++) await report(String(n))

  await settings.bringToFront()
  const section = settings.locator('.sink')
  const why = String.raw`MC-\d{8}-[\s\S]*(对方正忙或出错|连不上对方)[\s\S]*已试 \d+ 次，下次 2\d{3}-[\s\S]*(HTTP [45]|not reached)`
  await expect.poll(() => section.innerText(), { timeout: 20_000 }).toMatch(new RegExp(`待送的举报：${REPORTS}[\\s\\S]*${why}`))
  while (asked < FAILURES) {
    const before = asked
    // Now and then the browser takes the worker away in between.
    if (before % 10 === 5) await killServiceWorker(browser)
    await settings.getByRole('button', { name: '现在重试' }).click()
    await expect.poll(() => asked, { timeout: 20_000 }).toBeGreaterThan(before)
  }
  expect(await section.innerText()).toContain(`待送的举报：${REPORTS}`)
  await settings.getByRole('button', { name: '现在重试' }).click()
  await expectEachOnce(REPORTS)
  await expect.poll(() => section.innerText()).toContain('没有待送的举报')
}, 240_000)

test('the service worker is ended between any two steps of a report: nothing is lost, nothing is doubled', async () => {
  let sent = 0
  // Before the message is answered, while it is kept, and after; by the clock, so that it falls on any step.
  for (const delay of [0, 2, 4, 8, 12, 16, 24, 32, 48, 64, 96]) {
    const done = report(String(sent++))
    await new Promise((resolve) => setTimeout(resolve, delay))
    await killServiceWorker(browser)
    await done
  }
  await expectEachOnce(sent)
  // While the endpoint has the event and has not answered; and right after it answered, before that is noted.
  for (const when of ['before', 'after'] as const) {
    let ended: Promise<unknown> | undefined
    const turn = asked + 1
    status = async (now) => {
      if (now !== turn) return 204
      if (when === 'before') await killServiceWorker(browser)
      else ended = new Promise((resolve) => setTimeout(resolve)).then(() => killServiceWorker(browser))
      return 204
    }
    await report(String(sent++))
    await expect.poll(() => asked).toBeGreaterThanOrEqual(turn)
    await ended
    await expectEachOnce(sent)
  }
  // What was taken while the worker ended came twice: the same event under the same id.
  const first = new Map<string, CloudEvent<ReportedData>>()
  const again = taken.filter((event) => first.has(event.id) || !first.set(event.id, event))
  expect(again.length).toBeGreaterThan(0)
  for (const event of again) expect(event).toEqual(first.get(event.id))
}, 240_000)
