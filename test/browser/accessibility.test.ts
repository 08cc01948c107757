/**
 * axe-core on every screen, in both browsers: nothing serious or critical. PICTURES=folder also leaves a picture of each in
 * Chinese and English, light and dark, to be looked at.
 */
import { mkdirSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import type { Page } from 'playwright-core'
import { beforeAll, describe, expect, test } from 'vitest'
import { sampleSites } from '../../src/cli/samples.ts'
import { stage } from './browser.ts'
import { firefoxStage } from './firefox.ts'
import { forgotten, MARK_STEPS, SCREENS } from './screens.ts'

const AXE = `${readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')};0`
const LISTED = sampleSites.find(({ id }) => id === 'weibo')!.urls[0]!
/** Another site: on the first a post is reported. */
const MARKED = sampleSites.find(({ id }) => id === 'zhihu')!.urls[0]!

/** Runs in the page: what axe holds to be serious or critical, and whether it is wider than its window. With `hosts` in these elements alone, where it must have seen into a root. */
const audit = (hosts = ''): string => `axe.run(${hosts || 'document'}, { resultTypes: ['violations', 'passes'] }).then(({ violations, passes }) => {
  const seen = passes.flatMap(({ nodes }) => nodes).filter(({ target }) => ${hosts ? 'Array.isArray(target[0])' : 'true'})
  if (seen.length === 0) return ['axe saw nothing']
  const { scrollWidth, clientWidth } = document.documentElement
  const wide = scrollWidth > clientWidth ? ['scrolls sideways: ' + scrollWidth + ' of ' + clientWidth + ' px'] : []
  return violations.filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .flatMap(({ id, impact, nodes }) => nodes.map(({ target, failureSummary }) => id + ' ' + impact + ': ' + target.join(' ') + ' · ' + failureSummary.split('\\n').slice(1).join(' ').trim())).concat(wide)
})`
/** Runs in the page: the languages of its opened marks. */
const MARK_LANGUAGE = `[...document.querySelectorAll('span')].flatMap((one) => one.shadowRoot?.querySelector('[lang]')?.lang ?? []).join()`
const HOSTS = `{ include: [...document.querySelectorAll('span')].filter((one) => one.shadowRoot) }`

const PICTURES = process.env['PICTURES']
if (PICTURES) mkdirSync(PICTURES, { recursive: true })

/** What the screens need of a page of either driver. */
interface Looked {
  evaluate(script: string): Promise<unknown>
}

const walk = async (page: Looked, steps: readonly string[]): Promise<void> => {
  for (const step of steps) await page.evaluate(step)
}

test('every page of the extension is among the screens', () => expect(forgotten()).toEqual([]))

describe('Chromium', () => {
  const it = stage()
  const found: string[] = []
  /** In Chinese and English, light and dark; the language is switched under the open screen. */
  const look = async (page: Page, name: string, hosts = ''): Promise<void> => {
    for (const [language, shown] of [['en', 'English'], ['zh', '中文']] as const) {
      await choose(page, language)
      for (const colorScheme of ['light', 'dark'] as const) {
        await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
        for (const one of (await page.evaluate(audit(hosts))) as string[]) found.push(`${name} (${shown}, ${colorScheme}): ${one}`)
        if (PICTURES) await page.screenshot({ path: `${PICTURES}/${name.replace(/\W+/g, '-')}.${language}.${colorScheme}.png`, fullPage: !hosts })
      }
    }
  }
  const choose = async (page: Page, language: 'zh' | 'en'): Promise<void> => {
    const settings = await it.browser.openOwn('extension/options.html')
    await settings.locator('select').first().selectOption(language)
    await expect.poll(() => settings.locator('html').getAttribute('lang')).toMatch(language)
    await settings.close()
    await page.bringToFront()
    if (page.url().startsWith(it.browser.origin)) await expect.poll(() => page.locator('html').getAttribute('lang')).toMatch(language)
  }

  test('pages of the extension, light and dark', async () => {
    const feed = await it.open(LISTED)
    const tab = await it.tabId()
    for (const { name, path, steps = [] } of SCREENS) {
      const page = await it.browser.openOwn(path.replace('TAB', String(tab)))
      if (/popup|panel|check/.test(path)) await page.setViewportSize({ width: 360, height: 600 })
      await walk(page, steps)
      await page.evaluate(AXE)
      await look(page, name)
      await page.close()
    }
    await feed.close()
    expect(found.splice(0)).toEqual([])
  }, 600_000)

  test('marks in the page, light and dark', async () => {
    const page = await it.open(MARKED)
    await page.evaluate(AXE)
    for (const { name, steps } of MARK_STEPS) {
      await openRoots(page)
      await walk(page, steps)
      await look(page, name, HOSTS)
    }
    const settings = await it.browser.openOwn('extension/options.html')
    await settings.getByRole('checkbox', { name: '审核员模式' }).check()
    await settings.close()
    await page.bringToFront()
    await expect.poll(async () => {
      await page.keyboard.press('?')
      await openRoots(page)
      return page.evaluate(`[...document.querySelectorAll('span')].some((one) => one.shadowRoot?.querySelector('dialog'))`)
    }).toBe(true)
    await look(page, 'keys in the page', HOSTS)
    await page.close()
    expect(found.splice(0)).toEqual([])
  }, 300_000)
})

/** Hands the closed roots to the page's own script, where axe runs; only the debugger reaches them. */
async function openRoots(page: Page): Promise<void> {
  const cdp = await page.context().newCDPSession(page)
  const { root } = (await cdp.send('DOM.getDocument', { depth: -1, pierce: true })) as { root: Node }
  interface Node {
    backendNodeId: number
    children?: Node[]
    shadowRoots?: (Node & { shadowRootType?: string })[]
  }
  const roots: number[] = []
  const gather = (node: Node): void => {
    for (const shadow of node.shadowRoots ?? []) {
      if (shadow.shadowRootType === 'closed') roots.push(shadow.backendNodeId)
      gather(shadow)
    }
    node.children?.forEach(gather)
  }
  gather(root)
  for (const backendNodeId of roots) {
    const { object } = await cdp.send('DOM.resolveNode', { backendNodeId })
    await cdp.send('Runtime.callFunctionOn', { objectId: object.objectId!, functionDeclaration: `function () { Object.defineProperty(this.host, 'shadowRoot', { value: this, configurable: true }) }` })
  }
  await cdp.detach()
}

describe.each([{ shown: 'light', scheme: 1 }, { shown: 'dark', scheme: 0 }])('Firefox, $shown', ({ shown, scheme }) => {
  // Unless motion is reduced, a card fades in, and is faint while axe looks.
  const it = firefoxStage({ prefs: { 'ui.prefersReducedMotion': 1, 'layout.css.prefers-color-scheme.content-override': scheme } })
  const found: string[] = []
  let settings: Awaited<ReturnType<typeof it.firefox.openOwn>>
  beforeAll(async () => void (settings = await it.firefox.openOwn('extension/options.html', '.settings select')))

  /** Switches the language under the open screen and waits until its words, which `said` reads, are others. */
  const choose = async (page: Looked, said: string, language: 'zh' | 'en'): Promise<void> => {
    const before = await page.evaluate(said)
    await settings.evaluate((chosen) => {
      const select = document.querySelector('select')!
      select.value = chosen
      select.dispatchEvent(new Event('change', { bubbles: true }))
    }, language)
    await expect.poll(() => page.evaluate(said), { timeout: 10_000 }).not.toBe(before)
  }
  /** In Chinese and English; what follows finds its buttons in Chinese. */
  const look = async (page: Looked, name: string, said: string, hosts = ''): Promise<void> => {
    const check = async (language: string): Promise<void> => {
      for (const one of (await page.evaluate(audit(hosts))) as string[]) found.push(`${name} (${language}, ${shown}): ${one}`)
    }
    await check('中文')
    await choose(page, said, 'en')
    await check('English')
    await choose(page, said, 'zh')
  }

  test('pages of the extension', async () => {
    const feed = await it.open(LISTED)
    const tab = await it.tabId()
    for (const { name, path, steps = [] } of SCREENS) {
      const page = await it.firefox.openOwn(path.replace('TAB', String(tab)), 'main')
      await walk(page, steps)
      await page.evaluate(AXE)
      await look(page, name, 'document.documentElement.lang')
      await page.close()
    }
    await feed.close()
    expect(found.splice(0)).toEqual([])
  }, 600_000)

  test('marks in the page', async () => {
    const page = await it.open(MARKED)
    await page.evaluate(AXE)
    for (const { name, steps } of MARK_STEPS) {
      await it.openRoots()
      await walk(page, steps)
      await look(page, name, MARK_LANGUAGE, HOSTS)
    }
    await page.close()
    expect(found.splice(0)).toEqual([])
  }, 300_000)
})
