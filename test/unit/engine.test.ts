import { readFileSync } from 'node:fs'
import { beforeAll, describe, expect, test } from 'vitest'
import { loadEngine } from '../../src/cli/model.ts'
import { Engine, EngineError, type ModelFiles } from '../../src/model/engine.ts'
import type { ModelConfig } from '../../src/model/config.ts'
import { TEXT_LIMIT } from '../../src/types.ts'

const shipped = (): ModelFiles => ({
  gate: new Uint8Array(readFileSync('models/classifier/gate.onnx')),
  judge: new Uint8Array(readFileSync('models/classifier/judge.onnx')),
  vocabulary: JSON.parse(readFileSync('models/classifier/vocabulary.json', 'utf8')),
  config: JSON.parse(readFileSync('models/classifier/config.json', 'utf8')),
})
const refusal = (files: ModelFiles) => Engine.load(files).then(() => 'loaded', (cause: unknown) => (cause instanceof EngineError ? cause.reason : String(cause)))

describe('files that do not fit are refused with a reason', () => {
  test.each<[string, (files: ModelFiles) => void]>([
    ['a truncated judge', (files) => (files.judge = files.judge.slice(0, -1))],
    ['a flipped byte in the judge', (files) => (files.judge[files.judge.length >> 1]! ^= 1)],
    ['a flipped byte in the gate', (files) => (files.gate[files.gate.length >> 1]! ^= 1)],
    ['gate and judge changed round', (files) => ([files.gate, files.judge] = [files.judge, files.gate])],
    ['a config without thresholds', (files) => (files.config = { ...(files.config as object), thresholds: undefined })],
    ['a config with other labels', (files) => (files.config = { ...(files.config as object), practices: ['debt_ad'] })],
    ['a vocabulary that is no list', (files) => (files.vocabulary = { a: 1 })],
  ])('%s', async (_, spoil) => {
    const files = shipped()
    spoil(files)
    expect(await refusal(files)).toBe('modelUnreadable')
  })

  test('a graph that cannot run', async () => {
    const judge = new TextEncoder().encode('not a model')
    const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', judge))
    const sha256 = [...digest].map((byte) => byte.toString(16).padStart(2, '0')).join('')
    const files = shipped()
    const config = files.config as ModelConfig
    expect(await refusal({ ...files, judge, config: { ...config, files: { ...config.files, judge: { bytes: judge.length, sha256 } } } })).toBe('engineLoadFailed')
  })
})

describe('the shipped model', () => {
  let engine: Engine
  beforeAll(async () => {
    engine = await loadEngine()
  })

  test('says the same of a text alone, among others and again', async () => {
    const texts = ['今天吃了碗牛肉面', '网贷逾期不用怕，停息挂账找我，先办后付，点头像私我', '考研上岸啦']
    const together = await engine.classify(texts)
    const fresh = await loadEngine()
    for (const [index, text] of texts.entries()) expect((await fresh.classify([text]))[0]).toEqual(together[index])
  })

  test('answers any text: empty, only signs, lone surrogates, very long', async () => {
    const texts = ['', ' \n ', '🈹'.repeat(500), '\ud800\udc00\ud800', 'a'.repeat(3_000), `${'晴'.repeat(TEXT_LIMIT)}末尾`]
    for (const verdict of await engine.classify(texts)) {
      expect(verdict.band).toMatch(/^(flagged|unsure|clean)$/)
      expect(verdict.score).toBeGreaterThanOrEqual(0)
      expect(verdict.score).toBeLessThanOrEqual(1)
    }
  }, 120_000)

  test('evidence lies inside the text, also behind the middle that is cut out of a very long one', async () => {
    const advert = '网贷逾期不用怕，停息挂账找我，先办后付，点头像私我'
    const text = `${'今天天气很好。'.repeat(1_600)}${advert}`
    const [verdict] = await engine.classify([text])
    for (const { start, end } of verdict!.evidence) {
      expect(start).toBeLessThan(end)
      expect(end).toBeLessThanOrEqual(text.length)
    }
  }, 120_000)
})
