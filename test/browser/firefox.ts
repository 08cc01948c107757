/** What the Firefox tests share: a real Firefox with the packaged extension, and the sample feeds served to it. */
import { spawnSync } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { existsSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Browser as Puppet, launch, type Page } from 'puppeteer-core'
import { afterAll, beforeAll, expect, vi } from 'vitest'
import type browserApi from 'webextension-polyfill'
import { GECKO_ID } from '../../extension/manifest.ts'
import { zipFolder } from '../../src/cli/archive.ts'
import { serveSamples, type SampleServer } from '../../src/cli/server.ts'
import type { TabState } from '../../src/messages.ts'

declare const browser: typeof browserApi

const NAMES = ['firefox-esr', 'firefox']

function findFirefox(): string {
  const given = process.env['FIREFOX']
  if (given) {
    if (!existsSync(given)) throw new Error(`FIREFOX=${given} 不存在。 FIREFOX names no file.`)
    return given
  }
  for (const name of NAMES) {
    const { status, stdout } = spawnSync('sh', ['-c', `command -v ${name}`], { encoding: 'utf8' })
    if (status === 0 && stdout.trim()) return stdout.trim()
  }
  throw new Error('没有找到 Firefox：请安装，或用环境变量 FIREFOX 指出路径。 No Firefox found: install it, or give its path in FIREFOX.')
}

export interface Firefox {
  puppet: Puppet
  /** `moz-extension://<uuid>` */
  origin: string
  /** Opens one of the extension's pages and waits until it shows `ready`, a selector. */
  openOwn(path: string, ready: string): Promise<Page>
  close(): Promise<void>
}

export interface FirefoxOptions {
  /** Folder of the built extension. */
  dist?: string
  /** Leaves the extension out: a policy installs it. */
  bare?: boolean
  /** Where downloads are put, without asking. */
  downloads?: string
  /** More of about:config. */
  prefs?: Record<string, boolean | number | string>
}

/** Zips a built extension as npm run package does. */
export async function packed(dist = 'dist/firefox'): Promise<string> {
  const path = join(mkdtempSync(join(tmpdir(), 'mingcha-xpi-')), 'mingcha.xpi')
  writeFileSync(path, await zipFolder(dist))
  return path
}

/** A fresh profile with the package as a temporary add-on, over WebDriver BiDi. Every name leads to this machine. */
export async function openFirefox({ dist, bare = false, downloads, prefs = {} }: FirefoxOptions = {}): Promise<Firefox> {
  // Its pages' address is made up at each installation, unless the profile knows one already.
  const uuid = randomUUID()
  const puppet = await launch({
    browser: 'firefox',
    executablePath: findFirefox(),
    headless: true,
    acceptInsecureCerts: true,
    defaultViewport: { width: 1366, height: 900 },
    // Pages of an extension are open to the driver with this only.
    args: ['--remote-allow-system-access'],
    extraPrefsFirefox: {
      'extensions.webextensions.uuids': JSON.stringify({ [GECKO_ID]: uuid }),
      'network.dns.forceResolve': '127.0.0.1',
      'network.stricttransportsecurity.preloadlist': false,
      'intl.accept_languages': 'zh-CN, zh',
      ...(downloads ? { 'browser.download.folderList': 2, 'browser.download.dir': downloads, 'browser.download.useDownloadDir': true, 'browser.download.always_ask_before_handling_new_types': false } : {}),
      ...prefs,
    },
  })
  if (!bare) await puppet.installExtension(await packed(dist))
  if (!bare) await endWelcome(puppet)
  const origin = `moz-extension://${uuid}`
  return {
    puppet,
    origin,
    async openOwn(path, ready) {
      const page = await puppet.newPage()
      // The driver never hears that such a page has loaded.
      await page.goto(`${origin}/${path}`, { timeout: 1_000 }).catch(() => undefined)
      await page.waitForSelector(ready, { timeout: 20_000 })
      return page
    },
    close: () => puppet.close(),
  }
}

/** A new installation opens the first page; it is closed, so that it does not come in front of what is opened next. */
async function endWelcome(puppet: Puppet): Promise<void> {
  await vi.waitUntil(async () => (await puppet.pages()).length === 2, { timeout: 20_000 })
  const page = (await puppet.pages())[1]!
  await page.waitForSelector('.welcome', { timeout: 20_000 })
  await page.close()
}

export interface FirefoxStage {
  firefox: Firefox
  server: SampleServer
  /** A page of the extension that stays open: where the tests speak to the extension's own API. */
  desk: Page
  /** Opens an address of a sample site in front and waits for its last verdict. */
  open(url: string): Promise<Page>
  /** What the content script of the tab in front knows; undefined where none answers. */
  state(): Promise<TabState | undefined>
  tabId(): Promise<number>
  /** Hands the closed roots of the tab in front to the page's own script: only an extension's content script reaches them. */
  openRoots(): Promise<void>
  /** Waits for a download whose name ends so, and reads it. */
  download(ending: string): Promise<string>
}

/** Starts before the tests of a file and ends after them. */
export function firefoxStage(options: FirefoxOptions = {}): FirefoxStage {
  const it = {} as FirefoxStage
  beforeAll(async () => {
    const downloads = mkdtempSync(join(tmpdir(), 'mingcha-downloads-'))
    it.server = await serveSamples()
    it.firefox = await openFirefox({ ...options, downloads })
    it.desk = await it.firefox.openOwn('extension/check.html', 'main')
    it.tabId = () => it.desk.evaluate(async () => (await browser.tabs.query({ active: true }))[0]!.id!)
    it.state = () =>
      it.desk.evaluate(async () => {
        const [tab] = await browser.tabs.query({ active: true })
        const reply: unknown = await browser.tabs.sendMessage(tab!.id!, { to: 'tab', name: 'tabState', request: {} }, { frameId: 0 }).catch(() => undefined)
        return (reply as { value?: TabState } | undefined)?.value
      })
    it.openRoots = async () => {
      await it.desk.evaluate(async (tabId) => {
        await browser.scripting.executeScript({
          target: { tabId },
          func: () => {
            for (const host of document.querySelectorAll<HTMLElement & { openOrClosedShadowRoot: ShadowRoot | null; wrappedJSObject: object }>('span')) {
              const root = host.openOrClosedShadowRoot as (ShadowRoot & { wrappedJSObject: object }) | null
              if (root) Object.defineProperty(host.wrappedJSObject, 'shadowRoot', { value: root.wrappedJSObject, configurable: true })
            }
          },
        })
      }, await it.tabId())
    }
    it.open = async (url) => {
      const page = await it.firefox.puppet.newPage()
      const address = new URL(url)
      address.port = String(it.server.port)
      await page.goto(address.href)
      await page.bringToFront()
      await settled(it)
      return page
    }
    it.download = async (ending) => {
      // The name is there first, empty.
      const read = () => readdirSync(downloads).filter((name) => name.endsWith(ending)).map((name) => readFileSync(join(downloads, name), 'utf8'))[0] ?? ''
      await expect.poll(read, { timeout: 20_000 }).not.toBe('')
      return read()
    }
  })
  afterAll(async () => {
    await it.firefox?.close()
    await it.server?.close()
  })
  return it
}

/** Waits until the tab in front has read something and nothing is left to judge. */
export async function settled(it: FirefoxStage): Promise<void> {
  let last = -1
  let quiet = 0
  await vi.waitUntil(
    async () => {
      const now = await it.state()
      quiet = now && now.pending === 0 && now.read > 0 && now.read === last ? quiet + 1 : 0
      last = now?.read ?? -1
      return quiet > 3
    },
    { timeout: 60_000, interval: 200 },
  )
}

/** A mark of the tab in front: its words, and the middles of its buttons in the window, CSS px. */
export interface SeenMark {
  text: string
  buttons: { words: string; x: number; y: number }[]
}

/** All marks of the tab in front, in page order: only an extension's content script sees into a closed root. */
export async function marksOf(it: FirefoxStage, intoView = ''): Promise<SeenMark[]> {
  return it.desk.evaluate(
    async (tabId, wanted) => {
      const [result] = await browser.scripting.executeScript({
        target: { tabId },
        args: [wanted],
        func: (wanted: string) => {
          const roots = [...document.querySelectorAll<HTMLElement & { openOrClosedShadowRoot: ShadowRoot | null }>('span')]
            .map((one) => one.openOrClosedShadowRoot)
            .filter((root) => root?.querySelector('button'))
          const all = roots.flatMap((root) => [...root!.querySelectorAll('button')])
          if (wanted) all.find((one) => one.textContent?.includes(wanted))?.scrollIntoView({ block: 'center' })
          return roots.map((root) => ({
            text: [...root!.children].filter(({ localName }) => localName !== 'style').map((one) => one.textContent).join(''),
            buttons: [...root!.querySelectorAll('button')].map((button) => {
              const { x, y, width, height } = button.getBoundingClientRect()
              return { words: button.textContent?.trim() ?? '', x: x + width / 2, y: y + height / 2 }
            }),
          }))
        },
      })
      return result!.result as SeenMark[]
    },
    await it.tabId(),
    intoView,
  )
}

/** Clicks the first button with these words in it inside a mark. */
export async function clickMark(it: FirefoxStage, page: Page, words: string): Promise<void> {
  const seen = (await marksOf(it, words)).flatMap(({ buttons }) => buttons).find((one) => one.words.includes(words))
  if (!seen) throw new Error(`no button "${words}" in any mark`)
  await page.mouse.click(seen.x, seen.y)
}
