/** Sites that a person added: the same content script, registered for their host while the permission lasts. */
import browser from 'webextension-polyfill'
import { adapterFor } from '../src/sites/index.ts'

const JS = ['extension/content.iife.js']
const CSS = ['extension/content.css']
const idOf = (pattern: string): string => `site:${pattern}`
/** Hosts of our adapters have the script by the manifest. */
const isOwn = (pattern: string): boolean => !adapterFor(pattern.replace(/^\*/, 'https').replace(/\*$/, ''))

/** One origin with its scheme is asked for to send something there, not to read pages: the popup asks for both schemes. */
const isReceiver = (pattern: string): boolean => /^https?:\/\/[^*]+\/\*$/.test(pattern) && isOwn(pattern)

/** Registers the script for later visits; false where it is there already. */
async function register(pattern: string): Promise<boolean> {
  const [known] = await browser.scripting.getRegisteredContentScripts({ ids: [idOf(pattern)] })
  if (known) return false
  await browser.scripting.registerContentScripts([
    { id: idOf(pattern), matches: [pattern], js: JS, css: CSS, runAt: 'document_idle', persistAcrossSessions: true },
  ])
  return true
}

/** Reads the pages that are open now; a page that has the script already keeps to its first one. */
async function readOpen(pattern: string): Promise<void> {
  for (const { id, discarded } of await browser.tabs.query({ url: pattern })) {
    if (id === undefined || discarded) continue
    await browser.scripting.insertCSS({ target: { tabId: id }, files: CSS })
    await browser.scripting.executeScript({ target: { tabId: id }, files: JS })
  }
}

async function add(patterns: readonly string[]): Promise<void> {
  // Firefox grants the sites of the manifest later than Chrome does: there too the open page is read at once.
  for (const pattern of patterns.filter((one) => !isReceiver(one))) if (!isOwn(pattern) || (await register(pattern))) await readOpen(pattern)
}

async function remove(patterns: readonly string[]): Promise<void> {
  const scripts = await browser.scripting.getRegisteredContentScripts()
  const gone = scripts.filter(({ matches = [] }) => matches.some((pattern) => patterns.includes(pattern))).map(({ id }) => id)
  if (gone.length > 0) await browser.scripting.unregisterContentScripts({ ids: gone })
}

/**
 * Whether these sites may be read. Chromium's `contains` denies sites that only the manifest's content scripts name,
 * while its `getAll` lists them.
 */
export async function mayRead(matches: readonly string[]): Promise<boolean> {
  const { origins = [] } = await browser.permissions.getAll()
  return matches.every((match) => origins.includes(match)) || browser.permissions.contains({ origins: [...matches] })
}

/** The permission is the one truth: given or taken back, here or in the browser's own settings, the script follows. */
export function followPermissions(): void {
  browser.permissions.onAdded.addListener(({ origins = [] }) => void add(origins))
  browser.permissions.onRemoved.addListener(({ origins = [] }) => void remove(origins))
  // An update of the extension clears registrations and keeps permissions.
  browser.runtime.onInstalled.addListener(() => void browser.permissions.getAll().then(({ origins = [] }) => add(origins.filter(isOwn))))
}
