/** Joins messages to engine and store; shows each tab's count in the toolbar. */
import browser from 'webextension-polyfill'
import { version } from '../models/classifier/config.json'
import { applyThresholds } from '../src/store/managed.ts'
import { type Badge, type EngineState, isCapture, type Judgement, LIVE_PORT, type LiveJudgement, type NamesOf, type Reply, type Request } from '../src/messages.ts'
import { cutOut } from '../src/evidence/cuttings.ts'
import { applyRules } from '../src/store/rules.ts'
import { Store, StoreError } from '../src/store/store.ts'
import { type Case, type Post, TEXT_LIMIT, type Verdict } from '../src/types.ts'
import { Verdicts } from '../src/store/verdicts.ts'
import { configInUse, normsInUse } from '../src/updates/shelf.ts'
import { answer, ask, askTab } from './bridge.ts'
import { deliverWhenDue, readEndpoint } from './delivery.ts'
import { readEffective, readPolicy } from './effective.ts'
import { keptAlive } from './keep-alive.ts'
import { followPermissions } from './own-sites.ts'

const store = new Store()
/** Version of the model in use, until another is taken. */
let inUse: Promise<string> | undefined
const verdicts = new Verdicts(() => (inUse ??= configInUse(version).then((config) => config?.version ?? version)))
const live = new Set<browser.Runtime.Port>()

const OFFSCREEN = 'extension/offscreen.html'
let opening: Promise<void> | undefined

async function hasOffscreen(): Promise<boolean> {
  return (await chrome.runtime.getContexts({ contextTypes: ['OFFSCREEN_DOCUMENT' as chrome.runtime.ContextType] })).length > 0
}

/** There may be one offscreen document in a profile: creations asked for at once share one promise. */
function openOffscreen(): Promise<void> {
  opening ??= (async () => {
    if (await hasOffscreen()) return
    await chrome.offscreen.createDocument({
      url: OFFSCREEN,
      reasons: ['WORKERS' as chrome.offscreen.Reason],
      justification: 'Runs the text model in a worker; a service worker cannot start one.',
    })
  })().finally(() => (opening = undefined))
  return opening
}

async function askEngine<N extends NamesOf<'engine'>>(name: N, request: Request<N>): Promise<Reply<N>> {
  if (FIREFOX) {
    const { host } = await import('./engine-host.ts')
    const handle = host[name] as (request: Request<N>, from: { ownPage: boolean }) => Reply<N> | Promise<Reply<N>>
    return keptAlive(handle(request, { ownPage: true }))
  }
  await openOffscreen()
  return ask(name, request)
}

async function engineState(): Promise<EngineState> {
  if (!FIREFOX && !(await hasOffscreen())) return { state: 'idle' }
  return askEngine('engineStatus', {})
}

/** Judges; keeps what matters before it replies, so that a mark on a page always has its case on disk. */
async function judge(posts: Post[], pageUrl: string): Promise<Reply<'judge'>> {
  const [said, { rules }, { managed }] = await Promise.all([
    verdicts.of(posts.map((post) => post.text), (texts) => askEngine('classify', { texts })),
    readEffective(),
    readPolicy(),
  ])
  const ruled = posts.map((post, index) => applyRules(post, applyThresholds(said[index]!, managed.thresholds), rules, Date.now()))
  const judged = posts
    .map((post, index) => ({ post, pageUrl, verdict: ruled[index]! }))
    // What a person excepted is neither kept nor changed where it is known.
    .filter(({ verdict }) => verdict.band !== 'not_judged' && verdict.reason !== 'authorMuted')
  const known = new Map<Post, Case | undefined>()
  let storeProblem: string | undefined
  try {
    const cases = await store.keep(judged)
    judged.forEach(({ post }, index) => known.set(post, cases[index]))
  } catch (cause) {
    storeProblem = cause instanceof StoreError ? cause.reason : 'storeBroken'
  }
  const judgements = posts.map((post, index) => judgementOf(ruled[index]!, known.get(post)))
  return { judgements, ...(storeProblem ? { storeProblem } : {}) }
}

const judgementOf = (verdict: Verdict, known: Case | undefined): Judgement => ({
  verdict,
  decision: known?.decision ?? 'open',
  reported: known?.report !== undefined,
})

function tellLive(tabId: number, posts: Post[], judgements: Judgement[]): void {
  for (const port of live) {
    posts.forEach((post, index) => port.postMessage({ tabId, post, ...judgements[index]! } satisfies LiveJudgement))
  }
}

/** Pages that show the post learn what was decided elsewhere. */
async function tellTabs(...cases: readonly Case[]): Promise<void> {
  const tabs = await browser.tabs.query({})
  for (const { key, decision, report } of cases) {
    await Promise.allSettled(tabs.map(({ id }) => id !== undefined && askTab(id, 'decided', { key, decision, reported: report !== undefined })))
  }
}

/** Keeps what a tab shows of a post; true where the browser gave a screenshot of it. */
async function preserve(key: string, tabId: number | undefined): Promise<boolean> {
  const capture = tabId === undefined ? null : await askTab(tabId, 'capture', { key })
  if (!capture || !isCapture(capture) || capture.key !== key) throw Object.assign(new Error(`no post ${key} on the page`), { reason: 'captureGone' })
  const screenshot = await screenshotOf(tabId!)
  void askTab(tabId!, 'captured', {})
  const shot = { ...capture, ...(screenshot ? { screenshot } : {}) }
  await store.preserve({ ...shot, cuttings: await cutOut(shot, (await readEffective()).preservePictures) })
  return screenshot !== undefined
}

/** The visible part of a tab as PNG; undefined where it is not in front, or no click on the toolbar button allowed it. */
async function screenshotOf(tabId: number): Promise<Uint8Array<ArrayBuffer> | undefined> {
  const { active, windowId } = await browser.tabs.get(tabId)
  if (!active || windowId === undefined) return undefined
  const address = await browser.tabs.captureVisibleTab(windowId, { format: 'png' }).catch(() => undefined)
  return address ? new Uint8Array(await (await fetch(address)).arrayBuffer()) : undefined
}

const BADGE: Record<Badge['state'], { text: (flagged: number) => string; color: string }> = {
  off: { text: () => '', color: '#757c86' },
  loading: { text: () => '…', color: '#757c86' },
  on: { text: (flagged) => (flagged > 0 ? String(flagged) : ''), color: '#b3261e' },
  attention: { text: () => '!', color: '#8a5a00' },
}

answer('background', {
  judge: async ({ posts, pageUrl }, { tabId }) => {
    const reply = await judge(posts, pageUrl)
    if (tabId !== undefined) tellLive(tabId, posts, reply.judgements)
    return reply
  },
  report: async ({ post, pageUrl, verdict, category, note }) => {
    const queued = (await readEndpoint(store)).endpoint !== null
    const reported = await store.report({ post, pageUrl, verdict }, category, note, queued)
    void tellTabs(reported)
    if (queued) deliverSoon()
    return { receipt: reported.report!.receipt }
  },
  withdraw: async ({ key }) => void tellTabs(await store.withdraw(key)),
  hand: async ({ key, to, receipt }) => void tellTabs(await store.hand(key, to, receipt)),
  preserve: async ({ key, tabId }, from) => ({ screenshot: await preserve(key, from.ownPage ? tabId : from.tabId) }),
  decide: async ({ choices }, { ownPage }) => {
    if (choices.length > 1 && !ownPage) throw new Error('a tab decides one case at a time')
    void tellTabs(...(await store.decide(choices, (await readEffective()).reviewer)))
  },
  check: async ({ text }) => (await askEngine('classify', { texts: [text] }))[0]!,
  settings: () => readEffective(),
  norms: () => normsInUse(version),
  deliver: () => deliverSoon(),
  badge: async ({ state, flagged }, { tabId }) => {
    if (tabId === undefined) return
    const { text, color } = BADGE[state]
    await browser.action.setBadgeBackgroundColor({ tabId, color })
    await browser.action.setBadgeText({ tabId, text: text(flagged) })
  },
  engineState,
  // No text: the worker starts and loads, and nobody waits for it.
  engineWake: () => void askEngine('classify', { texts: [] }).catch(() => undefined),
  engineRetry: async () => {
    inUse = undefined
    await askEngine('engineEnd', {})
    await askEngine('classify', { texts: ['预热'] })
    return engineState()
  },
})

followPermissions()
const deliverSoon = deliverWhenDue(store)

/** Whenever it starts, which is many times a day. */
const DAY = 86_400_000
void Promise.all([readPolicy(), readEffective()]).then(async ([{ managed }, own]) => {
  // A store that cannot be opened says so where it is used.
  const forget = (days: number, reviewed: boolean) => store.forget(Date.now() - days * DAY, reviewed).catch(() => undefined)
  if (own.retentionDays > 0) await forget(own.retentionDays, false)
  if (managed.retentionDays !== undefined) await forget(managed.retentionDays, true)
})

/** Kept in memory only, until the page that checks it has read it. */
const CHECK_PAGE = 'extension/check.html'
browser.runtime.onInstalled.addListener(({ reason }) => {
  if (reason === 'install') void browser.tabs.create({ url: browser.runtime.getURL('extension/welcome.html') })
  void browser.contextMenus.removeAll().then(() =>
    browser.contextMenus.create({ id: 'check', title: browser.i18n.getMessage('checkMenu'), contexts: ['selection'] }),
  )
})
browser.contextMenus.onClicked.addListener(({ menuItemId, selectionText }) => {
  if (menuItemId !== 'check' || !selectionText) return
  void browser.storage.session.set({ selection: selectionText.slice(0, 2 * TEXT_LIMIT) }).then(() =>
    browser.windows.create({ url: CHECK_PAGE, type: 'popup', width: 420, height: 680 }),
  )
})

browser.runtime.onConnect.addListener((port) => {
  if (port.name !== LIVE_PORT || !port.sender?.url?.startsWith(browser.runtime.getURL(''))) return
  live.add(port)
  port.onDisconnect.addListener(() => live.delete(port))
})

