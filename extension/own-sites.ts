/** Sites that a person added: the same content script, registered for their host while the permission lasts. */
import browser from 'webextension-polyfill'
import { adapterFor } from '../src/sites/index.ts'

const JS = ['extension/content.iife.js']
const CSS = ['extension/content.css']
const idOf = (pattern: string): string => `site:${pattern}`
/** Hosts of our adapters have the script by the manifest. */
const isOwn = (pattern: string): boolean => !adapterFor(pattern.replace(/^\*/, 'https').replace(/\*$/, ''))

/** Registers the script for later visits, and reads the pages that are open now. */
async function add(patterns: readonly string[]): Promise<void> {
  for (const pattern of patterns.filter(isOwn)) {
    const [known] = await browser.scripting.getRegisteredContentScripts({ ids: [idOf(pattern)] })
    if (known) continue
    await browser.scripting.registerContentScripts([
      { id: idOf(pattern), matches: [pattern], js: JS, css: CSS, runAt: 'document_idle', persistAcrossSessions: true },
    ])
    for (const { id } of await browser.tabs.query({ url: pattern })) {
      if (id === undefined) continue
      await browser.scripting.insertCSS({ target: { tabId: id }, files: CSS })
      await browser.scripting.executeScript({ target: { tabId: id }, files: JS })
    }
  }
}

async function remove(patterns: readonly string[]): Promise<void> {
  const scripts = await browser.scripting.getRegisteredContentScripts()
  const gone = scripts.filter(({ matches = [] }) => matches.some((pattern) => patterns.includes(pattern))).map(({ id }) => id)
  if (gone.length > 0) await browser.scripting.unregisterContentScripts({ ids: gone })
}

/** The permission is the one truth: given or taken back, here or in the browser's own settings, the script follows. */
export function followPermissions(): void {
  browser.permissions.onAdded.addListener(({ origins = [] }) => void add(origins))
  browser.permissions.onRemoved.addListener(({ origins = [] }) => void remove(origins))
  // An update of the extension clears registrations and keeps permissions.
  browser.runtime.onInstalled.addListener(() => void browser.permissions.getAll().then(({ origins = [] }) => add(origins)))
}
