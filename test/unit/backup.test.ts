import 'fake-indexeddb/auto'
import { describe, expect, test } from 'vitest'
import { type Backup, BACKUP_LIMIT, mergeSettings, previewOf, readBackup, writeBackup } from '../../src/store/backup.ts'
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
const fileOf = (text: string): Blob => new Blob([text])
const settings: Settings = { ...DEFAULTS, display: { weibo: 'fold', zhihu: 'off' }, moderator: true, rules: [rule('停息挂账')], language: 'en' }

describe('a backup', () => {
  test('is read back as it was written', async () => {
    const cases = [one('1'), one('2', { decision: 'confirmed' })]
    expect(await readBackup(writeBackup(settings, cases, now))).toEqual({ madeAt: now, settings, cases, problems: [] })
  })

  test('of earlier settings is brought up to date', async () => {
    const old = JSON.stringify({ kind: 'mingcha-backup', version: 1, madeAt: now, settings: { version: 1, sitesOff: ['weibo'] }, cases: [] })
    expect((await readBackup(fileOf(old))).settings).toEqual({ ...DEFAULTS, display: { weibo: 'off' } })
  })

  test.each([
    ['', 'backupNotOurs'], ['{"cases":[]}', 'backupNotOurs'], ['[1]', 'backupNotOurs'], ['null', 'backupNotOurs'],
    [JSON.stringify({ kind: 'mingcha-backup', version: 1, madeAt: now, settings, cases: [] }).slice(0, -5), 'backupNotOurs'],
    [JSON.stringify({ kind: 'mingcha-backup', version: 2, madeAt: now, settings, cases: [] }), 'backupNewer'],
    [JSON.stringify({ kind: 'mingcha-backup', version: 1, madeAt: now, settings: { ...settings, version: 99 }, cases: [] }), 'backupNewer'],
  ])('%j is refused whole: %s', async (text, reason) => {
    await expect(readBackup(fileOf(text))).rejects.toMatchObject({ reason })
  })

  test('larger than can be read is neither written nor read', async () => {
    const long = one('1', { post: { ...one('1').post, text: '长'.repeat(10_000) } })
    const most = Math.floor(BACKUP_LIMIT / 30_000)
    expect(() => writeBackup(settings, Array.from({ length: most + 1 }, () => long), now)).toThrow(expect.objectContaining({ reason: 'backupTooMuch' }))
    const huge = Object.defineProperties(new Blob(), { size: { value: BACKUP_LIMIT + 1 }, text: { value: () => Promise.reject(new Error('it was read')) } })
    await expect(readBackup(huge)).rejects.toMatchObject({ reason: 'backupTooBig' })
  })

  test('a bad part costs only itself, and is named', async () => {
    const bad = { ...one('3'), verdict: { ...one('3').verdict, score: 'high' } }
    const text = JSON.stringify({ kind: 'mingcha-backup', version: 1, madeAt: now, settings: { ...settings, language: 'xx' }, cases: [one('1'), bad, one('1'), '<img>'] })
    const { cases, problems, settings: read } = await readBackup(fileOf(text))
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
