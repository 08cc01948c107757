/** Joins ui/popup, in the popup and in the side panel, to the tab it is about, the background and the settings. */
import { render } from 'preact'
import browser from 'webextension-polyfill'
import type { EngineState, TabItem } from '../src/messages.ts'
import { changeSettings, type Settings } from '../src/store/settings.ts'
import { generic } from '../src/sites/generic.ts'
import { adapterFor, adapters } from '../src/sites/index.ts'
import { Store, StoreError } from '../src/store/store.ts'
import type { Case } from '../src/types.ts'
import { languageOf, languageTag, inLanguage } from '../src/ui/i18n.ts'
import { isTabState, Popup, type PopupProps, type PopupTab } from '../src/ui/popup.tsx'
import '../src/ui/style.css'
import { ask, askTab } from './bridge.ts'
import { onSettings, readEffective, readPolicy } from './effective.ts'
import { mayRead } from './own-sites.ts'

/** How often an open popup looks again, ms. */
const REFRESH = 700

const store = new Store()
let settings: Settings
let tab: PopupTab = { kind: 'loading' }
let engine: EngineState = { state: 'idle' }
/** Reported cases by key. */
let reported: ReadonlyMap<string, Case> = new Map()
/** The tab that the popup is about, as last seen. */
let current: browser.Tabs.Tab | undefined
let readable = false
let storeReason: PopupProps['storeReason']

/** Opened as a page of its own, it is told which tab it is about: popup.html?tab=12. */
const given = Number(new URLSearchParams(location.search).get('tab'))

/** The side panel shows the same, stays open and follows the tabs. */
const isPanel = location.pathname.endsWith('/panel.html')
const closeAfter = (): void => {
  if (!given && !isPanel) window.close()
}

async function openPanel(): Promise<void> {
  if (FIREFOX) await browser.sidebarAction.open()
  else await chrome.sidePanel.open({ windowId: (await chrome.windows.getCurrent()).id! })
  closeAfter()
}

/** Permissions must be asked for in the person's own click, before anything is awaited; the background does the rest. */
async function readSite(on: boolean): Promise<void> {
  const origins = [`*://${new URL(current!.url!).hostname}/*`]
  await (on ? browser.permissions.request({ origins }) : browser.permissions.remove({ origins }))
  if (!on) await browser.tabs.reload(current!.id!)
  await refresh()
}

async function allow(): Promise<void> {
  const one = current?.url ? adapterFor(new URL(current.url)) : null
  if (one) await browser.permissions.request({ origins: [...one.matches] })
  await refresh()
}

async function ownTab(): Promise<browser.Tabs.Tab | undefined> {
  if (given) return browser.tabs.get(given)
  return (await browser.tabs.query({ active: true, currentWindow: true }))[0]
}

async function tabState(): Promise<PopupTab> {
  const target = await ownTab()
  if (target?.id === undefined) return { kind: 'unsupported' }
  try {
    return await askTab(target.id, 'tabState', {})
  } catch {
    // No content script answers: not a site of ours, not granted, or a page older than the extension.
    const site = target.url ? adapterFor(new URL(target.url)) : undefined
    if (!site) return { kind: 'unsupported' }
    const granted = await mayRead(site.matches)
    return granted ? { kind: 'error', reason: 'extensionUpdated' } : { kind: 'permission' }
  }
}

/** The text of the page under the popup, which the person's click on the popup allows to read once. */
async function readPage(): Promise<string> {
  const target = await ownTab()
  const [result] = await browser.scripting.executeScript({ target: { tabId: target!.id! }, func: () => document.body.innerText })
  const text = String(result?.result ?? '').trim()
  if (!text) throw new Error('no text on the page')
  return text
}

async function refresh(): Promise<void> {
  current = await ownTab()
  readable = /^https?:/.test(current?.url ?? '')
  ;[tab, engine] = await Promise.all([
    tabState(),
    ask('engineState', {}).catch((cause: Error): EngineState => ({ state: 'failed', reason: 'engineGone', detail: cause.message })),
  ])
  try {
    const cases = (await store.all()).filter(({ report }) => report)
    reported = new Map(cases.map((one) => [one.key, one]))
    storeReason = isTabState(tab) ? (tab.storeProblem as PopupProps['storeReason']) : undefined
  } catch (cause) {
    storeReason = cause instanceof StoreError ? cause.reason : 'storeBroken'
  }
  draw()
}

async function site() {
  const target = await ownTab()
  return isTabState(tab)
    ? [...adapters, generic].find(({ id }) => isTabState(tab) && id === tab.platform)
    : target?.url
      ? adapterFor(new URL(target.url))
      : undefined
}

/** Does something with a post of the list and shows the result. */
async function act(key: string, work: (item: TabItem, pageUrl: string) => Promise<unknown>): Promise<void> {
  const item = isTabState(tab) ? tab.items.find((one) => one.key === key) : undefined
  if (!item || !isTabState(tab)) return
  try {
    await work(item, tab.pageUrl)
  } catch (cause) {
    storeReason = ((cause as { reason?: string }).reason as PopupProps['storeReason']) ?? 'storeBroken'
    return draw()
  }
  await refresh()
}

async function preserve(key: string): Promise<boolean> {
  const target = await ownTab()
  return (await ask('preserve', { key, ...(target?.id === undefined ? {} : { tabId: target.id }) })).screenshot
}

function draw(): void {
  const lang = languageOf(settings.language, navigator.languages)
  const shown = isTabState(tab) ? [...adapters, generic].find(({ id }) => isTabState(tab) && id === tab.platform) : undefined
  render(
    <Popup
      tab={tab}
      engine={engine}
      settings={settings}
      fixed={managed.locked.includes('display')}
      lang={lang}
      siteName={shown ? inLanguage(shown.names, lang) : ''}
      reports={reported.size}
      reported={reported}
      onHand={(key, to, receipt) => void act(key, () => ask('hand', { key, to, receipt }))}
      storeReason={storeReason}
      onReport={(key, category) =>
        void act(key, async ({ post, verdict }, pageUrl) => {
          await ask('report', { post, pageUrl, verdict, category, note: '' })
          // A report that was kept stays kept, whether or not the page could be.
          if (settings.preserveReports) await preserve(key).catch(() => undefined)
        })
      }
      onPreserve={preserve}
      onDismiss={(key) => void act(key, () => ask('decide', { choices: [{ key, decision: 'dismissed' }] }))}
      onUndo={(key) => void act(key, ({ reported }) => (reported ? ask('withdraw', { key }) : ask('decide', { choices: [{ key, decision: 'open' }] })))}
      onShow={(key) =>
        void ownTab().then(async (target) => {
          if (target?.id === undefined) return
          await askTab(target.id, 'show', { key })
          closeAfter()
        })
      }
      onToggleSite={(on) =>
        void site().then(async (one) => {
          if (!one) return
          await changeSettings(browser.storage.local, ({ display }) => ({ display: { ...display, [one.id]: on ? 'mark' : 'off' } }))
        })
      }
      onFold={(folds) =>
        void site().then((one) => one && changeSettings(browser.storage.local, ({ display }) => ({ display: { ...display, [one.id]: folds ? 'fold' : 'mark' } })))
      }
      onReadSite={readable && !managed.disabled.includes('genericReader') ? (on) => void readSite(on) : undefined}
      onPanel={isPanel ? undefined : () => void openPanel()}
      onSettings={() => void browser.runtime.openOptionsPage()}
      onRetry={() => void ask('engineRetry', {}).catch(() => undefined).then(refresh)}
      onAllow={() => void allow()}
      onReload={() =>
        void ownTab().then(async (target) => {
          if (target?.id === undefined) return
          await browser.tabs.reload(target.id)
          closeAfter()
        })
      }
      onOpenReview={(what) => void browser.tabs.create({ url: browser.runtime.getURL(`extension/review.html${what === 'reported' ? '#state=reported' : ''}`) })}
      onLanguage={(language) => void changeSettings(browser.storage.local, () => ({ language }))}
      onCheck={(text) => ask('check', { text })}
      onReadPage={readable ? readPage : undefined}
    />,
    document.getElementById('app')!,
  )
  document.documentElement.lang = languageTag(lang)
}

settings = await readEffective()
const { managed } = await readPolicy()
onSettings(() => {
  void readEffective().then((next) => {
    settings = next
    return refresh()
  })
})
for (;;) {
  if (!document.hidden) await refresh()
  await new Promise((resolve) => setTimeout(resolve, REFRESH))
}
