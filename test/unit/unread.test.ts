import { expect, test } from 'vitest'
import type { Case } from '../../src/types.ts'
import { createUnread } from '../../src/ui/unread.ts'

const one = (key: string, decision: Case['decision'] = 'open'): Case => ({
  key, post: { platform: 'weibo', id: key, kind: 'post', text: '', author: { name: '' }, permalink: '' }, pageUrl: '',
  verdict: { band: 'flagged', score: 1, categories: [], form: null, evidence: [], model: 'm' }, firstSeen: 0, lastSeen: 0, decision, history: [],
})
const said = (cases: readonly Case[]) => cases.map(({ decision }) => decision)

test('a decision is seen at once, and a reading that lacks it does not take it back', () => {
  const unread = createUnread()
  const early = unread.reading()
  const { cases, settled } = unread.decide([one('a'), one('b')], [{ key: 'a', decision: 'wrong' }])
  expect(said(cases)).toEqual(['wrong', 'open'])
  expect(said(early([one('a'), one('b')]))).toEqual(['wrong', 'open'])
  // Begun before the store kept it: it may lack it still.
  const during = unread.reading()
  settled()
  expect(said(during([one('a')]))).toEqual(['wrong'])
})

test('once it is settled, the store has the last word', () => {
  const unread = createUnread()
  unread.decide([one('a')], [{ key: 'a', decision: 'wrong' }]).settled()
  expect(said(unread.reading()([one('a', 'confirmed')]))).toEqual(['confirmed'])
})

test('an earlier decision that is settled does not let go of a later one', () => {
  const unread = createUnread()
  const first = unread.decide([one('a')], [{ key: 'a', decision: 'wrong' }])
  unread.decide(first.cases, [{ key: 'a', decision: 'open' }])
  first.settled()
  expect(said(unread.reading()([one('a', 'wrong')]))).toEqual(['open'])
})
