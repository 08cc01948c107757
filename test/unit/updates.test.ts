import 'fake-indexeddb/auto'
import { spawnSync } from 'node:child_process'
import { cpSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { IDBFactory } from 'fake-indexeddb'
import { beforeEach, describe, expect, test } from 'vitest'
import { readModel } from '../../src/cli/model.ts'
import { sha256 } from '../../src/evidence/hash.ts'
import type { ModelConfig } from '../../src/model/config.ts'
import { Engine, type ModelFiles } from '../../src/model/engine.ts'
import { LIMITS, newKey, sign, SignedError } from '../../src/signed/envelope.ts'
import { compareVersions, payloadOf } from '../../src/updates/bundle.ts'
import { modelInUse, modelOffer, modelShelf, normsInUse, restoreModel, takeModel } from '../../src/updates/shelf.ts'

const NOW = Date.parse('2026-11-24T12:00:00Z')
const key = await newKey()
const real = await readModel()
/** No networks, but files that fit their config: what only the engine would notice. */
const small = { gate: crypto.getRandomValues(new Uint8Array(9_000)), judge: crypto.getRandomValues(new Uint8Array(20_000)) }
const stated = async (bytes: Uint8Array) => ({ bytes: bytes.length, sha256: await sha256(bytes) })
const shipped: ModelConfig = { ...(real.config as ModelConfig), version: '2026.11.24', files: { gate: await stated(small.gate), judge: await stated(small.judge) } }
const files: ModelFiles = { ...small, vocabulary: ['a', '账'], config: shipped }
const versioned = (version: string, more: Partial<ModelFiles> = {}): ModelFiles => ({ ...files, config: { ...shipped, version }, ...more })
const signed = (version: string, more: Partial<ModelFiles> = {}): Promise<string> => sign('model', payloadOf(versioned(version, more)), key)
const [newer, older] = await Promise.all([signed('2026.12.1'), signed('2026.11.23.4')])

const offer = (text: string, over = shipped) => modelOffer(text, over, key.x)
const refusal = (text: string): Promise<string> => offer(text).then(() => 'offered', (cause: unknown) => (cause instanceof SignedError ? cause.reason : `thrown: ${String(cause)}`))
const take = async (text: string, over = shipped) => takeModel((await offer(text, over)).model, over.version, NOW)
const inUse = async (over = shipped.version) => (await modelShelf(over)).inUse

beforeEach(() => {
  globalThis.indexedDB = new IDBFactory()
})

test('versions are compared number by number', () => {
  const sorted = ['2025.12.31.9', '2026.2.3', '2026.11.3', '2026.11.24', '2026.11.24.1', '2026.11.24.10', '2027.1.1']
  expect(sorted.toSorted(() => -1).toSorted(compareVersions)).toEqual(sorted)
  expect(compareVersions('2026.11.24', '2026.11.24.0')).toBe(0)
})

describe('a signed model', () => {
  test('is taken, and the one before it can be restored', async () => {
    expect(await offer(newer)).toMatchObject({ version: '2026.12.1', inUse: '2026.11.24', older: false })
    expect(await modelInUse(shipped.version)).toBeUndefined()
    await take(newer)
    expect(await modelShelf(shipped.version)).toEqual({ shipped: '2026.11.24', inUse: '2026.12.1', takenAt: NOW, previous: '2026.11.24' })
    await restoreModel(shipped.version)
    expect(await modelShelf(shipped.version)).toEqual({ shipped: '2026.11.24', inUse: '2026.11.24', previous: '2026.12.1' })
    await restoreModel(shipped.version)
    await take(await signed('2026.12.2'))
    expect(await modelShelf(shipped.version)).toMatchObject({ inUse: '2026.12.2', previous: '2026.12.1' })
    await restoreModel(shipped.version)
    expect((await modelInUse(shipped.version))!.config.version).toBe('2026.12.1')
  })

  test('is what the engine runs', async () => {
    await take(await sign('model', payloadOf({ ...real, config: { ...(real.config as ModelConfig), version: '2026.12.3' } }), key))
    const engine = await Engine.load((await modelInUse(shipped.version))!)
    expect((await engine.classify(['早饭吃了包子']))[0]!.model).toBe('2026.12.3')
    await engine.dispose()
  })

  test.each<[string, string, () => string | Promise<string>]>([
    ['forged in one letter of a network', 'signedForged', () => newer.replace(/"judge":"(.{5000})./, (_, head: string) => `"judge":"${head}${newer[newer.indexOf('"judge":"') + 5009] === 'A' ? 'B' : 'A'}`)],
    ['forged in its version', 'signedForged', () => newer.replace('2026.12.1', '2026.12.9')],
    ['signed by another', 'signedUntrusted', async () => sign('model', payloadOf(versioned('2026.12.1')), await newKey())],
    ['truncated', 'signedUnreadable', () => newer.slice(0, newer.length >> 1)],
    ['oversized', 'signedTooBig', () => newer + ' '.repeat(LIMITS.model - newer.length + 1)],
    ['for another purpose', 'signedOtherType', () => newer.replace('"type":"model"', '"type":"list"')],
    ['the one in use', 'signedReplayed', () => signed('2026.11.30')],
    ['another by the version in use', 'signedConflict', () => signed('2026.11.30', { config: { ...shipped, version: '2026.11.30', thresholds: { ...shipped.thresholds, flagged: 0.99 } } })],
    ['with a network that its config does not name', 'signedMalformed', () => signed('2026.12.1', { gate: small.judge })],
    ['with a vocabulary of something else', 'signedMalformed', () => signed('2026.12.1', { vocabulary: [{ a: 1 }] })],
    ['with a version that is no version', 'signedMalformed', () => signed('newest')],
    ['with other labels', 'signedMalformed', () => signed('2026.12.1', { config: { ...shipped, practices: ['debt_ad'] } })],
    ['with a network that is no base64', 'signedMalformed', () => sign('model', { ...payloadOf(versioned('2026.12.1')), gate: '§' }, key)],
    ['with norms that are none', 'signedMalformed', () => sign('model', payloadOf(versioned('2026.12.1'), { weibo: { author: 7 } }), key)],
    ['with more than a model', 'signedMalformed', () => sign('model', { ...payloadOf(versioned('2026.12.1')), script: 'alert(1)' }, key)],
    ['empty', 'signedMalformed', () => sign('model', null, key)],
  ])('%s: %s, and the one in use goes on', async (_, reason, text) => {
    await take(await signed('2026.11.30'))
    expect(await refusal(await text())).toBe(reason)
    expect(await inUse()).toBe('2026.11.30')
    expect((await modelInUse(shipped.version))!.config.version).toBe('2026.11.30')
  })

  test('older than what ships, or than the one in use, is offered as such; taken only as a person then says', async () => {
    expect(await offer(older)).toMatchObject({ version: '2026.11.23.4', older: true })
    await take(newer)
    expect(await offer(await signed('2026.11.30'))).toMatchObject({ older: true })
    await take(older)
    expect(await inUse()).toBe('2026.11.23.4')
  })

  test('gives way to a release that ships a later one, also where it was taken as the older', async () => {
    await take(older)
    expect(await inUse()).toBe('2026.11.23.4')
    expect(await inUse('2026.11.25')).toBe('2026.11.25')
    await take(newer)
    expect(await inUse('2026.11.25')).toBe('2026.12.1')
    expect(await inUse('2026.12.2')).toBe('2026.12.2')
    expect(await modelInUse('2026.12.2')).toBeUndefined()
  })

  test('brings what readers of sites may take for usual, as long as it is in use', async () => {
    const norms = { weibo: { author: 0.5 } }
    expect(await normsInUse(shipped.version)).toBeUndefined()
    await take(await sign('model', payloadOf(versioned('2026.12.1'), norms), key))
    expect(await normsInUse(shipped.version)).toEqual(norms)
    await restoreModel(shipped.version)
    expect(await normsInUse(shipped.version)).toBeUndefined()
    await restoreModel(shipped.version)
    expect(await normsInUse(shipped.version)).toEqual(norms)
    expect(await normsInUse('2027.1.1')).toBeUndefined()
  })

  test('a change can be undone as if it had not been', async () => {
    await take(newer)
    const before = await modelShelf(shipped.version)
    const undo = await take(await signed('2026.12.2'))
    expect(await inUse()).toBe('2026.12.2')
    await undo()
    expect(await modelShelf(shipped.version)).toEqual(before)
    const forget = await takeModel(null, shipped.version, NOW)
    expect(await modelShelf(shipped.version)).toEqual({ shipped: '2026.11.24', inUse: '2026.11.24', previous: '2026.12.1' })
    await forget()
    expect(await modelShelf(shipped.version)).toEqual(before)
  })
})

describe('npm run sign -- --model', () => {
  const folder = mkdtempSync(join(tmpdir(), 'mingcha-model-'))
  const keyFile = join(folder, 'key.json')
  writeFileSync(keyFile, JSON.stringify(key))
  const run = (...args: string[]) => spawnSync(process.execPath, ['--import', 'tsx', 'src/cli/sign.ts', ...args], { encoding: 'utf8' })

  test('signs a folder as one file that is taken', async () => {
    const model = join(folder, 'model')
    cpSync('models/classifier', model, { recursive: true })
    writeFileSync(join(model, 'config.json'), JSON.stringify({ ...(real.config as ModelConfig), version: '2026.12.5' }))
    writeFileSync(join(model, 'norms.json'), '{"weibo":{"author":0.5}}')
    const out = join(folder, 'model.json')
    expect(run(keyFile, '--model', model, '--output', out)).toMatchObject({ status: 0, stderr: '' })
    expect(await offer(readFileSync(out, 'utf8'))).toMatchObject({ version: '2026.12.5', older: false, model: { norms: { weibo: { author: 0.5 } } } })
    expect(run(keyFile, '--model', model, '--output', out)).toMatchObject({ status: 2, stderr: expect.stringContaining('EEXIST') as string })
    writeFileSync(join(model, 'gate.onnx'), 'not a model')
    expect(run(keyFile, '--model', model, '--output', `${out}.2`)).toMatchObject({ status: 2, stderr: expect.stringContaining('gate.onnx has 11 bytes') as string })
  }, 120_000)

  test('says what is missing', () => {
    expect(run(keyFile, '--model', folder)).toMatchObject({ status: 2, stderr: expect.stringContaining('--output') as string })
    expect(run(keyFile, '--model', join(folder, 'nothing'), '--output', join(folder, 'x.json'))).toMatchObject({ status: 2, stderr: expect.stringContaining('ENOENT') as string })
  }, 60_000)
})
