import type { Page } from 'playwright-core'
import { LIVE_PORT, type LiveJudgement, type TabState } from '../messages.ts'
import type { Capture } from '../types.ts'
import type { Browser } from './chromium.ts'

const SCROLL_PAUSE = 250
/** Looks, 150 ms apart, without an answer after which no content script is taken to run: a cold start on a busy machine takes seconds. */
const SILENCE = 30
/** Longest wait for the last verdict of one page, ms. */
const PATIENCE = 180_000

/** Runs in the page. As text, since what the page gets of a compiled function may call the compiler's own helpers. */
const LISTEN = `
  globalThis.heard = []
  globalThis.listen = () => {
    const port = chrome.runtime.connect({ name: '${LIVE_PORT}' })
    port.onMessage.addListener((message) => heard.push(message))
    // The service worker may be restarted: follow the new one.
    port.onDisconnect.addListener(() => setTimeout(listen, 50))
  }
  listen()
`

/** Follows every judgement of the extension over its live port, from one of its own pages. */
export interface Follower {
  take(): Promise<LiveJudgement[]>
  /** Id of the tab in front. */
  tabId(): Promise<number>
  /** Opens the mark of a post of that tab; false when it is not on the page. */
  show(tabId: number, key: string): Promise<boolean>
  /** What that tab shows of a post, framed until {@link Follower.captured}; null when it is not on the page. */
  capture(tabId: number, key: string): Promise<Capture | null>
  captured(tabId: number): Promise<void>
  /** State of the foreground tab; undefined where no content script answers. */
  state(): Promise<TabState | undefined>
}

export async function follow(browser: Browser): Promise<Follower> {
  const page = await browser.openOwn('extension/review.html')
  await page.evaluate(LISTEN)
  return {
    take: () => page.evaluate(() => (globalThis as unknown as { heard: LiveJudgement[] }).heard.splice(0)),
    tabId: () => page.evaluate(async () => (await chrome.tabs.query({ active: true }))[0]!.id!),
    show: (tabId, key) =>
      page.evaluate(
        async ([id, request]) => ((await chrome.tabs.sendMessage(id, { to: 'tab', name: 'show', request }, { frameId: 0 })) as { value?: boolean }).value ?? false,
        [tabId, { key }] as const,
      ),
    capture: (tabId, key) =>
      page.evaluate(
        async ([id, request]) => ((await chrome.tabs.sendMessage(id, { to: 'tab', name: 'capture', request }, { frameId: 0 })) as { value?: Capture | null }).value ?? null,
        [tabId, { key }] as const,
      ),
    captured: (tabId) => page.evaluate(async (id) => void (await chrome.tabs.sendMessage(id, { to: 'tab', name: 'captured', request: {} }, { frameId: 0 })), tabId),
    state: () =>
      page.evaluate(async () => {
        const [tab] = await chrome.tabs.query({ active: true })
        if (tab?.id === undefined) return undefined
        const reply: unknown = await chrome.tabs
          .sendMessage(tab.id, { to: 'tab', name: 'tabState', request: {} }, { frameId: 0 })
          .catch(() => undefined)
        return (reply as { value?: TabState } | undefined)?.value
      }),
  }
}

/** Down by 60 % of the height, until neither the position nor the height changed for four steps. */
export async function scrollDown(page: Page, selector?: string): Promise<void> {
  const box = selector ? await page.locator(selector).first().elementHandle({ timeout: 5_000 }) : null
  let still = 0
  let last = ''
  while (still < 4) {
    const now = await page.evaluate((element) => {
      const target = (element as Element | null) ?? document.scrollingElement ?? document.documentElement
      target.scrollBy(0, target.clientHeight * 0.6)
      return `${target.scrollTop}/${target.scrollHeight}`
    }, box)
    still = now === last ? still + 1 : 0
    last = now
    await page.waitForTimeout(SCROLL_PAUSE)
  }
}

/** Reads a page as a person does: to its end, with the comments under its posts opened; then waits for the last verdict. */
export async function browse(page: Page, follower: Follower): Promise<void> {
  await settled(follower)
  await scrollDown(page)
  for (const button of await page.getByRole('button', { name: /^\d+ 条评论$/ }).all()) await button.click({ timeout: 2_000 })
  for (const button of await page.getByRole('button', { name: '点击查看全部评论' }).all()) {
    await button.click({ timeout: 2_000 })
    await settled(follower)
    await page.getByRole('button', { name: '关闭' }).click({ timeout: 2_000 })
  }
  await settled(follower)
}

/** Waits until the tab has nothing left to judge; false where no content script answers. */
export async function settled(follower: Follower): Promise<boolean> {
  const until = Date.now() + PATIENCE
  let quiet = 0
  let last = -1
  let answered = false
  while (Date.now() < until) {
    const state = await follower.state()
    if (state) answered = true
    else if (quiet > SILENCE && !answered) return false
    quiet = state ? (state.pending === 0 && state.read === last ? quiet + 1 : 0) : quiet + 1
    last = state?.read ?? -1
    if (answered && quiet >= 3) return true
    await new Promise((resolve) => setTimeout(resolve, 150))
  }
  console.error('等待判定超时：以下是已有的结果。 Timed out waiting for verdicts: what there is follows.')
  return true
}
