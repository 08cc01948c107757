/** What the browser tests share: a real Chromium with the built extension, and the sample feeds served to it. */
import type { CDPSession, Page } from 'playwright-core'
import { afterAll, beforeAll } from 'vitest'
import { type Browser, type BrowserOptions, openBrowser } from '../../src/cli/chromium.ts'
import { follow, type Follower, settled } from '../../src/cli/follow.ts'
import { serveSamples, type SampleServer } from '../../src/cli/server.ts'

export interface Stage {
  browser: Browser
  follower: Follower
  server: SampleServer
  /** Opens a sample page in front and waits for its last verdict. */
  open(url: string): Promise<Page>
  /** Id of the tab in front. */
  tabId(): Promise<number>
  /** The popup over the tab in front, as a page. */
  popup(tabId: number): Promise<Page>
}

/** Starts before the tests of a file and ends after them. */
export function stage(options: BrowserOptions = {}): Stage {
  const it = {} as Stage
  beforeAll(async () => {
    it.server = await serveSamples()
    it.browser = await openBrowser({ ...options, args: [...it.server.args, ...(options.args ?? [])] })
    it.follower = await follow(it.browser)
    it.open = async (url) => {
      const page = await it.browser.context.newPage()
      await page.goto(url)
      await page.bringToFront()
      await settled(it.follower)
      return page
    }
    it.tabId = () => it.follower.tabId()
    it.popup = async (tabId) => {
      const page = await it.browser.openOwn(`extension/popup.html?tab=${tabId}`)
      await page.setViewportSize({ width: 360, height: 560 })
      return page
    }
  })
  afterAll(async () => {
    await it.browser?.close()
    await it.server?.close()
  })
  return it
}

/** Ends the extension's service worker, as the browser does with an idle one; false where none runs. */
export async function killServiceWorker({ context, origin }: Browser): Promise<boolean> {
  const cdp = await context.newCDPSession(context.pages()[0]!)
  const { targetInfos } = await cdp.send('Target.getTargets')
  const worker = targetInfos.find(({ type, url }) => type === 'service_worker' && url.startsWith(origin))
  if (worker) await cdp.send('Target.closeTarget', { targetId: worker.targetId })
  await cdp.detach()
  return worker !== undefined
}

interface DomNode {
  nodeId: number
  backendNodeId: number
  nodeName: string
  nodeValue?: string
  attributes?: string[]
  children?: DomNode[]
  shadowRoots?: (DomNode & { shadowRootType?: string })[]
}

/** A mark on the page, looked at the only way a closed root allows: through the debugger. */
export interface SeenMark {
  text: string
  /** Middle of its button in the window, CSS px. */
  click(): Promise<void>
}

/** All marks of the page, in page order. */
export async function marksOf(page: Page): Promise<SeenMark[]> {
  const cdp = await page.context().newCDPSession(page)
  const { root } = (await cdp.send('DOM.getDocument', { depth: -1, pierce: true })) as { root: DomNode }
  const marks: SeenMark[] = []
  const walk = (node: DomNode): void => {
    for (const shadow of node.shadowRoots ?? []) {
      const button = shadow.shadowRootType === 'closed' ? find(shadow, (one) => one.nodeName === 'BUTTON') : undefined
      if (button) marks.push({ text: textOf(shadow), click: () => clickNode(page, cdp, button) })
      walk(shadow)
    }
    node.children?.forEach(walk)
  }
  walk(root)
  return marks
}

function find(node: DomNode, is: (node: DomNode) => boolean): DomNode | undefined {
  if (is(node)) return node
  for (const child of node.children ?? []) {
    const found = find(child, is)
    if (found) return found
  }
  return undefined
}

function textOf(node: DomNode): string {
  if (node.nodeName === 'STYLE') return ''
  return (node.nodeValue ?? '') + (node.children ?? []).map(textOf).join('')
}

async function clickNode(page: Page, cdp: CDPSession, { backendNodeId }: DomNode): Promise<void> {
  await cdp.send('DOM.scrollIntoViewIfNeeded', { backendNodeId })
  const { model } = await cdp.send('DOM.getBoxModel', { backendNodeId })
  const [x1, y1, , , x2, y2] = model.border as [number, number, number, number, number, number]
  await page.mouse.click((x1 + x2) / 2, (y1 + y2) / 2)
}

/** Clicks a button inside an opened mark by its words. */
export async function clickInMark(page: Page, words: string): Promise<void> {
  const cdp = await page.context().newCDPSession(page)
  const { root } = (await cdp.send('DOM.getDocument', { depth: -1, pierce: true })) as { root: DomNode }
  const within = (node: DomNode): DomNode | undefined => {
    if (node.nodeName === 'BUTTON' && textOf(node).trim() === words) return node
    for (const child of [...(node.shadowRoots ?? []), ...(node.children ?? [])]) {
      const found = within(child)
      if (found) return found
    }
    return undefined
  }
  const button = within(root)
  if (!button) throw new Error(`no button "${words}" in any mark`)
  await clickNode(page, cdp, button)
}
