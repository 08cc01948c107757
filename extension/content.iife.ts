/**
 * In a feed: picks the adapter, starts the feed, asks for judgements, places marks, stops.
 * The name ends in .iife.ts so that the build makes one self-contained file: nothing of the extension is then
 * reachable from the page.
 */
import browser from 'webextension-polyfill'
import { captureOf } from '../src/evidence/capture.ts'
import { type Feed, watchFeed } from '../src/feed.ts'
import type { Judgement, TabItem, TabState } from '../src/messages.ts'
import { onReturn } from '../src/store/presence.ts'
import { authorRule, withRule } from '../src/store/rules.ts'
import { changeSettings, displayOf, type Settings, settingsOf } from '../src/store/settings.ts'
import { broken, healthOf } from '../src/sites/canary.ts'
import { isNorms, NORMS } from '../src/sites/norms.ts'
import { diagnostic } from '../src/sites/diagnostic.ts'
import { generic } from '../src/sites/generic.ts'
import type { Adapter } from '../src/sites/adapter.ts'
import { adapterFor } from '../src/sites/index.ts'
import { textOf } from '../src/sites/read.ts'
import { caseKey, type Post } from '../src/types.ts'
import { createMarks, type MarkActions } from '../src/ui/marks.ts'
import { actionOf, PAGE_BINDINGS } from '../src/ui/keys.ts'
import { outline } from '../src/ui/outline.ts'
import { createPageKeys } from '../src/ui/page-keys.tsx'
import { languageOf } from '../src/ui/i18n.ts'
import { answer, ask } from './bridge.ts'

// On a site without an adapter this script runs only where the person asked for the generic reader.
// A site that was just added may get it twice, from its registration and for the open tab: the first one stays.
const world = globalThis as { running?: boolean }
if (window === window.top && !world.running) {
  world.running = true
  void run(adapterFor(new URL(location.href)) ?? generic)
}

/** Bounded as the messages are. */
const pageUrl = (): string => location.href.slice(0, 4_000)

/** A page that opens shows its posts within this time, ms. */
const SETTLED = 6_000
/** Longest stretch of looking a page over before it gets its thread back, ms. */
const STRETCH = 8
/** Most flagged and unsure posts that the popup lists for one tab. */
const LISTED = 500

/** Times that a page asks for its settings before it gives up, each after twice the wait of the one before, ms. */
const ASKED = 5
const FIRST_WAIT = 200

/** The background may end while it answers; a page without settings would never be read. */
async function firstSettings(): Promise<Settings> {
  for (let asked = 1; ; asked++) {
    try {
      return settingsOf(await ask('settings', {}))
    } catch (cause) {
      if (asked === ASKED || !browser.runtime?.id) throw cause
      await new Promise((resolve) => setTimeout(resolve, FIRST_WAIT * 2 ** (asked - 1)))
    }
  }
}

async function run(site: Adapter): Promise<void> {
  let on: AbortController | undefined
  let feed: Feed | undefined
  let storeProblem: string | undefined
  const items = new Map<string, TabItem>()
  let settings = await firstSettings()
  const keys = createPageKeys(document)
  /** The site's adapter, or the generic reader once the site's form is new to us. */
  let reader = site
  /** Why it took over: a report without a word of the page. */
  let newForm: string | undefined
  /** Such a report where the adapter reads on, though something of the page seems to be missing. */
  let partly: string | undefined
  const actions: MarkActions = {
    report: (post, judgement, category) =>
      ask('report', { post, pageUrl: pageUrl(), verdict: judgement.verdict, category, note: '' }).then(({ receipt }) => {
        learn(caseKey(post), { reported: true })
        // A report that was kept stays kept, whether or not the page could be.
        if (settings.preserveReports) void ask('preserve', { key: caseKey(post) }).catch(() => undefined)
        return receipt
      }),
    preserve: (post) => ask('preserve', { key: caseKey(post) }).then(({ screenshot }) => screenshot),
    withdraw: async (post) => {
      await ask('withdraw', { key: caseKey(post) })
      learn(caseKey(post), { reported: false })
    },
    decide: async (post, decision) => {
      await ask('decide', { choices: [{ key: caseKey(post), decision }] })
      learn(caseKey(post), { decision })
    },
    mute: async (post) => {
      await changeSettings(browser.storage.local, ({ rules }) => ({ rules: withRule(rules, authorRule(post, Date.now())) }))
      for (const [key, item] of items) {
        if (item.post.author.id !== post.author.id) continue
        feed?.update(key, { verdict: { ...item.verdict, band: 'clean' } })
        items.delete(key)
      }
      showBadge()
    },
  }
  let marks = createMarks(document, reader, actions)
  /** Takes away the frame of the last capture. */
  let unframe = (): void => undefined

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
      const reply = await ask('judge', { posts, pageUrl: pageUrl() })
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
    feed = watchFeed(document, reader, { judge, show: marks.show, hide: marks.hide, owns: (node) => marks.owns(node) || keys.owns(node), changed: showBadge }, on.signal)
    onReturn(document, () => void ask('engineWake', {}).catch(() => undefined), on.signal)
    showBadge()
    if (reader === site && site !== generic) void watchForm(on.signal)
  }

  /** After a page has settled, and again after each change of address, asks the canaries whether its adapter still reads it. */
  async function watchForm(signal: AbortSignal): Promise<void> {
    let asked = ''
    const updated = await ask('norms', {}).catch(() => undefined)
    const norms = isNorms(updated) ? { ...NORMS, ...updated } : NORMS
    while (!signal.aborted) {
      await new Promise((resolve) => setTimeout(resolve, SETTLED))
      if (signal.aborted || document.hidden || asked === location.href) continue
      asked = location.href
      const page = new URL(location.href)
      const steps = healthOf(site, document, page)
      let began = performance.now()
      let step = steps.next()
      for (; !step.done; step = steps.next()) {
        if (performance.now() - began < STRETCH) continue
        await new Promise((resolve) => setTimeout(resolve))
        if (signal.aborted) return
        began = performance.now()
      }
      const health = step.value
      const breach = broken(health, site, page, norms)
      partly = breach && !breach.sure ? diagnostic(health, document, page) : undefined
      showBadge()
      if (!breach?.sure) continue
      newForm = diagnostic(health, document, page)
      stop()
      reader = generic
      marks = createMarks(document, reader, actions)
      follow(settings)
    }
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
    ...(newForm ? { newForm } : {}),
    ...(partly ? { partly } : {}),
    ...(storeProblem ? { storeProblem } : {}),
    items: [...items.values()].map((item) => ({ ...item, onPage: feed?.elementOf(item.key) !== undefined })),
    pageUrl: pageUrl(),
  })

  let lastBadge = ''
  function showBadge(): void {
    const now = feed?.state()
    const flagged = [...items.values()].filter(({ verdict, decision }) => verdict.band === 'flagged' && decision !== 'dismissed' && decision !== 'wrong').length
    const badge = {
      state: !now ? 'off' : now.blind || newForm || partly || now.notJudged > 0 || storeProblem ? 'attention' : flagged === 0 && now.pending > 0 ? 'loading' : 'on',
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
    capture: async ({ key }) => {
      const element = feed?.elementOf(key)
      const item = items.get(key)
      if (!element || !item) return null
      element.scrollIntoView({ block: 'center' })
      unframe()
      // Two frames: one for the page to scroll, one for it to draw what came into view.
      await new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)))
      unframe = outline(element)
      await new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)))
      const { post, verdict } = item
      return captureOf({ element, post, verdict, text: textOf(element, { skip: marks.owns, lines: true }), owns: marks.owns, software: browser.runtime.getManifest().version, now: Date.now() })
    },
    captured: () => unframe(),
    decided: ({ key, decision, reported }) => learn(key, { decision, reported }),
  })
  browser.storage.local.onChanged.addListener((changes) => {
    if (changes['settings']) void ask('settings', {}).then((now) => follow(settingsOf(now)), () => undefined)
  })
  follow(settings)

  function follow(now: Settings): void {
    settings = now
    marks.setLanguage(languageOf(now.language, navigator.languages))
    const display = displayOf(now, site.id)
    marks.setDisplay(display)
    if (display === 'off' && feed) stop()
    else if (display !== 'off' && !feed) start()
  }

  document.addEventListener(
    'keydown',
    (event) => {
      // Only a person's own key decides anything; a page can make up events.
      if (!event.isTrusted || !feed || !settings.moderator) return
      const action = actionOf(event, PAGE_BINDINGS)
      if (!action || (event.repeat && action !== 'next' && action !== 'previous')) return
      let done = true
      if (action === 'help') keys.toggle(languageOf(settings.language, navigator.languages))
      else if (action === 'next') done = marks.move(1)
      else if (action === 'previous') done = marks.move(-1)
      else done = marks.act(action)
      if (!done) return
      event.preventDefault()
      event.stopImmediatePropagation()
    },
    true,
  )
}
