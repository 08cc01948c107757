// @vitest-environment happy-dom
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { watchFeed, type FeedHost } from '../../src/feed.ts'
import type { Judgement } from '../../src/messages.ts'
import type { Adapter } from '../../src/sites/adapter.ts'
import { caseKey, type Post } from '../../src/types.ts'

/** A site whose posts are `<p id author>` elements. */
const adapter: Adapter = {
  id: 'plain',
  names: { zh: '样例', en: 'plain' },
  matches: ['https://plain.example/*'],
  posts: (root) => root.querySelectorAll('p'),
  read: (element) => ({ platform: 'plain', id: element.id || `h:${element.textContent}`, kind: 'post', text: element.textContent ?? '', author: { name: element.getAttribute('author') ?? '' }, permalink: '' }),
  slot: (element) => ({ parent: element }),
  expects: () => true,
}
const judgementOf = (post: Post): Judgement => ({
  verdict: { band: post.text.includes('停息') ? 'flagged' : 'clean', score: 0.5, categories: [], form: null, evidence: [], model: 'm' },
  decision: 'open',
  reported: false,
})

let stop: AbortController
beforeEach(() => {
  vi.useFakeTimers()
  document.body.innerHTML = ''
  stop = new AbortController()
  globalThis.IntersectionObserver = class {
    observe() {}
    unobserve() {}
    disconnect() {}
  } as unknown as typeof IntersectionObserver
})
afterEach(() => {
  stop.abort()
  vi.useRealTimers()
})

function start(change: Partial<FeedHost> = {}) {
  const asked: string[] = []
  const shown = new Map<Element, string>()
  const feed = watchFeed(document, adapter, {
    judge: async (posts) => {
      asked.push(...posts.map(({ text }) => text))
      return posts.map(judgementOf)
    },
    show: (element, post, { verdict }) => void shown.set(element, `${post.text}:${verdict.band}`),
    hide: (element) => void shown.delete(element),
    owns: () => false,
    changed: () => undefined,
    ...change,
  }, stop.signal)
  return { feed, asked, shown }
}
const pass = (ms = 300) => vi.advanceTimersByTimeAsync(ms)

describe('watchFeed', () => {
  test('reads and judges nothing in a tab that nobody sees, and all of it once it is shown', async () => {
    let hidden = true
    Object.defineProperty(document, 'hidden', { configurable: true, get: () => hidden })
    try {
      document.body.innerHTML = '<p id="1">停息</p>'
      const { feed, asked } = start()
      await pass(10_000)
      document.body.append(Object.assign(document.createElement('p'), { id: '2', textContent: '早饭' }))
      await pass(10_000)
      expect(asked).toEqual([])
      expect(feed.state()).toMatchObject({ read: 0, blind: false })
      hidden = false
      document.dispatchEvent(new Event('visibilitychange'))
      await pass()
      expect(asked).toEqual(['停息', '早饭'])
      hidden = true
      document.body.append(Object.assign(document.createElement('p'), { id: '3', textContent: '午饭' }))
      await pass(10_000)
      expect(asked).toHaveLength(2)
    } finally {
      Reflect.deleteProperty(document, 'hidden')
    }
  })

  test('judges each post once, and again when its element shows another', async () => {
    document.body.innerHTML = '<p id="1">停息</p><p id="2">早饭</p>'
    const { asked, shown, feed } = start()
    await pass()
    expect(asked).toEqual(['停息', '早饭'])
    const first = document.getElementById('1')!
    first.id = '3'
    first.textContent = '晚饭'
    await pass()
    expect(asked).toEqual(['停息', '早饭', '晚饭'])
    expect(shown.get(first)).toBe('晚饭:clean')
    first.id = '1'
    first.textContent = '停息'
    await pass()
    expect(asked).toHaveLength(3)
    expect(shown.get(first)).toBe('停息:flagged')
    expect(feed.state()).toMatchObject({ read: 3, pending: 0, notJudged: 0 })
  })

  test('a judgement that comes late for a reused element is not shown there', async () => {
    document.body.innerHTML = '<p id="1">停息</p>'
    let answer: () => void = () => undefined
    const { shown } = start({ judge: (posts) => new Promise((done) => (answer = () => done(posts.map(judgementOf)))) })
    await pass()
    const element = document.getElementById('1')!
    element.id = '2'
    element.textContent = '早饭'
    await pass()
    answer()
    await pass(10)
    expect(shown.has(element)).toBe(false)
    answer()
    await pass()
    expect(shown.get(element)).toBe('早饭:clean')
  })

  test('what cannot be judged is counted as such, never as clean, and asked again', async () => {
    document.body.innerHTML = '<p id="1">停息</p>'
    let works = false
    const { shown, feed } = start({
      judge: async (posts) => {
        if (!works) throw new Error('nobody there')
        return posts.map(judgementOf)
      },
    })
    await pass()
    expect(feed.state()).toMatchObject({ notJudged: 1, notJudgedReason: 'engineGone' })
    expect(shown.size).toBe(0)
    works = true
    await pass(3_000)
    expect(feed.state()).toMatchObject({ notJudged: 0, pending: 0 })
    expect(shown.size).toBe(1)
  })

  test('an unfolded text without an id is the same unit', async () => {
    document.body.innerHTML = '<p author="甲">网贷逾期怎么办…</p>'
    const keys: string[] = []
    const { feed } = start({ show: (_, post) => void keys.push(caseKey(post)) })
    await pass()
    document.querySelector('p')!.textContent = '网贷逾期怎么办，找我停息'
    await pass()
    expect(new Set(keys).size).toBe(1)
    expect(feed.state().read).toBe(1)
  })

  test('a page that should hold posts and shows none is said to be blind', async () => {
    const { feed } = start()
    await pass(1_000)
    expect(feed.state().blind).toBe(false)
    await pass(6_000)
    expect(feed.state().blind).toBe(true)
    document.body.innerHTML = '<p id="1">早饭</p>'
    await pass(2_000)
    expect(feed.state().blind).toBe(false)
  })

  test('ends with its signal', async () => {
    document.body.innerHTML = '<p id="1">停息</p>'
    const { shown, asked } = start()
    await pass()
    stop.abort()
    expect(shown.size).toBe(0)
    document.body.innerHTML = '<p id="2">另一条</p>'
    await pass(5_000)
    expect(asked).toEqual(['停息'])
  })
})
