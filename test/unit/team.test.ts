import { describe, expect, test } from 'vitest'
import { cloudEvent, DECIDED, REPORTED, reportedData } from '../../src/cloudevent.ts'
import { colleaguesCase, deedsOf } from '../../src/team/exchange.ts'
import { teamChoiceOf } from '../../src/team/options.ts'
import type { Case, HistoryEntry } from '../../src/types.ts'

const one: Case = {
  key: 'weibo:1',
  post: { platform: 'weibo', id: '1', kind: 'post', text: '停息挂账，先办后付', author: { name: '某人' }, permalink: 'https://weibo.com/1/1' },
  pageUrl: 'https://weibo.com/',
  verdict: { band: 'flagged', score: 0.9, categories: ['debt_ad'], form: 'ad', evidence: [{ start: 0, end: 4, weight: 1 }], model: 'm' },
  firstSeen: 1, lastSeen: 2, decision: 'open', report: { receipt: 'R', at: 2, category: 'debt_ad', note: 'n' },
  history: [],
}
const entry = (what: HistoryEntry['what'], at: number, more: Partial<HistoryEntry> = {}): HistoryEntry => ({ what, at, model: 'm', ...more })
const reported = (by: string, data: unknown = reportedData(one)) => cloudEvent(REPORTED, `/mingcha/people/${by}`, 'r', one.key, 5, data)
const decided = (by: string, decision: string, at: number) => cloudEvent(DECIDED, `/mingcha/people/${by}`, `${by}${at}`, one.key, at, { key: one.key, decision })

describe('what the team is told', () => {
  test('is what was reported and decided here since joining, and no reading or list of others', () => {
    const history = [
      entry('flagged', 9), entry('confirmed', 4), entry('reported', 5), entry('wrong', 6), entry('open', 7), entry('wrong', 8, { second: true }),
      entry('wrong', 8, { golden: true }), entry('confirmed', 8, { imported: 9 }),
    ]
    expect(deedsOf({ history }, 5).map(({ what }) => what)).toEqual(['reported', 'wrong', 'open'])
  })
})

describe('what colleagues said', () => {
  test('comes as a case of theirs, with who decided and when', () => {
    const theirs = colleaguesCase([reported('anna'), decided('bao', 'confirmed', 6), decided('me', 'wrong', 7)], 'me', undefined)!
    expect(theirs).toMatchObject({ key: one.key, post: one.post, verdict: one.verdict, decision: 'confirmed', report: { receipt: 'R', at: 5 } })
    expect(theirs.history.map(({ what, at, by }) => [what, at, by])).toEqual([['flagged', 5, undefined], ['confirmed', 6, 'bao']])
  })
  test('stands on our own case where we reported it, and is nothing where nothing is theirs', () => {
    expect(colleaguesCase([reported('me'), decided('bao', 'wrong', 6)], 'me', one)).toMatchObject({ post: one.post, decision: 'wrong', history: [{ by: 'bao' }] })
    expect(colleaguesCase([reported('me'), decided('me', 'wrong', 6)], 'me', one)).toBeNull()
    expect(colleaguesCase([decided('bao', 'wrong', 6)], 'me', undefined)).toBeNull()
  })
  test.each([
    ['another key', { key: 'weibo:2' }], ['a kind that is none', { kind: 'x' }], ['a band that is none', { verdict: { ...reportedData(one).verdict, band: 'x' } }],
    ['a platform that does not fit the key', { platform: 'zhihu' }],
  ])('is refused whole with %s', (_, change) => {
    expect(colleaguesCase([reported('anna', { ...reportedData(one), ...change })], 'me', undefined)).toBeNull()
  })
  test('names only practices that we know, and words that are in the text', () => {
    const { verdict } = colleaguesCase([reported('anna', { ...reportedData(one), verdict: { ...reportedData(one).verdict, categories: ['x', 'debt_ad'], evidence: ['没有', '先办'] } })], 'me', undefined)!
    expect(verdict).toMatchObject({ categories: ['debt_ad'], evidence: [{ start: 5, end: 7 }] })
  })
})

describe('a team', () => {
  test('is chosen by servers and a name; servers may be written in one line', () => {
    expect(teamChoiceOf({ servers: 'wss://a.example, wss://b.example:8443', person: 'anna', password: 'p', creds: ' ' }, 7)).toEqual({ servers: ['wss://a.example', 'wss://b.example:8443'], person: 'anna', password: 'p', since: 7 })
  })
  test.each([
    [{ servers: '', person: 'a' }, 'servers'], [{ servers: 'https://a.example', person: 'a' }, 'servers'], [{ servers: [1], person: 'a' }, 'servers'],
    [{ servers: 'wss://a.example', person: '甲' }, 'person'], [{ servers: 'wss://a.example', person: 'a', password: 1 }, 'password'], [null, 'person'],
  ])('%j is none', (value, field) => {
    expect(() => teamChoiceOf(value, 1)).toThrow(field)
  })
})
