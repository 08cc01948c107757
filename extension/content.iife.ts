/**
 * In a feed: picks the adapter, starts the feed, asks for judgements, places marks, stops.
 * The name ends in .iife.ts so that the build makes one self-contained file: nothing of the extension is then
 * reachable from the page.
 */
import browser from 'webextension-polyfill'
import { type Feed, watchFeed } from '../src/feed.ts'
import type { Judgement, TabItem, TabState } from '../src/messages.ts'
import { readSettings, settingsOf } from '../src/settings.ts'
import { adapterFor } from '../src/sites/index.ts'
import type { Adapter } from '../src/sites/adapter.ts'
import { caseKey, type Post } from '../src/types.ts'
import { createMarks } from '../src/ui/marks.ts'
import { languageOf } from '../src/ui/i18n.ts'
import { answer, ask } from './bridge.ts'

const adapter = adapterFor(new URL(location.href))
if (adapter && window === window.top) void run(adapter)

/** Most flagged and unsure posts that the popup lists for one tab. */
const LISTED = 500

async function run(site: Adapter): Promise<void> {
  let on: AbortController | undefined
  let feed: Feed | undefined
  let storeProblem: string | undefined
  const items = new Map<string, TabItem>()
  const settings = await readSettings(browser.storage.local)
  const marks = createMarks(document, site, {
    report: (post, judgement, category) =>
      ask('report', { post, pageUrl: location.href, verdict: judgement.verdict, category, note: '' }).then(({ receipt }) => {
        learn(caseKey(post), { reported: true })
        return receipt
      }),
    withdraw: async (post) => {
      await ask('withdraw', { key: caseKey(post) })
      learn(caseKey(post), { reported: false })
    },
    decide: async (post, decision) => {
      await ask('decide', { key: caseKey(post), decision })
      learn(caseKey(post), { decision })
    },
  })

  /** What is now known of a post, here and in what the page shows. */
  function learn(key: string, change: Partial<Judgement>): void {
    const item = items.get(key)
    if (item) items.set(key, { ...item, ...change })
    feed?.update(key, change)
    showBadge()
  }

  function remember(post: Post, judgement: Judgement): void {
    const key = caseKey(post)
    const { band } = judgement.verdict
    if (band !== 'flagged' && band !== 'unsure') return void items.delete(key)
    items.set(key, { key, post, ...judgement, onPage: true })
    if (items.size > LISTED) items.delete(items.keys().next().value!)
  }

  async function judge(posts: Post[]): Promise<Judgement[]> {
    try {
      const reply = await ask('judge', { posts, pageUrl: location.href })
      storeProblem = reply.storeProblem
      reply.judgements.forEach((judgement, index) => remember(posts[index]!, judgement))
      return reply.judgements
    } catch (cause) {
      // After an update or a removal of the extension nobody answers this page again: stop quietly.
      if (!browser.runtime?.id) stop()
      throw cause
    }
  }

  function start(): void {
    on = new AbortController()
    feed = watchFeed(document, site, { judge, show: marks.show, hide: marks.hide, owns: marks.owns, changed: showBadge }, on.signal)
    showBadge()
  }

  function stop(): void {
    on?.abort()
    on = feed = undefined
    items.clear()
    marks.clear()
    if (browser.runtime?.id) showBadge()
  }

  const state = (): TabState => ({
    platform: site.id,
    enabled: feed !== undefined,
    ...(feed?.state() ?? { read: 0, pending: 0, notJudged: 0, blind: false }),
    ...(storeProblem ? { storeProblem } : {}),
    items: [...items.values()].map((item) => ({ ...item, onPage: feed?.elementOf(item.key) !== undefined })),
    pageUrl: location.href,
  })

  let lastBadge = ''
  function showBadge(): void {
    const now = feed?.state()
    const flagged = [...items.values()].filter(({ verdict, decision }) => verdict.band === 'flagged' && decision !== 'dismissed' && decision !== 'wrong').length
    const badge = {
      state: !now ? 'off' : now.blind || now.notJudged > 0 || storeProblem ? 'attention' : flagged === 0 && now.pending > 0 ? 'loading' : 'on',
      flagged,
    } as const
    if (JSON.stringify(badge) === lastBadge) return
    lastBadge = JSON.stringify(badge)
    ask('badge', badge).catch(() => undefined)
  }

  answer('tab', {
    tabState: state,
    show: ({ key }) => {
      const element = feed?.elementOf(key)
      return element ? marks.reveal(element) : false
    },
    decided: ({ key, decision, reported }) => learn(key, { decision, reported }),
  })
  browser.storage.local.onChanged.addListener((changes) => {
    if (!changes['settings']) return
    const now = settingsOf(changes['settings'].newValue)
    marks.setLanguage(languageOf(now.language, navigator.languages))
    const off = now.sitesOff.includes(site.id)
    if (off && feed) stop()
    else if (!off && !feed) start()
  })
  marks.setLanguage(languageOf(settings.language, navigator.languages))
  if (!settings.sitesOff.includes(site.id)) start()
}
