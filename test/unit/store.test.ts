import 'fake-indexeddb/auto'
import { IDBFactory } from 'fake-indexeddb'
import { openDB } from 'idb'
import { beforeEach, describe, expect, test } from 'vitest'
import { capture } from '../evidence/sample.ts'
import { DATABASE, type Seen, Store, StoreError, VERSION } from '../../src/store/store.ts'
import { type Capture, type Case, POLICY, type Post, type Verdict } from '../../src/types.ts'

const post = (id: string): Post => ({ platform: 'weibo', id, kind: 'post', text: `正文${id}`, author: { name: '某人' }, permalink: '' })
const verdict: Verdict = { band: 'flagged', score: 0.99, categories: ['debt_ad'], form: 'ad', evidence: [], model: 'm1' }
const seen = (id: string): Seen => ({ post: post(id), pageUrl: 'https://weibo.com/', verdict })

beforeEach(() => {
  globalThis.indexedDB = new IDBFactory()
})

describe('Store', () => {
  test('keeps cases, newest first, and a later sighting changes only what was seen', async () => {
    let now = 1_000
    const store = new Store(() => now)
    await store.keep([seen('a'), seen('b')])
    now = 2_000
    await store.keep([seen('a')])
    const all = await store.all()
    expect(all.map(({ key }) => key)).toEqual(['weibo:a', 'weibo:b'])
    expect(all[0]).toMatchObject({ firstSeen: 1_000, lastSeen: 2_000, decision: 'open', history: [{ at: 1_000, what: 'flagged', model: 'm1', policy: POLICY }] })
  })

  test('what is clean makes no case, but clears one when more of its text is read; an excerpt changes nothing back', async () => {
    const store = new Store()
    const read = (text: string, band: Verdict['band']): Seen => ({ ...seen('a'), post: { ...post('a'), text }, verdict: { ...verdict, band } })
    expect(await store.keep([read('早饭', 'clean')])).toEqual([undefined])
    expect(await store.all()).toEqual([])
    await store.keep([read('网贷怎么谈…', 'flagged')])
    await store.keep([read('网贷怎么谈，我自己打电话谈的，没花钱', 'clean')])
    await store.keep([read('网贷怎么谈…', 'flagged')])
    expect((await store.all()).map((one) => [one.post.text, one.verdict.band])).toEqual([['网贷怎么谈，我自己打电话谈的，没花钱', 'clean']])
  })

  test('a decided case keeps the verdict that was decided on', async () => {
    const store = new Store()
    await store.keep([seen('a')])
    await store.decide([{ key: 'weibo:a', decision: 'wrong' }])
    await store.keep([{ ...seen('a'), verdict: { ...verdict, model: 'm2' } }])
    const [kept] = await store.get(['weibo:a'])
    expect(kept).toMatchObject({ decision: 'wrong', verdict: { model: 'm1' } })
  })

  test('decides many at once, all or none, each under the policy that held', async () => {
    let now = 1
    const store = new Store(() => now)
    await store.keep([seen('a'), seen('b')])
    now = 2
    await store.decide([{ key: 'weibo:a', decision: 'confirmed' }, { key: 'weibo:b', decision: 'wrong' }])
    const all = await store.all()
    expect(all.map(({ decision }) => decision).sort()).toEqual(['confirmed', 'wrong'])
    expect(all[0]!.history.at(-1)).toMatchObject({ at: 2, model: 'm1', policy: POLICY })
    await expect(store.decide([{ key: 'weibo:a', decision: 'open' }, { key: 'weibo:none', decision: 'open' }])).rejects.toThrow(/no case weibo:none/)
    expect(await store.all()).toEqual(all)
  })

  test('a decision and a second reading bear the name of the reviewer, and none where none was given', async () => {
    const store = new Store(() => 7)
    await store.keep([seen('a')])
    await store.decide([{ key: 'weibo:a', decision: 'confirmed' }], '甲')
    await store.readAgain('weibo:a', 'wrong', '乙')
    await store.decide([{ key: 'weibo:a', decision: 'open' }])
    expect((await store.get(['weibo:a']))[0]!.history.slice(1).map(({ what, by }) => [what, by])).toEqual([['confirmed', '甲'], ['wrong', '乙'], ['open', undefined]])
  })

  test('a second reading stands beside the decision and changes nothing; what is open has none', async () => {
    const store = new Store(() => 7)
    await store.keep([seen('a'), seen('b')])
    await store.decide([{ key: 'weibo:a', decision: 'confirmed' }])
    expect(await store.readAgain('weibo:a', 'wrong')).toMatchObject({ decision: 'confirmed' })
    expect((await store.get(['weibo:a']))[0]!.history.at(-1)).toEqual({ at: 7, what: 'wrong', model: 'm1', policy: POLICY, second: true })
    await expect(store.readAgain('weibo:b', 'wrong')).rejects.toThrow(/no decided case/)
  })

  test('a golden answer is noted with its author, taken back the same way, and a merged list brings it with the readings', async () => {
    let now = 1
    const store = new Store(() => now)
    await store.keep([seen('a'), seen('b')])
    await store.decide([{ key: 'weibo:a', decision: 'confirmed' }], '甲')
    await expect(store.setGolden('weibo:b', true)).rejects.toThrow(/no judged case/)
    now = 2
    await store.setGolden('weibo:a', true, '甲')
    const [one] = await store.get(['weibo:a'])
    expect(one).toMatchObject({ decision: 'confirmed', history: [{}, {}, { at: 2, what: 'confirmed', by: '甲', golden: true }] })
    const theirs = { ...one!, history: [...one!.history, { at: 3, what: 'wrong' as const, model: 'm1', by: '乙', second: true as const }] }
    now = 4
    expect([...(await store.merge([theirs])), ...(await store.merge([theirs]))]).toEqual(['joined', 'same'])
    await store.setGolden('weibo:a', false)
    expect((await store.get(['weibo:a']))[0]!.history.slice(3)).toMatchObject([{ at: 3, by: '乙', second: true, imported: 4 }, { at: 4, golden: false }])
  })

  test('a report is recorded once: repeating it gives the same receipt', async () => {
    const store = new Store()
    const first = await store.report(seen('a'), 'debt_ad', '备注')
    const second = await store.report(seen('a'), 'script_kit', '')
    expect(second.report).toEqual(first.report)
    expect(first.report!.receipt).toMatch(/^MC-\d{8}-[2-9A-HJ-NP-Z]{6}$/)
    expect(second.history.filter(({ what }) => what === 'reported')).toHaveLength(1)
  })

  test('where a report was taken besides is kept, once for each place', async () => {
    const store = new Store(() => 5)
    await expect(store.hand('weibo:none', '12377', '')).rejects.toThrow(/no report/)
    await store.report(seen('h'), null, '')
    await store.hand('weibo:h', '12377', '')
    const handed = await store.hand('weibo:h', '12377', '20261123-7')
    expect(handed.report!.handed).toEqual([{ to: '12377', receipt: '20261123-7', at: 5 }])
    expect(handed.history.filter(({ what }) => what === 'handed')).toHaveLength(2)
  })

  test('a report can be taken back; its history stays', async () => {
    const store = new Store()
    await store.report(seen('a'), null, '')
    const withdrawn = await store.withdraw('weibo:a')
    expect(withdrawn.report).toBeUndefined()
    expect(withdrawn.history.map(({ what }) => what)).toEqual(['reported', 'withdrawn'])
  })

  test('merges lists of colleagues: new ones are added, our decision stays, and both are in the history', async () => {
    let now = 1_000
    const store = new Store(() => now)
    const [theirs] = await store.keep([seen('a')])
    await store.decide([{ key: 'weibo:a', decision: 'confirmed' }])
    now = 2_000
    const list = [{ ...theirs!, decision: 'wrong' as const, history: [{ at: 500, what: 'wrong' as const, model: 'm1' }] }, { ...theirs!, key: 'weibo:b', post: post('b') }]
    expect(await store.merge(list)).toEqual(['conflict', 'new'])
    const [a, b] = await store.get(['weibo:a', 'weibo:b'])
    expect(a).toMatchObject({ decision: 'confirmed' })
    expect(a!.history.map(({ what, imported }) => [what, imported])).toEqual([['wrong', 2_000], ['flagged', undefined], ['confirmed', undefined]])
    expect(b!.history).toEqual([{ at: 1_000, what: 'flagged', model: 'm1', policy: POLICY, imported: 2_000 }])
    expect(await store.merge(list)).toEqual(['conflict', 'same'])
    expect(await store.get(['weibo:a', 'weibo:b'])).toEqual([a, b])
  })

  test('merges all or none', async () => {
    const store = new Store(() => 1_000)
    const [theirs] = await store.keep([seen('a')])
    const broken = { ...theirs!, key: 'weibo:c', pageUrl: (() => undefined) as unknown as string }
    await expect(store.merge([{ ...theirs!, key: 'weibo:b' }, broken])).rejects.toMatchObject({ name: 'StoreError' })
    expect((await store.all()).map(({ key }) => key)).toEqual(['weibo:a'])
  })

  test('keeps captures with their picture and notes each in its case', async () => {
    let now = 1_000
    const store = new Store(() => now)
    await store.keep([seen('a')])
    const of = (at: number): Capture => capture({ key: 'weibo:a', post: post('a'), verdict, at })
    expect((await store.preserve(of(1))).history.map(({ what }) => what)).toEqual(['flagged', 'preserved'])
    now = 2_000
    await store.preserve(of(2))
    expect(await store.captures('weibo:a')).toEqual([of(1), of(2)])
    expect((await store.captures('weibo:a'))[0]!.screenshot!.byteLength).toBeGreaterThan(50)
    expect(await store.captures('weibo:b')).toEqual([])
    expect((await store.get(['weibo:a']))[0]).toMatchObject({ lastSeen: 2_000, decision: 'open' })
  })

  test('a capture of an unknown post makes its case; one that cannot be kept leaves no trace', async () => {
    const store = new Store()
    await store.preserve(capture({ key: 'weibo:b', post: post('b'), verdict }))
    expect((await store.all()).map(({ key }) => key)).toEqual(['weibo:b'])
    await expect(store.preserve({ ...capture({ key: 'weibo:c', post: post('c'), verdict }), html: (() => '') as unknown as string })).rejects.toMatchObject({ name: 'StoreError' })
    expect((await store.all()).map(({ key }) => key)).toEqual(['weibo:b'])
  })

  test('forgets by age what nobody touched, with a policy also what somebody did; captures go along', async () => {
    let now = 1_000
    const store = new Store(() => now)
    await store.keep([seen('old'), seen('decided'), seen('preserved')])
    await store.decide([{ key: 'weibo:decided', decision: 'confirmed' }])
    await store.preserve(capture({ key: 'weibo:preserved', post: post('preserved'), verdict }))
    now = 5_000
    await store.keep([seen('new')])
    expect(await store.kept()).toEqual({ cases: 4, captures: 1, outbox: 0, oldest: 1_000 })
    await store.forget(2_000, false)
    expect((await store.all()).map(({ key }) => key).sort()).toEqual(['weibo:decided', 'weibo:new', 'weibo:preserved'])
    await store.forget(2_000, true)
    expect((await store.all()).map(({ key }) => key)).toEqual(['weibo:new'])
    expect(await store.kept()).toEqual({ cases: 1, captures: 0, outbox: 0, oldest: 5_000 })
  })

  test('clearing leaves nothing of what was read', async () => {
    const store = new Store()
    await store.report(seen('a'), null, '', true)
    await store.preserve(capture({ key: 'weibo:a', post: post('a'), verdict }))
    expect(await store.kept()).toMatchObject({ cases: 1, captures: 1, outbox: 1 })
    await store.clear()
    expect(await store.kept()).toEqual({ cases: 0, captures: 0, outbox: 0 })
  })

  test('takes over the cases of version 1', async () => {
    const old = await openDB(DATABASE, 1, { upgrade: (db) => void db.createObjectStore('cases', { keyPath: 'key' }).createIndex('lastSeen', 'lastSeen') })
    const kept: Case = { key: 'weibo:a', post: post('a'), pageUrl: '', verdict, firstSeen: 1, lastSeen: 2, decision: 'confirmed', history: [] }
    await old.put('cases', kept)
    old.close()
    const store = new Store(() => 3)
    expect(await store.all()).toEqual([kept])
    await store.preserve(capture({ key: 'weibo:a', post: post('a'), verdict }))
    expect(await store.captures('weibo:a')).toHaveLength(1)
  })

  test('many writers at once lose nothing', async () => {
    const store = new Store()
    await store.keep([seen('a')])
    await Promise.all([store.decide([{ key: 'weibo:a', decision: 'confirmed' }]), store.report(seen('a'), null, ''), store.keep([seen('a')])])
    const [kept] = await store.get(['weibo:a'])
    expect(kept!.decision).toBe('confirmed')
    expect(kept!.report).toBeDefined()
  })

  test('deciding what is not there is an error and leaves nothing behind', async () => {
    const store = new Store()
    await expect(store.decide([{ key: 'weibo:x', decision: 'wrong' }])).rejects.toMatchObject({ name: 'StoreError', reason: 'storeBroken' })
    expect(await store.all()).toEqual([])
  })

  test('a database of a newer version is left alone and named as such', async () => {
    ;(await openDB(DATABASE, VERSION + 1)).close()
    const error = await new Store().all().catch((cause: unknown) => cause)
    expect(error).toBeInstanceOf(StoreError)
    expect(error).toMatchObject({ reason: 'storeNewer' })
  })

  test('gives way to an upgrade and opens again afterwards', async () => {
    const store = new Store()
    await store.keep([seen('a')])
    ;(await openDB(DATABASE, VERSION + 1)).close()
    await expect(store.all()).rejects.toMatchObject({ reason: 'storeNewer' })
  })
})
