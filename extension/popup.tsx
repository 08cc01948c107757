/** Joins ui/popup to the tab it was opened over, the background and the settings. */
import { render } from 'preact'
import browser from 'webextension-polyfill'
import type { EngineState, TabItem } from '../src/messages.ts'
import { changeSettings, readSettings, type Settings } from '../src/settings.ts'
import { adapterFor, adapters } from '../src/sites/index.ts'
import { Store, StoreError } from '../src/store.ts'
import { languageOf } from '../src/ui/i18n.ts'
import { isTabState, Popup, type PopupProps, type PopupTab } from '../src/ui/popup.tsx'
import '../src/ui/style.css'
import { ask, askTab } from './bridge.ts'

/** How often an open popup looks again, ms. */
const REFRESH = 700

const store = new Store()
let settings: Settings
let tab: PopupTab = { kind: 'loading' }
let engine: EngineState = { state: 'idle' }
let reports = 0
let storeReason: PopupProps['storeReason']

/** Opened as a page of its own, it is told which tab it is about: popup.html?tab=12. */
const given = Number(new URLSearchParams(location.search).get('tab'))

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
    const granted = await browser.permissions.contains({ origins: [...site.matches] })
    return granted ? { kind: 'error', reason: 'extensionUpdated' } : { kind: 'permission' }
  }
}

async function refresh(): Promise<void> {
  ;[tab, engine] = await Promise.all([
    tabState(),
    ask('engineState', {}).catch((cause: Error): EngineState => ({ state: 'failed', reason: 'engineGone', detail: cause.message })),
  ])
  try {
    reports = (await store.all()).filter(({ report }) => report).length
    storeReason = isTabState(tab) ? (tab.storeProblem as PopupProps['storeReason']) : undefined
  } catch (cause) {
    storeReason = cause instanceof StoreError ? cause.reason : 'storeBroken'
  }
  draw()
}

async function site() {
  const target = await ownTab()
  return isTabState(tab)
    ? adapters.find(({ id }) => isTabState(tab) && id === tab.platform)
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

function draw(): void {
  const lang = languageOf(settings.language, navigator.languages)
  const current = isTabState(tab) ? adapters.find(({ id }) => isTabState(tab) && id === tab.platform) : undefined
  render(
    <Popup
      tab={tab}
      engine={engine}
      settings={settings}
      lang={lang}
      siteName={current?.names[lang] ?? ''}
      reports={reports}
      storeReason={storeReason}
      onReport={(key, category) =>
        void act(key, ({ post, verdict }, pageUrl) => ask('report', { post, pageUrl, verdict, category, note: '' }))
      }
      onDismiss={(key) => void act(key, () => ask('decide', { key, decision: 'dismissed' }))}
      onUndo={(key) => void act(key, ({ reported }) => (reported ? ask('withdraw', { key }) : ask('decide', { key, decision: 'open' })))}
      onShow={(key) =>
        void ownTab().then(async (target) => {
          if (target?.id === undefined) return
          await askTab(target.id, 'show', { key })
          if (!given) window.close()
        })
      }
      onToggleSite={(on) =>
        void site().then(async (one) => {
          if (!one) return
          await changeSettings(browser.storage.local, ({ sitesOff }) => ({
            sitesOff: on ? sitesOff.filter((id) => id !== one.id) : [...new Set([...sitesOff, one.id])],
          }))
        })
      }
      onRetry={() => void ask('engineRetry', {}).catch(() => undefined).then(refresh)}
      onAllow={() => void site().then((one) => one && browser.permissions.request({ origins: [...one.matches] })).then(refresh)}
      onReload={() =>
        void ownTab().then(async (target) => {
          if (target?.id === undefined) return
          await browser.tabs.reload(target.id)
          if (!given) window.close()
        })
      }
      onOpenReview={(what) => void browser.tabs.create({ url: browser.runtime.getURL(`extension/review.html${what === 'reported' ? '#state=reported' : ''}`) })}
      onLanguage={(language) => void changeSettings(browser.storage.local, () => ({ language }))}
      onCheck={(text) => ask('check', { text })}
    />,
    document.getElementById('app')!,
  )
  document.documentElement.lang = lang === 'zh' ? 'zh-CN' : 'en'
}

settings = await readSettings(browser.storage.local)
browser.storage.local.onChanged.addListener(() => {
  void readSettings(browser.storage.local).then((next) => {
    settings = next
    return refresh()
  })
})
await refresh()
setInterval(() => void refresh(), REFRESH)
