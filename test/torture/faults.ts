/** Faults of a real browser, thrown at the built extension: nothing may be invented, lost or doubled. */
import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as fc from 'fast-check'
import type { Page, Worker } from 'playwright-core'
import { type Browser, openBrowser } from '../../src/cli/chromium.ts'
import { follow, type Follower } from '../../src/cli/follow.ts'
import { serveSamples } from '../../src/cli/server.ts'
import type { TabState } from '../../src/messages.ts'
import type { Case, Verdict } from '../../src/types.ts'
import { sample } from '../evidence/sample.ts'
import { sure } from './property.ts'
import type { Tally } from './tally.ts'

interface Fault {
  name: string
  round(seed: number, ms: number): Promise<Tally>
}

type Answer<T> = { value: T } | { error: { name: string; message: string; reason?: string } } | undefined

/** What a page of the extension hears from its background; undefined where nobody answered. */
const send = <T>(page: Page, name: string, request: unknown): Promise<Answer<T>> =>
  page.evaluate(
    ([name, request]) =>
      Promise.race([
        chrome.runtime.sendMessage({ to: 'background', name, request }).catch(() => undefined) as Promise<never>,
        new Promise<undefined>((resolve) => setTimeout(() => resolve(undefined), 20_000)),
      ]),
    [name, request] as const,
  )

const stored = (page: Page): Promise<Case[]> =>
  page.evaluate(
    () =>
      new Promise<never>((resolve, reject) => {
        const opening = indexedDB.open('mingcha')
        opening.onerror = () => reject(opening.error!)
        opening.onsuccess = () => {
          const db = opening.result
          const all = db.transaction('cases').objectStore('cases').getAll()
          all.onsuccess = () => (db.close(), resolve(all.result as never))
          all.onerror = () => reject(all.error!)
        }
      }),
  )

const reportOf = (id: string) => {
  const { post, verdict, pageUrl } = sample()
  return { post: { ...post, id }, pageUrl, verdict, category: 'debt_ad', note: id }
}

/** What was acknowledged is there once with the receipt given; what was not is there whole or not at all; and nothing else is. */
function checkReports(cases: readonly Case[], acknowledged: ReadonlyMap<string, string>, sent: ReadonlySet<string>): void {
  const { verdict } = sample()
  for (const [id, receipt] of acknowledged) sure(cases.filter((one) => one.post.id === id && one.report?.receipt === receipt).length === 1, `report ${id} is there once`)
  for (const { post, report, history, verdict: kept } of cases) {
    sure(sent.has(post.id), `nobody reported ${post.id}`)
    sure(report !== undefined && report.note === post.id, `case ${post.id} is whole`)
    sure(history.filter(({ what }) => what === 'reported').length === 1, `report ${post.id} is noted once`)
    sure(JSON.stringify(kept) === JSON.stringify(verdict), `the verdict of ${post.id} is the one sent`)
  }
}

/** One fault after the other in one browser; a loss ends the round. */
async function tries(ms: number, open: () => Promise<Browser>, attempt: (browser: Browser, at: number) => Promise<void>): Promise<Tally> {
  const until = Date.now() + ms
  const tally: Tally = { tries: 0, losses: 0 }
  let browser: Browser | undefined
  try {
    browser = await open()
    while (tally.losses === 0 && (tally.tries === 0 || Date.now() < until)) {
      tally.tries++
      await attempt(browser, tally.tries)
    }
  } catch (cause) {
    tally.losses++
    tally.first = String(cause)
  } finally {
    await browser?.close().catch(() => undefined)
  }
  return tally
}

const delays = (seed: number): ((most: number) => Promise<void>) => {
  const values = fc.sample(fc.double({ min: 0, max: 1, noNaN: true }), { seed, numRuns: 1_000 })
  let at = 0
  return (most) => new Promise((resolve) => setTimeout(resolve, values[at++ % values.length]! * most))
}

/** Ends the service worker as the browser does with an idle one. */
async function stopWorker(browser: Browser, page: Page): Promise<void> {
  const cdp = await browser.context.newCDPSession(page)
  const { targetInfos } = await cdp.send('Target.getTargets')
  const worker = targetInfos.find(({ type, url }) => type === 'service_worker' && url.startsWith(browser.origin))
  if (worker) await cdp.send('Target.closeTarget', { targetId: worker.targetId })
  await cdp.detach()
}

/** Ends the browser's first process, known by its profile; its children end with it. */
function kill(profile: string): void {
  for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
    let line = ''
    try {
      line = readFileSync(`/proc/${pid}/cmdline`, 'utf8')
    } catch {
      continue
    }
    if (line.includes(`--user-data-dir=${profile}\0`) && !line.includes('--type=')) process.kill(Number(pid), 'SIGKILL')
  }
}

const TEXT = '网贷逾期不用怕，停息挂账找我们，先办后付，点头像私信'
const check = (page: Page): Promise<Answer<Verdict>> => send<Verdict>(page, 'check', { text: TEXT })
/** A verdict is the model's own or none: whatever fails, it never becomes another. */
function sureOfVerdict(answer: Answer<Verdict>, sound: Verdict): void {
  if (!answer || 'error' in answer) return
  const { band, reason } = answer.value
  if (band === 'not_judged') sure(typeof reason === 'string' && reason !== '', 'what is not judged says why')
  else sure(JSON.stringify(answer.value) === JSON.stringify(sound), `a verdict that the model did not give: ${band}`)
}
/** Asks until someone answers: whoever was ended must come back by himself. */
async function verdictAgain(page: Page): Promise<Verdict> {
  for (let round = 0; round < 10; round++) {
    const answer = await check(page)
    if (answer && 'value' in answer && answer.value.band !== 'not_judged') return answer.value
    await new Promise((resolve) => setTimeout(resolve, 300))
  }
  throw new Error('nobody judged again')
}

/** One message in so many ends the service worker that gets it. */
const DEADLY = 5
/** A copy of the built extension whose service worker says of each message that it came. */
function tellingWorker(): string {
  const dist = join(mkdtempSync(join(tmpdir(), 'mingcha-torture-')), 'chrome')
  cpSync('dist/chrome', dist, { recursive: true })
  const loader = join(dist, 'service-worker-loader.js')
  writeFileSync(loader, `${readFileSync(loader, 'utf8')}\nchrome.runtime.onMessage.addListener(({ to }) => to === 'background' && console.log('${ARRIVED}'))\n`)
  return dist
}
const ARRIVED = 'a message arrived'

/** The state of the tab in front once nothing waits any more; a feed asks again by itself. */
async function judged(follower: Follower): Promise<TabState> {
  const until = Date.now() + 90_000
  let state: TabState | undefined
  for (let quiet = 0; quiet < 5 && Date.now() < until; await new Promise((resolve) => setTimeout(resolve, 200))) {
    state = await follower.state()
    quiet = state && state.read > 0 && state.pending === 0 && state.notJudged === 0 ? quiet + 1 : 0
    if (quiet === 5) return state!
  }
  throw new Error(`not all was judged: ${JSON.stringify({ ...state, items: state?.items.length })}`)
}
const verdictsOf = ({ read, items }: TabState): string => JSON.stringify([read, items.map(({ key, verdict }) => [key, verdict]).sort()])

/** As a person does who sees that it failed. */
async function untilAnswered<T>(page: Page, name: string, request: unknown): Promise<T> {
  let answer: Answer<T>
  for (let round = 0; round < 30; round++) {
    answer = await send<T>(page, name, request)
    // An answer without a value comes without the key.
    if (answer && !('error' in answer)) return answer.value
    await new Promise((resolve) => setTimeout(resolve, 200))
  }
  throw new Error(`${name} is never answered: ${JSON.stringify(answer)}`)
}

/** A copy of the built extension whose model files were changed. */
function brokenModel(change: (file: string) => void): string {
  const dist = join(mkdtempSync(join(tmpdir(), 'mingcha-torture-')), 'chrome')
  cpSync('dist/chrome', dist, { recursive: true })
  for (const name of readdirSync(join(dist, 'assets'))) if (name.endsWith('.onnx')) change(join(dist, 'assets', name))
  return dist
}
const MODELS: Readonly<Record<string, (file: string) => void>> = {
  missing: (file) => rmSync(file),
  empty: (file) => truncateSync(file, 0),
  'cut short': (file) => truncateSync(file, 10_000),
  'changed in one bit': (file) => {
    const bytes = readFileSync(file)
    bytes[bytes.length >> 1]! ^= 1
    writeFileSync(file, bytes)
  },
}

/** Ways in which the engine goes away. */
const ENDS: Readonly<Record<string, (page: Page) => Promise<unknown>>> = {
  'offscreen document closed': (page) => page.evaluate(() => chrome.offscreen.closeDocument().catch(() => undefined)),
  'engine worker ended': (page) => page.evaluate(() => chrome.runtime.sendMessage({ to: 'engine', name: 'engineEnd', request: {} }).catch(() => undefined)),
}

export const FAULTS: readonly Fault[] = [
  {
    name: 'fault: service worker stopped around a report',
    async round(seed, ms) {
      const wait = delays(seed)
      const acknowledged = new Map<string, string>()
      const sent = new Set<string>()
      let page: Page
      return tries(ms, async () => {
        const browser = await openBrowser()
        page = await browser.openOwn('extension/review.html')
        return browser
      }, async (browser, at) => {
        const id = `w${at}`
        sent.add(id)
        const first = send<{ receipt: string }>(page, 'report', reportOf(id))
        await wait(30)
        await stopWorker(browser, page)
        const answer = await first
        const again = await send<{ receipt: string }>(page, 'report', reportOf(id))
        sure(again !== undefined && 'value' in again, `a second report of ${id} is answered: ${JSON.stringify(again)}`)
        if (answer && 'value' in answer) sure(answer.value.receipt === again.value.receipt, `${id} has one receipt`)
        acknowledged.set(id, again.value.receipt)
        checkReports(await stored(page), acknowledged, sent)
      })
    },
  },
  {
    name: 'fault: one message in five ends the service worker, while a feed is read, a post reported, decided and checked',
    async round(seed, ms) {
      const chances = fc.sample(fc.nat(DEADLY - 1), { seed, numRuns: 1_000 })
      let deadly = false
      let arrived = 0
      let ended = 0
      const server = await serveSamples()
      let own: Page
      let follower: Follower
      let expected = ''
      let checked: Verdict
      const receipts = new Map<string, string>()
      const open = async (browser: Browser): Promise<[Page, TabState]> => {
        const page = await browser.context.newPage()
        await page.goto('https://weibo.com/')
        await page.bringToFront()
        return [page, await judged(follower)]
      }
      return tries(ms, async () => {
        const browser = await openBrowser({ dist: tellingWorker(), args: server.args })
        own = await browser.openOwn('extension/review.html')
        follower = await follow(browser)
        const hear = (worker: Worker): void =>
          void worker.on('console', (message) => {
            if (message.text() === ARRIVED && chances[arrived++ % chances.length] === 0 && deadly) void stopWorker(browser, own).then(() => ended++, () => undefined)
          })
        browser.context.serviceWorkers().forEach(hear)
        browser.context.on('serviceworker', hear)
        checked = await verdictAgain(own)
        const [page, state] = await open(browser)
        expected = verdictsOf(state)
        sure(state.items.length > 0 && arrived > 3, `the sample feed is read and its messages are heard: ${state.items.length}, ${arrived}`)
        await page.close()
        deadly = true
        return browser
      }, async (browser, at) => {
        const [page, state] = await open(browser)
        sure(verdictsOf(state) === expected, `the feed is judged as before: ${verdictsOf(state).slice(0, 500)}`)
        const { key, post, verdict } = state.items[at % state.items.length]!
        const { receipt } = await untilAnswered<{ receipt: string }>(own, 'report', { post, pageUrl: 'https://weibo.com/', verdict, category: 'debt_ad', note: '' })
        sure((receipts.get(key) ?? receipt) === receipt, `${key} has one receipt`)
        receipts.set(key, receipt)
        await untilAnswered(own, 'decide', { choices: [{ key, decision: 'confirmed' }] })
        sure(JSON.stringify(await untilAnswered(own, 'check', { text: TEXT })) === JSON.stringify(checked), 'the check says the same')
        const cases = await stored(own)
        sure(cases.length === new Set(state.items.map((item) => item.key)).size, `${cases.length} cases of ${state.items.length} items`)
        for (const one of cases) {
          const times = (what: string): number => one.history.filter((entry) => entry.what === what).length
          const known = receipts.get(one.key)
          sure(one.report?.receipt === known && times('reported') === (known ? 1 : 0), `${one.key} is reported once or not at all`)
          sure(one.decision === (known ? 'confirmed' : 'open') && times('confirmed') === (known ? 1 : 0), `${one.key} is decided once or not at all`)
        }
        sure(ended > 0 || at < 10, 'service workers were ended meanwhile')
        await page.close()
      }).finally(() => server.close())
    },
  },
  ...Object.entries(ENDS).map(([what, end]): Fault => ({
    name: `fault: ${what} while it judges`,
    async round(seed, ms) {
      const wait = delays(seed)
      let page: Page
      let sound: Verdict
      return tries(ms, async () => {
        const browser = await openBrowser()
        page = await browser.openOwn('extension/review.html')
        sound = await verdictAgain(page)
        return browser
      }, async () => {
        const asked = check(page)
        await wait(60)
        await end(page)
        sureOfVerdict(await asked, sound)
        sureOfVerdict({ value: await verdictAgain(page) }, sound)
      })
    },
  })),
  ...Object.entries(MODELS).map(([how, change]): Fault => ({
    name: `fault: model file ${how}`,
    async round(_, ms) {
      const dist = brokenModel(change)
      let page: Page
      return tries(ms, async () => {
        const browser = await openBrowser({ dist })
        page = await browser.openOwn('extension/review.html')
        return browser
      }, async () => {
        const answer = await check(page)
        sure(answer !== undefined && 'value' in answer && answer.value.band === 'not_judged' && answer.value.reason === 'modelUnreadable', `said of it: ${JSON.stringify(answer)}`)
        const judged = await send<{ judgements: { verdict: Verdict }[] }>(page, 'judge', { posts: [sample().post], pageUrl: '' })
        sure(judged !== undefined && 'value' in judged && judged.value.judgements.every(({ verdict }) => verdict.band === 'not_judged'), 'no verdict is invented')
        sure((await stored(page)).length === 0, 'nothing is kept')
        await send(page, 'engineRetry', {})
      })
    },
  })),
  {
    name: 'fault: quota exceeded, and room again',
    async round(_, ms) {
      const acknowledged = new Map<string, string>()
      const sent = new Set<string>()
      return tries(ms, async () => await openBrowser(), async (browser, at) => {
        const page = await browser.openOwn('extension/review.html')
        const cdp = await browser.context.newCDPSession(page)
        await cdp.send('Storage.overrideQuotaForOrigin', { origin: browser.origin, quotaSize: 1 })
        const id = `q${at}`
        sent.add(id)
        const full = await send<{ receipt: string }>(page, 'report', reportOf(id))
        // Chromium remembers for a while how much room there was: either it was kept, or the person is told why not.
        if (full && 'value' in full) acknowledged.set(id, full.value.receipt)
        else sure(full?.error.reason === 'storeFull', `said of it: ${JSON.stringify(full)}`)
        checkReports(await stored(page), acknowledged, sent)
        await cdp.send('Storage.overrideQuotaForOrigin', { origin: browser.origin })
        await page.close()
      })
    },
  },
  {
    name: 'fault: database of a later version',
    async round(_, ms) {
      return tries(ms, async () => {
        const browser = await openBrowser()
        const page = await browser.openOwn('extension/options.html')
        await page.evaluate(() => new Promise<void>((resolve, reject) => {
          const opening = indexedDB.open('mingcha', 1_000)
          opening.onsuccess = () => (opening.result.close(), resolve())
          opening.onerror = () => reject(opening.error!)
        }))
        await page.close()
        return browser
      }, async (browser, at) => {
        const page = await browser.openOwn('extension/options.html')
        const answer = await send(page, 'report', reportOf(`v${at}`))
        sure(answer !== undefined && 'error' in answer && answer.error.reason === 'storeNewer', `said of it: ${JSON.stringify(answer)}`)
        const names = await page.evaluate(async () => (await indexedDB.databases()).filter(({ name }) => name === 'mingcha').map(({ name, version }) => `${name} ${version}`))
        sure(names.join() === 'mingcha 1000', `left as it was: ${names.join()}`)
        await page.close()
      })
    },
  },
  {
    name: 'fault: browser killed around a report',
    async round(seed, ms) {
      const wait = delays(seed)
      const profile = mkdtempSync(join(tmpdir(), 'mingcha-killed-'))
      const acknowledged = new Map<string, string>()
      const sent = new Set<string>()
      const until = Date.now() + ms
      const tally: Tally = { tries: 0, losses: 0 }
      try {
        while (tally.tries === 0 || Date.now() < until) {
          tally.tries++
          const browser = await openBrowser({ profile })
          const page = await browser.openOwn('extension/review.html')
          if (tally.tries > 1) checkReports(await stored(page), acknowledged, sent)
          for (let step = 0; step < 5; step++) {
            const id = `k${tally.tries}-${step}`
            sent.add(id)
            const reported = send<{ receipt: string }>(page, 'report', reportOf(id)).then((answer) => answer && 'value' in answer && acknowledged.set(id, answer.value.receipt), () => undefined)
            if (step < 4) await reported
          }
          await wait(30)
          kill(profile)
          await browser.close().catch(() => undefined)
          rmSync(join(profile, 'SingletonLock'), { force: true })
        }
        const browser = await openBrowser({ profile })
        checkReports(await stored(await browser.openOwn('extension/review.html')), acknowledged, sent)
        await browser.close()
      } catch (cause) {
        tally.losses++
        tally.first = String(cause)
        kill(profile)
      } finally {
        if (existsSync(profile)) rmSync(profile, { recursive: true, force: true, maxRetries: 3 })
      }
      return tally
    },
  },
]
