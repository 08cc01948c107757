import 'fake-indexeddb/auto'
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Ajv2020 } from 'ajv/dist/2020.js'
import * as fc from 'fast-check'
import { IDBFactory } from 'fake-indexeddb'
import { beforeEach, describe, expect, test } from 'vitest'
import schema from '../../src/lists/schema.json' with { type: 'json' }
import { listOfDraft } from '../../src/lists/draft.ts'
import { type Entry, listOfPayload, type SharedList } from '../../src/lists/list.ts'
import { knownOf } from '../../src/lists/known.ts'
import { distrust, heldLists, offerOf, removeList, shelf, take } from '../../src/lists/shelf.ts'
import { trust } from '../../src/lists/store.ts'
import { newKey, sign, SignedError } from '../../src/signed/envelope.ts'
import type { Case } from '../../src/types.ts'

const NOW = Date.parse('2026-11-23T12:00:00Z')
const DAY = 86_400_000
const TEXT = '欠款逾期别慌，专业团队帮你停息挂账，个性化分期六十期，先办后付，全程不用你出面，加微信 abc12345，找鑫诚法务咨询'
const one: Case = {
  key: 'weibo:1', pageUrl: 'https://weibo.com/', firstSeen: NOW, lastSeen: NOW, decision: 'open', history: [],
  post: { platform: 'weibo', id: '1', kind: 'post', text: TEXT, author: { name: '上岸规划' }, permalink: '' },
  verdict: { band: 'flagged', score: 0.9, categories: ['debt_ad'], form: 'ad', evidence: [], model: 'm' },
}

type Draft = Omit<Partial<Entry>, 'hash'> & { value: string }
const entry = (over: Draft): object => ({
  id: 'e1', kind: 'contact', stages: ['negotiating'], evidence: ['sha256:1'], firstSeen: '2026-10-01T00:00:00Z', lastSeen: '2026-11-01T00:00:00Z',
  expires: '2027-11-01T00:00:00Z', state: 'asserted', ...over,
})
const CONTACT = entry({ value: 'wechat:abc12345' })
const listOf = (entries: object[], over: Partial<SharedList> = {}): Promise<SharedList> =>
  listOfDraft({ list: 'leads', issuer: '甲协会', sequence: 1, issued: '2026-11-20T00:00:00Z', expires: '2027-01-01T00:00:00Z', entries, ...over })

const [first, second] = [await newKey(), await newKey()]
const signed = async (entries: object[], over: Partial<SharedList> = {}, key = first): Promise<string> => sign('list', await listOf(entries, over), key)
const offered = (text: string, now = NOW): Promise<unknown> => offerOf(text, '', now).then(() => 'offered', (cause: SignedError) => (cause instanceof SignedError ? cause.reason : `thrown: ${String(cause)}`))
const use = async (text: string): Promise<void> => take(await offerOf(text, '', NOW), NOW)
const knows = async (now = NOW) => knownOf(one, await heldLists(), now)

beforeEach(async () => {
  globalThis.indexedDB = new IDBFactory()
  await trust({ key: first.x!, name: '甲协会', since: NOW })
  await trust({ key: second.x!, name: '乙平台', since: NOW })
})

describe('a list in use', () => {
  test('knows contacts, organisations and families of a case, and nothing of another', async () => {
    await use(await signed([CONTACT, entry({ id: 'e2', kind: 'organisation', value: '鑫诚 法务' }), entry({ id: 'e3', kind: 'family', value: TEXT.replace('六十', '七十').replace('abc12345', 'zzz99999') })]))
    const known = await knows()
    expect(known.map(({ kind, masked }) => [kind, masked])).toEqual([['contact', 'wechat:ab…45'], ['organisation', '鑫…务'], ['family', expect.stringContaining('停息挂账')]])
    for (const { certainty, by, stages } of known) expect({ certainty, by, stages }).toEqual({ certainty: 'middle', by: ['甲协会'], stages: ['negotiating'] })
    const other = { ...one, post: { ...one.post, text: '今天去公园看银杏，路上人不多，阳光很好，推荐大家周末也去走走看看' } }
    expect(await knownOf(other, await heldLists(), NOW)).toEqual([])
    expect(one.verdict.band).toBe('flagged')
  })
  test('holds no plain value', async () => {
    const text = await signed([CONTACT, entry({ id: 'e3', kind: 'family', value: TEXT })])
    expect(text).not.toContain('abc12345')
  })
  test('two independent issuers make it high; the same evidence or the same name does not', async () => {
    await use(await signed([CONTACT]))
    const by = async (evidence: string[]) => {
      await removeList(second.x!, 'leads')
      await use(await signed([entry({ value: 'wechat:abc12345', evidence })], { sequence: ++sequence }, second))
      return (await knows())[0]!
    }
    let sequence = 0
    expect(await by(['sha256:1'])).toMatchObject({ certainty: 'middle', by: ['乙平台', '甲协会'] })
    expect(await by(['sha256:2'])).toMatchObject({ certainty: 'high' })
    await trust({ key: second.x!, name: '甲协会', since: NOW })
    expect((await knows())[0]).toMatchObject({ certainty: 'middle', by: ['甲协会'] })
  })
  test('conflict: who asserts and who disputes are both shown, and it is high no more', async () => {
    await use(await signed([CONTACT]))
    await use(await signed([entry({ value: 'wechat:abc12345', evidence: ['sha256:2'], state: 'disputed' })], {}, second))
    expect(await knows()).toMatchObject([{ certainty: 'disputed', by: ['甲协会'], disputedBy: ['乙平台'] }])
  })
  test('a withdrawal is honoured at the next update, that of one issuer for this one alone', async () => {
    await use(await signed([CONTACT]))
    await use(await signed([entry({ value: 'wechat:abc12345', evidence: ['sha256:2'] })], {}, second))
    const next = await offerOf(await signed([entry({ value: 'wechat:abc12345', state: 'withdrawn' })], { sequence: 2 }), '', NOW)
    expect(next.changes).toEqual({ added: 0, changed: 0, withdrawn: 1 })
    await take(next, NOW)
    expect(await knows()).toMatchObject([{ certainty: 'middle', by: ['乙平台'] }])
    await use(await signed([], { sequence: 2 }, second))
    expect(await knows()).toEqual([])
  })
  test('expires, as a whole and entry by entry', async () => {
    await use(await signed([CONTACT, entry({ id: 'e2', kind: 'organisation', value: '鑫诚法务', expires: '2026-11-25T00:00:00Z' })]))
    expect(await knows()).toHaveLength(2)
    expect(await knows(NOW + 3 * DAY)).toHaveLength(1)
    expect(await knows(Date.parse('2027-01-01T00:00:00Z'))).toEqual([])
  })
})

describe('a list is refused with the reason, and the one in use goes on', () => {
  test.each<[string, () => Promise<string>]>([
    ['signedForged', async () => (await signed([CONTACT], { sequence: 9 })).replace('leads', 'loads')],
    ['signedUnreadable', async () => (await signed([CONTACT], { sequence: 9 })).slice(0, 300)],
    ['signedTooBig', async () => (await signed([CONTACT], { sequence: 9 })) + ' '.repeat(8_000_000)],
    ['signedOlder', () => signed([CONTACT], { sequence: 4 })],
    ['signedConflict', () => signed([], { sequence: 5 })],
    ['signedExpired', () => signed([CONTACT], { sequence: 9, issued: '2026-01-01T00:00:00Z', expires: '2026-11-23T12:00:00Z' })],
    ['signedNotYet', () => signed([CONTACT], { sequence: 9, issued: '2026-11-25T00:00:00Z' })],
    ['signedMalformed', async () => sign('list', { ...(await listOf([CONTACT])), author: '某人' }, first)],
  ])('%s', async (reason, make) => {
    await use(await signed([CONTACT], { sequence: 5 }))
    const before = await shelf()
    expect(await offered(await make())).toBe(reason)
    expect(await shelf()).toEqual(before)
    expect(await knows()).toHaveLength(1)
  })
  test('replayed: the very issue in use', async () => {
    const text = await signed([CONTACT])
    await use(text)
    expect(await offered(text)).toBe('signedReplayed')
  })
  test('rolled back: also after the list was removed, and after trust was taken away and given again', async () => {
    const old = await signed([CONTACT], { sequence: 1 })
    const text = await signed([CONTACT], { sequence: 2 })
    await use(text)
    await removeList(first.x!, 'leads')
    expect(await knows()).toEqual([])
    expect(await offered(old)).toBe('signedOlder')
    await distrust(first.x!)
    await trust({ key: first.x!, name: '甲协会', since: NOW })
    expect(await offered(old)).toBe('signedOlder')
    await use(text)
    expect(await knows()).toHaveLength(1)
  })
  test('a later issue that another page took meanwhile is not overwritten', async () => {
    const offer = await offerOf(await signed([CONTACT], { sequence: 1 }), '', NOW)
    await use(await signed([], { sequence: 2 }))
    await expect(take(offer, NOW)).rejects.toMatchObject({ reason: 'signedOlder' })
  })
  test('untrusted: it can be looked at, not used; with trust its lists go', async () => {
    const stranger = await newKey()
    const offer = await offerOf(await signed([CONTACT], {}, stranger), '', NOW)
    expect(offer.issuer).toBeUndefined()
    await expect(take(offer, NOW)).rejects.toMatchObject({ reason: 'signedUntrusted' })
    await use(await signed([CONTACT]))
    await distrust(first.x!)
    expect(await heldLists()).toEqual([])
  })
})

describe('the parser', async () => {
  const valid = new Ajv2020({ allErrors: true, strictTypes: false, strictRequired: false }).compile(schema)
  const good = await listOf([CONTACT, entry({ id: 'e2', kind: 'family', value: TEXT }), entry({ id: 'e3', kind: 'organisation', value: '鑫诚法务' })])
  const accepts = (value: unknown): boolean => {
    try {
      listOfPayload(value)
      return true
    } catch (cause) {
      // Whatever it is given, it refuses in one way only.
      expect(cause).toBeInstanceOf(SignedError)
      expect((cause as SignedError).reason).toBe('signedMalformed')
      return false
    }
  }
  /** Every place of the list as a path of keys. */
  const paths = (value: unknown, path: (string | number)[] = []): (string | number)[][] =>
    typeof value !== 'object' || value === null ? [path] : [path, ...Object.entries(value).slice(0, 20).flatMap(([name, inner]) => paths(inner, [...path, name]))]
  const put = (path: (string | number)[], next: unknown): unknown => {
    if (path.length === 0) return next
    const copy = structuredClone(good) as unknown as Record<string, unknown>
    const parent = path.slice(0, -1).reduce<Record<string, unknown>>((at, name) => at[name] as Record<string, unknown>, copy)
    Object.defineProperty(parent, path.at(-1)!, { value: next, enumerable: true, configurable: true, writable: true })
    return copy
  }

  test('accepts what the schema accepts', () => {
    expect(valid(good), JSON.stringify(valid.errors)).toBe(true)
    expect(accepts(good)).toBe(true)
  })
  test('fuzzed lists: it never throws but its refusal, and takes nothing that the schema refuses', () => {
    const places = paths(good)
    const value = fc.oneof(fc.jsonValue({ maxDepth: 2 }), fc.string({ unit: 'binary' }), fc.constantFrom(undefined, null, '', -1, 0, 1e300, [], {}, '2026-13-01T00:00:00Z', 'withdrawn', 'organisation', 'a'.repeat(201)))
    fc.assert(fc.property(fc.constantFrom(...places), value, (path, next) => {
      const changed = put(path, next)
      if (accepts(changed)) expect(valid(changed), `${path.join('.')} ${JSON.stringify(next)}`).toBe(true)
    }), { numRuns: 3000 })
    fc.assert(fc.property(fc.anything(), (anything) => void accepts(anything)), { numRuns: 1000 })
  })
  test('fuzzed and well signed lists never throw past the shelf, nor past what looks them up', async () => {
    const places = paths(good)
    await fc.assert(fc.asyncProperty(fc.constantFrom(...places), fc.oneof(fc.jsonValue({ maxDepth: 1 }), fc.string({ unit: 'grapheme' })), fc.integer({ min: 1, max: 50 }), async (path, next, sequence) => {
      const changed = put(path, next)
      const text = await sign('list', typeof changed === 'object' && changed !== null && path.length > 1 ? { ...changed, sequence } : changed, first).catch(() => '')
      const result = await offered(text)
      expect(result).toMatch(/^(offered|signed)/)
      if (result === 'offered') await take(await offerOf(text, '', NOW), NOW)
      await knows()
    }), { numRuns: 200 })
  })
  test('refuses what only it can see: an id twice, times turned round, grams out of order', () => {
    const [contact, family] = good.entries as [Entry, Entry]
    expect(accepts({ ...good, entries: [contact, contact] })).toBe(false)
    expect(accepts({ ...good, expires: good.issued })).toBe(false)
    expect(accepts({ ...good, entries: [{ ...contact, firstSeen: '2026-11-02T00:00:00Z' }] })).toBe(false)
    expect(accepts({ ...good, entries: [{ ...family, grams: [...family.grams!].reverse() }] })).toBe(false)
  })
  test('there is no place for persons: neither a mention of an account nor a field of one', async () => {
    await expect(listOf([entry({ value: 'at:张三' })])).rejects.toMatchObject({ reason: 'signedMalformed' })
    expect(accepts({ ...good, entries: [{ ...good.entries[0], kind: 'person' }] })).toBe(false)
    expect(accepts({ ...good, entries: [{ ...good.entries[0], name: '张三' }] })).toBe(false)
  })
})

test('npm run sign makes a key and a signed list that the shelf takes; neither is ever overwritten', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'sign-'))
  const [key, draft, out] = ['key.json', 'draft.json', 'list.json'].map((name) => join(folder, name)) as [string, string, string]
  const run = (...args: string[]): string => execFileSync(process.execPath, ['--import', 'tsx', 'src/cli/sign.ts', ...args], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] }).trim()
  const published = run('--new-key', key)
  expect(statSync(key).mode & 0o077).toBe(0)
  writeFileSync(draft, JSON.stringify({ list: 'leads', issuer: '丙', sequence: 1, issued: '2026-11-20T00:00:00Z', expires: '2027-01-01T00:00:00Z', entries: [CONTACT] }))
  run(key, draft, '--output', out)
  await trust({ key: published, name: '丙', since: NOW })
  await use(readFileSync(out, 'utf8'))
  expect(await knows()).toMatchObject([{ by: ['丙'] }])
  for (const again of [['--new-key', key], [key, draft, '--output', out]]) expect(() => run(...again)).toThrow('EEXIST')
  expect(() => run(draft, draft)).toThrow('No private Ed25519 key')
  expect(readFileSync(key, 'utf8')).toContain(published)
}, 120_000)
