import 'fake-indexeddb/auto'
import { describe, expect, test } from 'vitest'
import { type Backup, mergeSettings, previewOf, readBackup, writeBackup } from '../../src/store/backup.ts'
import { DEFAULTS, type Settings } from '../../src/store/settings.ts'
import { Store } from '../../src/store/store.ts'
import type { Case } from '../../src/types.ts'

const now = Date.UTC(2026, 10, 23)
const one = (id: string, over: Partial<Case> = {}): Case => ({
  key: `weibo:${id}`,
  post: { platform: 'weibo', id, kind: 'post', text: `网贷逾期，停息挂账 ${id}`, author: { name: '小鹿' }, permalink: '' },
  pageUrl: 'https://weibo.com/',
  verdict: { band: 'flagged', score: 0.9, categories: ['debt_ad'], form: 'ad', evidence: [], model: 'm' },
  firstSeen: now, lastSeen: now, decision: 'open', history: [{ at: now, what: 'flagged', model: 'm' }],
  ...over,
})
const rule = (phrase: string, until = now) => ({ id: `phrase:${phrase}`, kind: 'phrase' as const, phrase, until })
const settings: Settings = { ...DEFAULTS, display: { weibo: 'fold', zhihu: 'off' }, moderator: true, rules: [rule('停息挂账')], language: 'en' }

describe('a backup', () => {
  test('is read back as it was written', () => {
    const cases = [one('1'), one('2', { decision: 'confirmed' })]
    expect(readBackup(writeBackup(settings, cases, now))).toEqual({ madeAt: now, settings, cases, problems: [] })
  })

  test('of earlier settings is brought up to date', () => {
    const old = JSON.stringify({ kind: 'mingcha-backup', version: 1, madeAt: now, settings: { version: 1, sitesOff: ['weibo'] }, cases: [] })
    expect(readBackup(old).settings).toEqual({ ...DEFAULTS, display: { weibo: 'off' } })
  })

  test.each([
    ['', 'backupNotOurs'], ['{"cases":[]}', 'backupNotOurs'], ['[1]', 'backupNotOurs'], ['null', 'backupNotOurs'],
    [writeBackup(settings, [], now).slice(0, -5), 'backupNotOurs'],
    [writeBackup(settings, [], now).replace('"version":1', '"version":2'), 'backupNewer'],
    [writeBackup({ ...settings, version: 99 }, [], now), 'backupNewer'],
  ])('%j is refused whole: %s', (text, reason) => {
    expect(() => readBackup(text)).toThrow(expect.objectContaining({ reason }))
  })

  test('a bad part costs only itself, and is named', () => {
    const bad = { ...one('3'), verdict: { ...one('3').verdict, score: 'high' } }
    const text = JSON.stringify({ kind: 'mingcha-backup', version: 1, madeAt: now, settings: { ...settings, language: 'xx' }, cases: [one('1'), bad, one('1'), '<img>'] })
    const { cases, problems, settings: read } = readBackup(text)
    expect(cases.map(({ key }) => key)).toEqual(['weibo:1'])
    expect(problems).toEqual(['settings.language', 'cases.1: verdict.score', 'cases.2: key', 'cases.3: {}'])
    expect(read.language).toBe('auto')
  })
})

describe('restoring', () => {
  const backup: Backup = { madeAt: now, settings, cases: [one('1', { decision: 'wrong', history: [{ at: 5, what: 'wrong', model: 'm' }] }), one('2')], problems: [] }

  test('says beforehand what it changes', () => {
    const ours = { ...DEFAULTS, display: { weibo: 'fold' as const }, rules: [rule('停息挂账', now - 1)] }
    expect(previewOf(backup, ours, [one('1', { decision: 'confirmed' }), undefined])).toEqual({
      counts: { new: 1, joined: 0, same: 0, conflict: 1 },
      changes: [{ what: 'display', n: 1 }, { what: 'rules', n: 1 }, { what: 'moderator', n: 1 }, { what: 'language', n: 1 }],
    })
    expect(previewOf(backup, mergeSettings(ours, settings), backup.cases)).toEqual({ counts: { new: 0, joined: 0, same: 2, conflict: 0 }, changes: [] })
  })

  test('brings an emptied machine back to where it was, and keeps a later decision', async () => {
    const store = new Store()
    await store.restore(backup.cases)
    expect(await store.get(['weibo:1', 'weibo:2'])).toEqual(backup.cases)
    await store.decide([{ key: 'weibo:1', decision: 'confirmed' }])
    await store.restore(backup.cases)
    expect((await store.get(['weibo:1']))[0]).toMatchObject({ decision: 'confirmed' })
    await store.clear()
    expect(await store.all()).toEqual([])
  })
})
