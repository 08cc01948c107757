import { describe, expect, test } from 'vitest'
import { agreementOf, agreementsOf, dueForSecond, goldenReadersOf, type Pair, reviewersOf, weeksOf } from '../../src/review/agreement.ts'
import { dailyOf, periodOf, practicesOf, precisionOf, sizesOf, wilson } from '../../src/review/figures.ts'
import { reachesOf } from '../../src/review/matrix.ts'
import { portraitsOf } from '../../src/review/portraits.ts'
import type { Case, Decision, HistoryEntry, Practice } from '../../src/types.ts'

const at = (month: number, day: number): number => new Date(2026, month - 1, day, 12).getTime()
const kept = (id: string, over: Partial<Case> = {}, categories: Practice[] = ['debt_ad'], platform = 'weibo'): Case => ({
  key: `${platform}:${id}`, post: { platform, id, kind: 'post', text: `第${id}条`, author: { name: `作者${id}` }, permalink: '' }, pageUrl: '',
  verdict: { band: 'flagged', score: 0.9, categories, form: 'ad', evidence: [], model: 'm' }, firstSeen: at(11, 20), lastSeen: at(11, 20), decision: 'open', history: [], ...over,
})
const said = (what: Decision, when: number, more: Partial<HistoryEntry> = {}): HistoryEntry => ({ at: when, what, model: 'm', ...more })

describe('the matrix of stages', () => {
  const cases = [kept('1', {}, ['debt_ad', 'forged_proof']), kept('2', {}, ['script_kit']), kept('3', {}, ['debt_ad']), kept('4', { firstSeen: 1 }), kept('5', {}, ['debt_ad'])]
  const links = {
    contacts: new Map([['weibo:1', ['qq:10001'] as const], ['weibo:2', ['qq:10001', 'wechat:abc'] as const], ['weibo:3', ['phone:13800138000'] as const]]),
    families: new Map([['weibo:3', 'weibo:3'], ['weibo:4', 'weibo:3'], ['weibo:5', 'weibo:3']]),
  }
  test('counts the posts of each step by contact; one that a single post holds is no row', () => {
    const [row, ...others] = reachesOf(cases, links, 'contact')
    expect(others).toEqual([])
    expect(row).toMatchObject({ id: 'qq:10001', posts: 2, accounts: 2 })
    expect([...row!.stages].sort()).toEqual([['forging', 1], ['negotiating', 1], ['scripting', 1]])
  })
  test('and by family, which its first text names', () => {
    expect(reachesOf(cases, links, 'family')).toEqual([{ id: 'weibo:3', text: '第4条', posts: 3, accounts: 3, stages: new Map([['negotiating', 3]]) }])
  })
})

describe('figures', () => {
  test('flagged by day and site, days without any as well; what is unsure is not flagged', () => {
    const unsure = kept('u')
    const daily = dailyOf([
      kept('1'), kept('2', { firstSeen: at(11, 22) }), kept('3', { firstSeen: at(11, 22) }), kept('4', { firstSeen: at(11, 20) }, ['debt_ad'], 'zhihu'),
      { ...unsure, verdict: { ...unsure.verdict, band: 'unsure' } },
    ])
    expect(daily).toEqual({ unit: 'day', periods: ['2026-11-20', '2026-11-21', '2026-11-22'], sites: [{ id: 'weibo', counts: [1, 0, 2] }, { id: 'zhihu', counts: [1, 0, 0] }] })
    expect(dailyOf([])).toEqual({ unit: 'day', periods: [], sites: [] })
  })
  test('a long time by weeks, each from its Monday', () => {
    const { unit, periods, sites } = dailyOf([kept('1', { firstSeen: at(9, 1) }), kept('2', { firstSeen: at(11, 22) })])
    expect([unit, periods[0], periods.at(-1), periods.length]).toEqual(['week', '2026-08-31', '2026-11-16', 12])
    expect(sites[0]!.counts.reduce((a, b) => a + b)).toBe(2)
    expect(periodOf(at(11, 23), 'week')).toBe('2026-11-23')
    expect(periodOf(at(11, 22), 'week')).toBe('2026-11-16')
  })
  test('practices, the most frequent first', () => {
    expect(practicesOf([kept('1'), kept('2', {}, ['script_kit', 'debt_ad'])])).toEqual([{ practice: 'debt_ad', posts: 2 }, { practice: 'script_kit', posts: 1 }])
  })
  test('families by size, of the cases given alone', () => {
    const cases = [...Array(9).keys()].map((n) => kept(String(n)))
    const families = new Map([...cases, kept('elsewhere')].map(({ key }, n) => [key, n < 2 ? 'a' : n < 8 ? 'b' : 'c']))
    expect(sizesOf(cases, { families }).filter(({ families }) => families > 0)).toEqual([{ from: 2, to: 2, families: 1, posts: 2 }, { from: 6, to: 10, families: 1, posts: 6 }])
  })
  test('precision by the week of the own decision that stands', () => {
    const of = (id: string, ...history: HistoryEntry[]): Case => kept(id, { history })
    const weeks = precisionOf([
      of('1', said('wrong', at(11, 2)), said('confirmed', at(11, 17))),
      of('2', said('wrong', at(11, 18))),
      of('3', said('confirmed', at(11, 9))),
      of('4', said('confirmed', at(11, 10), { imported: 5 })),
      of('5', said('confirmed', at(11, 10)), said('open', at(11, 11))),
      of('6', said('confirmed', at(11, 10)), said('wrong', at(11, 17), { second: true })),
    ])
    expect(weeks.map(({ week, confirmed, wrong, share }) => [week, confirmed, wrong, share])).toEqual([['2026-11-09', 2, 0, 1], ['2026-11-16', 1, 1, 0.5]])
  })
  test('intervals after Wilson', () => {
    const { share, low, high } = wilson(8, 10)
    expect(share).toBe(0.8)
    expect(low).toBeCloseTo(0.4902, 3)
    expect(high).toBeCloseTo(0.9433, 3)
  })
})

describe('agreement', () => {
  test('is Cohen’s kappa', () => {
    // The example of the usual textbooks: 20 and 15 the same of 50, kappa 0.4.
    const many = (count: number, one: Decision, other: Decision): Pair[] => Array.from({ length: count }, () => [one, other])
    const pairs = [...many(20, 'confirmed', 'confirmed'), ...many(5, 'confirmed', 'wrong'), ...many(10, 'wrong', 'confirmed'), ...many(15, 'wrong', 'wrong')]
    const { kappa, ...counts } = agreementOf(pairs)
    expect(counts).toEqual({ pairs: 50, same: 35 })
    expect(kappa).toBeCloseTo(0.4, 9)
    expect(agreementOf([['wrong', 'confirmed'], ['confirmed', 'wrong']]).kappa).toBe(-1)
    expect(agreementOf([['wrong', 'wrong']]).kappa).toBeNull()
    expect(agreementOf([])).toEqual({ pairs: 0, same: 0, kappa: null })
  })
  test('pairs our decision with the list’s, and with the second reading, by practice', () => {
    const cases = [
      kept('1', { history: [said('wrong', 1), said('confirmed', 2), said('confirmed', 3, { imported: 4 })] }),
      kept('2', { history: [said('wrong', 1), said('confirmed', 3, { imported: 4 }), said('wrong', 5, { second: true })] }, ['script_kit']),
      kept('3', { history: [said('confirmed', 3, { imported: 4 })] }),
      kept('4', { history: [said('confirmed', 1), said('wrong', 2, { second: true }), said('wrong', 3)] }),
    ]
    expect(agreementsOf(cases, 'lists').map(({ practice, agreement: { pairs, same } }) => [practice, pairs, same])).toEqual([[null, 2, 1], ['debt_ad', 1, 1], ['script_kit', 1, 0]])
    expect(agreementsOf(cases, 'second').map(({ practice, agreement: { pairs, same } }) => [practice, pairs, same])).toEqual([[null, 2, 1], ['debt_ad', 1, 0], ['script_kit', 1, 1]])
    expect(agreementsOf([cases[2]!], 'lists')).toEqual([])
  })
  const pairOf = (id: string, first: Decision, second: Decision, by: [string?, string?], when: number, practice: Practice = 'debt_ad'): Case =>
    kept(id, { history: [said(first, 1, by[0] ? { by: by[0] } : {}), said(second, when, { second: true, ...(by[1] ? { by: by[1] } : {}) })] }, [practice])
  test('of each reviewer with whoever read the other time, by practice; who reads alone counts once', () => {
    const rows = reviewersOf([
      pairOf('1', 'confirmed', 'confirmed', ['甲', '乙'], 2), pairOf('2', 'wrong', 'confirmed', ['甲', '乙'], 2, 'script_kit'),
      pairOf('3', 'wrong', 'wrong', ['乙', '甲'], 2), pairOf('4', 'confirmed', 'confirmed', ['甲', '甲'], 2), pairOf('5', 'wrong', 'confirmed', [], 2),
    ])
    const shown = (name: string) => rows.filter((row) => row.name === name).map(({ practice, agreement: { pairs, same } }) => [practice, pairs, same])
    expect(shown('甲')).toEqual([[null, 4, 3], ['debt_ad', 3, 3], ['script_kit', 1, 0]])
    expect(shown('乙')).toEqual([[null, 3, 2], ['debt_ad', 2, 2], ['script_kit', 1, 0]])
    expect(shown('')).toEqual([[null, 1, 0], ['debt_ad', 1, 0]])
    // By hand: of three pairs two agree; chance is (1·2 + 2·1) / 9, so kappa is (6/9 − 4/9) / (5/9).
    expect(rows.find(({ name, practice }) => name === '乙' && practice === null)!.agreement.kappa).toBeCloseTo(0.4)
  })
  test('by the week of the second reading', () => {
    const weeks = weeksOf([pairOf('1', 'confirmed', 'wrong', [], at(11, 23)), pairOf('2', 'confirmed', 'confirmed', [], at(11, 10)), pairOf('3', 'wrong', 'wrong', [], at(11, 11)), kept('4', { history: [said('confirmed', 1)] })])
    expect(weeks.map(({ name, agreement: { pairs, same, kappa } }) => [name, pairs, same, kappa])).toEqual([['2026-11-09', 2, 2, 1], ['2026-11-23', 1, 0, 0]])
  })
  test('a tenth of what was decided here is read again, the same tenth every time, and once', () => {
    const decided = [...Array(4_000).keys()].map((n) => kept(String(n), { decision: 'confirmed', history: [said('confirmed', 1)] }))
    const due = dueForSecond(decided, 10, '')
    expect(due.length).toBeGreaterThan(320)
    expect(due.length).toBeLessThan(480)
    expect(dueForSecond([...decided].reverse(), 10, '').reverse()).toEqual(due)
    const [one] = due
    const after = (...more: HistoryEntry[]) => dueForSecond([{ ...one!, history: [...one!.history, ...more] }], 10, '').length
    expect([after(), after(said('wrong', 2, { second: true })), after(said('wrong', 2, { second: true }), said('wrong', 3))]).toEqual([1, 0, 1])
    expect(dueForSecond(due.map((each) => ({ ...each, history: [said('confirmed', 1, { imported: 2 })] })), 10, '')).toEqual([])
    expect(dueForSecond(decided, 0, '')).toEqual([])
    expect(Math.abs(dueForSecond(decided, 2, '').length - 2_000)).toBeLessThan(150)
  })
  test('golden cases are read by everyone but who made them so, once, and measure each reader', () => {
    const golden = kept('g', { decision: 'confirmed', history: [said('confirmed', 1, { by: '甲' }), said('confirmed', 2, { by: '甲', golden: true })] })
    const after = (...more: HistoryEntry[]): Case => ({ ...golden, history: [...golden.history, ...more] })
    const due = (one: Case, reader: string) => dueForSecond([one], 0, reader).length
    expect([due(golden, '甲'), due(golden, '乙'), due(golden, '')]).toEqual([0, 1, 1])
    const read = after(said('wrong', 3, { by: '乙', second: true }))
    expect([due(read, '乙'), due(read, '丙')]).toEqual([0, 1])
    expect(due(after(said('confirmed', 4, { by: '甲', golden: false })), '乙')).toBe(0)
    // From a lead's list the answer is nobody's own.
    expect(due(kept('l', { decision: 'wrong', history: [said('wrong', 1, { imported: 2 }), said('wrong', 1, { imported: 2, golden: true })] }), '')).toBe(1)
    const rows = goldenReadersOf([after(said('wrong', 3, { by: '乙', second: true }), said('confirmed', 5, { by: '丙', second: true, imported: 6 })), after(said('confirmed', 3, { by: '乙', second: true }))])
    expect(rows.map(({ name, agreement: { pairs, same } }) => [name, pairs, same])).toEqual([['丙', 1, 1], ['乙', 2, 1]].sort())
    // Making a case golden is no decision.
    expect(agreementsOf([golden], 'second')).toEqual([])
  })
})

describe('portraits', () => {
  const advert = (n: number): Case => {
    const one = kept(String(n), { firstSeen: new Date(2026, 10, n < 3 ? 9 : 17, 21).getTime() }, n === 0 ? ['forged_proof'] : ['debt_ad'], n < 2 ? 'zhihu' : 'weibo')
    return { ...one, post: { ...one.post, author: { name: `林律师${n}` }, text: '服务费 500元，先办后付，先办后付' } }
  }
  const cases = [...Array(5).keys()].map(advert)
  // Two share a contact, the rest a family, and one of them both.
  const families = new Map(cases.slice(1).map(({ key }) => [key, 'f']))
  const contacts = new Map([cases[0]!, cases[1]!].map(({ key }) => [key, ['qq:10001'] as const]))
  test('say what five accounts or more have in common', () => {
    expect(portraitsOf([...cases, kept('alone')], { families, contacts })).toEqual([{
      id: 'weibo:2', accounts: 5, posts: 5, platforms: [['weibo', 3], ['zhihu', 2]], stages: [['negotiating', 4], ['forging', 1]],
      claims: [['律师', 5]], prices: [['500元', 5], ['先办后付', 5], ['服务费', 5]],
      hours: Array.from({ length: 24 }, (_, hour) => (hour === 21 ? 5 : 0)), weeks: [['2026-11-09', 3], ['2026-11-16', 2]],
    }])
  })
  test('are never drawn of fewer, however many posts they have, and name nobody', () => {
    expect(portraitsOf([...cases.slice(1), ...cases.slice(1).map((one) => ({ ...one, key: `${one.key}b` }))], { families, contacts })).toEqual([])
    expect(JSON.stringify(portraitsOf(cases, { families, contacts }))).not.toMatch(/林律师|10001/)
  })
})
