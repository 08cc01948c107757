import { expect, test } from 'vitest'
import { applyRules, authorRule, isRule, MOST_RULES, phraseRule, RULE_DAYS, withRule } from '../../src/store/rules.ts'
import { DEFAULTS, displayOf, settingsOf } from '../../src/store/settings.ts'
import type { Post, Verdict } from '../../src/types.ts'

const post: Post = { platform: 'weibo', id: '1', kind: 'post', text: '今天的汤圆很甜，欢迎来尝', author: { name: '小陈', id: '77' }, permalink: '' }
const clean: Verdict = { band: 'clean', score: 0.02, categories: [], form: null, evidence: [], model: 'test' }
const flagged: Verdict = { ...clean, band: 'flagged', score: 0.9, categories: ['debt_ad'], form: 'ad', evidence: [{ start: 0, end: 2, weight: 1 }] }
const now = 1_000_000

test('an excepted author is not marked, here and nowhere else, until the exception ends', () => {
  const rules = [authorRule(post, now)]
  expect(applyRules(post, flagged, rules, now)).toMatchObject({ band: 'clean', reason: 'authorMuted', categories: [] })
  expect(applyRules({ ...post, platform: 'zhihu' }, flagged, rules, now)).toBe(flagged)
  expect(applyRules({ ...post, author: { name: '小陈', id: '78' } }, flagged, rules, now)).toBe(flagged)
  expect(applyRules({ ...post, author: { name: '小陈' } }, flagged, rules, now)).toBe(flagged)
  expect(applyRules(post, flagged, rules, now + RULE_DAYS * 86_400_000)).toBe(flagged)
})

test('a phrase of the person is flagged with the phrase as its evidence', () => {
  const rule = phraseRule(' 汤圆 ', now)!
  expect(applyRules(post, clean, [rule], now)).toMatchObject({ band: 'flagged', reason: 'markedByPhrase', categories: [], evidence: [{ start: 3, end: 5, weight: 1 }] })
  expect(applyRules(post, flagged, [rule], now)).toBe(flagged)
  expect(applyRules({ ...post, text: '粽子' }, clean, [rule], now)).toBe(clean)
  const unjudged: Verdict = { ...clean, band: 'not_judged' }
  expect(applyRules(post, unjudged, [rule], now)).toBe(unjudged)
})

test('a phrase of one letter would mark everything, and is refused', () => {
  expect(phraseRule('汤', now)).toBeNull()
  expect(phraseRule('汤'.repeat(300), now)).toBeNull()
})

test('a rule takes the place of its like, and the oldest go first', () => {
  const again = withRule(withRule([], authorRule(post, now)), authorRule(post, now + 5))
  expect(again).toHaveLength(1)
  let many: ReturnType<typeof withRule> = []
  for (let i = 0; i < MOST_RULES + 3; i++) many = withRule(many, phraseRule(`词语${i}`, now)!)
  expect(many).toHaveLength(MOST_RULES)
  expect(many[0]).toMatchObject({ phrase: '词语3' })
})

test('stored settings of the first version keep their sites switched off; what is no rule is left out', () => {
  const settings = settingsOf({ version: 1, sitesOff: ['weibo'], language: 'en', rules: [{ kind: 'phrase' }, phraseRule('汤圆', now)] })
  expect(displayOf(settings, 'weibo')).toBe('off')
  expect(displayOf(settings, 'constructor')).toBe('mark')
  expect(settings).toMatchObject({ version: DEFAULTS.version, language: 'en', moderator: false })
  expect(settings.rules).toHaveLength(1)
  expect(settingsOf({ version: 2, stamp: { url: 'https://tsa.cn/', roots: 'PEM' } }).stamp).toEqual({ url: 'https://tsa.cn/', roots: 'PEM' })
  for (const stamp of [undefined, null, 'x', { url: 'javascript:x' }, { url: {}, roots: 1 }]) expect(settingsOf({ version: 2, stamp }).stamp).toEqual({ url: '', roots: '' })
  expect(settingsOf({ version: 2, display: { a: 'fold', b: 'loud' } }).display).toEqual({ a: 'fold' })
  expect(isRule(null)).toBe(false)
})
