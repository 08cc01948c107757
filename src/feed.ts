import type { Judgement } from './messages.ts'
import type { Adapter } from './sites/adapter.ts'
import { isTooDeep } from './sites/read.ts'
import { caseKey, type Post } from './types.ts'

/** What a feed needs from outside: it imports neither the model nor the mark. */
export interface FeedHost {
  /** Judges these posts, in order. Rejects when nobody can judge now. */
  judge(posts: Post[]): Promise<Judgement[]>
  /** The element now shows this post with this judgement; called again when either changes. */
  show(element: Element, post: Post, judgement: Judgement): void
  /** The element is gone or shows nothing that is known. */
  hide(element: Element): void
  /** The node is a mark of ours: its coming and going is no news. */
  owns(node: Node): boolean
  /** Something of {@link Feed.state} changed. */
  changed(): void
}

export interface FeedState {
  read: number
  pending: number
  notJudged: number
  notJudgedReason?: string
  blind: boolean
}

export interface Feed {
  state(): FeedState
  /** A decision made elsewhere reaches what this page shows. */
  update(key: string, change: Partial<Judgement>): void
  /** Elements that show a post now. */
  elementOf(key: string): Element | undefined
}

/** Posts in one request; few, so that the first marks come early. */
const BATCH = 8
/** Longest stretch of reading before the page gets its thread back, ms. */
const SLICE = 8
/** Mutations come in bursts: wait this long before reading, ms, and on a page that is slow to search longer, so that
 *  looking for posts takes at most one part in {@link LOOKING} of the time. */
const PAUSE = 40
const LOOKING = 10
/** Roots that appear later, and pages that finished while nothing mutated, are looked for this often, ms. */
const SWEEP = 1_000
/** How long an expected page may show no post before the user is told, ms. */
const BLIND_AFTER = 5_000
const RETRY_AFTER = [2_000, 5_000, 15_000, 60_000]
/** Judgements and keys that a tab remembers. */
const REMEMBERED = 5_000

interface Shown {
  post: Post
  signature: string
}

const signatureOf = (post: Post): string => `${caseKey(post)}\n${post.text}`

/** Without an id of the platform's, a text that only grew or shrank by "展开" is still the same unit. */
function isUnfolded(before: Post, after: Post): boolean {
  if (!after.id.startsWith('h:') || before.author.name !== after.author.name) return false
  const [short, long] = [before.text, after.text].sort((a, b) => a.length - b.length) as [string, string]
  const start = short.replace(/[….\s]+$/u, '')
  return start.length >= 4 && long.startsWith(start)
}

/** A map that forgets its oldest entries. */
class Recent<V> extends Map<string, V> {
  override set(key: string, value: V): this {
    super.set(key, value)
    if (this.size > REMEMBERED) this.delete(this.keys().next().value!)
    return this
  }
}

/**
 * Watches a page through an adapter: finds each post once, again when its text changes, asks for a judgement
 * with what is on screen first, and says what each element shows. A page that nobody sees is neither read nor judged. A post is known by its id and its text, never by
 * its element, since feeds reuse elements. Ends with the signal and leaves nothing behind.
 */
export function watchFeed(doc: Document, adapter: Adapter, host: FeedHost, signal: AbortSignal): Feed {
  const shown = new Map<Element, Shown>()
  const dirty = new Set<Element>()
  const visible = new WeakSet<Element>()
  const judged = new Recent<Judgement>()
  const counted = new Recent<true>()
  /** Signature → post that waits for a judgement, oldest first. */
  const waiting = new Map<string, Post>()
  let read = 0
  let asking = 0
  let tries = 0
  let retryAt = 0
  let notJudged = new Set<string>()
  let notJudgedReason: string | undefined
  let address = doc.location.href
  let expectedSince = Date.now()
  let blind = false
  let scanTimer: ReturnType<typeof setTimeout> | undefined
  let scanning = false
  /** How long the last search for posts took, ms. */
  let looking = 0
  let again = false

  const observer = new MutationObserver((records) => {
    let news = false
    for (const { target, type, addedNodes, removedNodes } of records) {
      const owner = ownerOf(target)
      if (type === 'childList' && [...addedNodes, ...removedNodes].every(host.owns)) {
        if (owner && removedNodes.length > 0) reshow(owner)
        continue
      }
      news = true
      if (owner) markDirty(owner)
    }
    if (news) schedule()
  })
  const watched = new WeakSet<Node>()
  const watch = (root: Document | ShadowRoot) => {
    if (watched.has(root)) return
    watched.add(root)
    observer.observe(root, { subtree: true, childList: true, characterData: true, attributes: true })
  }
  const onScreen = new IntersectionObserver(
    (entries) => {
      for (const { target, isIntersecting } of entries) {
        if (isIntersecting) visible.add(target)
        else visible.delete(target)
      }
    },
    { rootMargin: '200px' },
  )

  /** The unit that a changed node stands in: the nearest one, through shadow roots. */
  function ownerOf(node: Node): Element | undefined {
    for (let at: Node | null = node; at; at = at.parentNode ?? (at as ShadowRoot).host ?? null) {
      if (shown.has(at as Element)) return at as Element
    }
    return undefined
  }

  /** A change inside a quote or a reply changes what the units around it show as well. */
  function markDirty(owner: Element): void {
    for (let at: Element | undefined = owner; at && !dirty.has(at); at = at.parentNode ? ownerOf(at.parentNode) : undefined) {
      dirty.add(at)
    }
  }

  /** The page removed a mark: put it back, as often as the host allows. */
  function reshow(element: Element): void {
    const { post, signature } = shown.get(element)!
    const judgement = judged.get(signature)
    if (judgement) host.show(element, post, judgement)
  }

  function schedule(): void {
    if (signal.aborted || doc.hidden) return
    if (scanning) again = true
    else scanTimer ??= setTimeout(() => void scan(), Math.max(PAUSE, looking * LOOKING))
  }

  /** Gives the page its thread back; false where all has ended meanwhile. */
  const rest = (): Promise<boolean> => new Promise((resolve) => setTimeout(() => resolve(!signal.aborted)))

  async function scan(): Promise<void> {
    scanTimer = undefined
    if (doc.hidden) return
    scanning = true
    try {
      let began = performance.now()
      if (doc.location.href !== address) {
        address = doc.location.href
        expectedSince = Date.now()
      }
      for (const root of adapter.roots?.(doc) ?? []) watch(root)
      const page = new URL(address)
      // No adapter is given such a page: nothing is found there, which the user is told where posts are expected.
      const tooDeep = isTooDeep(doc)
      let looked = 0
      for (const steps = tooDeep ? undefined : adapter.look?.(doc); steps && !steps.next().done; ) {
        if (performance.now() - began < SLICE) continue
        looked += performance.now() - began
        if (!(await rest())) return
        began = performance.now()
      }
      const found = new Set<Element>(tooDeep ? [] : adapter.posts(doc))
      looking = looked + performance.now() - began
      for (const element of shown.keys()) if (!found.has(element)) forget(element)
      const touched = new Set(dirty)
      dirty.clear()
      for (const element of found) {
        if (shown.has(element) && !touched.has(element)) continue
        take(element, page)
        if (performance.now() - began > SLICE) {
          void pump()
          if (!(await rest())) return
          began = performance.now()
        }
      }
      const now = shown.size === 0 && adapter.expects(page) && Date.now() - expectedSince > BLIND_AFTER
      if (shown.size > 0) expectedSince = Date.now()
      if (now !== blind) {
        blind = now
        host.changed()
      }
    } finally {
      scanning = false
      if (again) {
        again = false
        schedule()
      }
    }
    void pump()
  }

  function take(element: Element, page: URL): void {
    const post = adapter.read(element, page)
    if (!post || !post.text) return forget(element)
    const before = shown.get(element)
    if (before && isUnfolded(before.post, post)) post.id = before.post.id
    const signature = signatureOf(post)
    if (before?.signature === signature) return
    if (before) host.hide(element)
    else onScreen.observe(element)
    shown.set(element, { post, signature })
    if (!counted.has(caseKey(post))) {
      counted.set(caseKey(post), true)
      read++
    }
    const judgement = judged.get(signature)
    if (judgement) host.show(element, post, judgement)
    else if (!waiting.has(signature)) waiting.set(signature, post)
    host.changed()
  }

  function forget(element: Element): void {
    if (!shown.delete(element)) return
    onScreen.unobserve(element)
    host.hide(element)
  }

  /** What is on screen first, then in the order of reading. */
  function next(): Map<string, Post> {
    const batch = new Map<string, Post>()
    for (const [element, { signature }] of shown) {
      if (batch.size >= BATCH) return batch
      const post = waiting.get(signature)
      if (post && visible.has(element)) batch.set(signature, post)
    }
    for (const [signature, post] of waiting) {
      if (batch.size >= BATCH) break
      batch.set(signature, post)
    }
    return batch
  }

  async function pump(): Promise<void> {
    if (asking > 0 || waiting.size === 0 || signal.aborted || doc.hidden || Date.now() < retryAt) return
    const batch = next()
    for (const signature of batch.keys()) waiting.delete(signature)
    asking = batch.size
    let judgements: Judgement[] | undefined
    try {
      judgements = await host.judge([...batch.values()])
    } catch {
      // Whoever judges was restarted meanwhile; ask again below.
    }
    asking = 0
    if (signal.aborted) return
    settle([...batch], judgements)
    host.changed()
    void pump()
  }

  function settle(batch: [string, Post][], judgements: Judgement[] | undefined): void {
    let failed = false
    const elements = new Map<string, Element[]>()
    for (const [element, { signature }] of shown) {
      const list = elements.get(signature)
      if (list) list.push(element)
      else elements.set(signature, [element])
    }
    batch.forEach(([signature, post], index) => {
      const judgement = judgements?.[index]
      if (!judgement || judgement.verdict.band === 'not_judged') {
        failed = true
        waiting.set(signature, post)
        notJudged.add(signature)
        notJudgedReason = judgement?.verdict.reason ?? 'engineGone'
        return
      }
      notJudged.delete(signature)
      judged.set(signature, judgement)
      for (const element of elements.get(signature) ?? []) host.show(element, post, judgement)
    })
    if (!failed) {
      tries = 0
      return
    }
    const wait = RETRY_AFTER[Math.min(tries++, RETRY_AFTER.length - 1)]!
    retryAt = Date.now() + wait
    setTimeout(() => void pump(), wait + 10)
  }

  watch(doc)
  const sweep = setInterval(schedule, SWEEP)
  const shownAgain = (): void => {
    expectedSince = Date.now()
    schedule()
  }
  doc.addEventListener('visibilitychange', shownAgain, { signal })
  void scan()
  signal.addEventListener('abort', () => {
    clearInterval(sweep)
    clearTimeout(scanTimer)
    observer.disconnect()
    onScreen.disconnect()
    for (const element of [...shown.keys()]) forget(element)
    waiting.clear()
    notJudged = new Set()
  })

  return {
    state: () => ({
      read,
      pending: waiting.size + asking - notJudgedWaiting(),
      notJudged: notJudged.size,
      ...(notJudged.size > 0 && notJudgedReason ? { notJudgedReason } : {}),
      blind,
    }),
    update(key, change) {
      for (const [element, { post, signature }] of shown) {
        const old = judged.get(signature)
        if (caseKey(post) !== key || !old) continue
        const judgement = { ...old, ...change }
        judged.set(signature, judgement)
        host.show(element, post, judgement)
      }
    },
    elementOf: (key) => [...shown].find(([, { post }]) => caseKey(post) === key)?.[0],
  }

  function notJudgedWaiting(): number {
    let count = 0
    for (const signature of notJudged) if (waiting.has(signature)) count++
    return count
  }
}
