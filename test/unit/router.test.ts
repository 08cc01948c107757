import { describe, expect, test } from 'vitest'
import zh from '../../public/_locales/zh_CN/messages.json' with { type: 'json' }
import { CHANNELS } from '../../src/advice/help.ts'
import { ROLES, routesFor } from '../../src/advice/router.ts'
import { type Case, PRACTICES, type Verdict } from '../../src/types.ts'
import { setLanguage } from '../../src/ui/i18n.ts'
import { letterFor } from '../../src/ui/letter.ts'

const every = [...PRACTICES, null].flatMap((practice) =>
  (['ad', 'tutorial', null] as const).flatMap((form) => ROLES.map((role) => [practice, form, role] as const)),
)

describe('routes', () => {
  test.each(every)('%s, %s, %s: some, each once, each with a reason that can be said', (practice, form, role) => {
    const routes = routesFor(practice, form, role)
    expect(routes.length).toBeGreaterThanOrEqual(2)
    expect(new Set(routes.map(({ to }) => to)).size).toBe(routes.length)
    for (const { to, reason, url, limit } of routes) {
      expect(zh).toHaveProperty([reason])
      expect(limit).toBeGreaterThan(50)
      if (to !== 'platform' && to !== 'lender') expect(url).toBe(CHANNELS.find(({ id }) => id === to)!.source)
    }
    // Money that is gone comes first; otherwise the platform can act fastest.
    expect(routes[0]!.to).toBe(role === 'victim' ? '110' : 'platform')
    expect(routes.some(({ to }) => to === '110')).toBe(role === 'victim')
  })

  test('credit records go to the central bank, complaint agents to the regulator', () => {
    expect(routesFor('credit_repair', 'ad', 'reader').map(({ to }) => to)).toContain('12363')
    expect(routesFor('proxy_complaint', 'ad', 'reader').map(({ to }) => to)).toContain('12378')
  })
})

describe('the letter', () => {
  const verdict: Verdict = { band: 'flagged', score: 0.9, categories: ['debt_ad'], form: 'ad', evidence: [], model: 'test' }
  const reported = (text: string): Case => ({
    key: 'weibo:1', pageUrl: '', verdict, firstSeen: 0, lastSeen: 0, decision: 'open', history: [],
    post: { platform: 'weibo', id: '1', kind: 'post', text, author: { name: '上岸规划师小鹿' }, permalink: 'https://weibo.com/1/2' },
  })
  test.each(every)('%s, %s, %s: fits every channel, and names who and where', (practice, form, role) => {
    setLanguage('zh')
    for (const route of routesFor(practice, form, role)) {
      const letter = letterFor(route, reported('网贷逾期别硬扛。'.repeat(200)), '微博')
      expect(letter.length).toBeLessThanOrEqual(route.limit)
      expect(letter).toContain('上岸规划师小鹿')
      expect(letter).toContain('https://weibo.com/1/2')
      expect(letter).toContain('原文')
    }
  })
  test('a short post stands whole', () => {
    expect(letterFor({ to: '12377', limit: 500 }, reported('停息找我'), '微博')).toMatch(/原文：停息找我$/)
  })
})
