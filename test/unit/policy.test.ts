import { describe, expect, test } from 'vitest'
import type { ModelConfig } from '../../src/model/config.ts'
import { decide, type WindowScores } from '../../src/model/policy.ts'
import { normalize } from '../../src/text/normalize.ts'

const config: ModelConfig = {
  version: 'test',
  practices: ['debt_ad', 'evasion_tutorial', 'script_kit', 'forged_proof', 'proxy_complaint', 'debt_bearer', 'loan_broker', 'credit_repair', 'alliance_recruit'],
  calibration: { gate: { scale: 1, shift: 0 }, judge: { scale: 1, shift: 0 } },
  thresholds: { gate: -1, flagged: 0.9, unsure: 0.5, category: 0.5 },
  files: { gate: { bytes: 1, sha256: '0'.repeat(64) }, judge: { bytes: 1, sha256: '0'.repeat(64) } },
}
const text = normalize('快来 停\u200b息挂账 找我')
const window = (flag: number, change: Partial<WindowScores> = {}): WindowScores => ({
  flag,
  categories: Float32Array.of(3, -3, -3, -3, -3, -3, 1, -3, -3),
  form: -1,
  at: [-1, ...Array.from(text.text, (_, i) => i)],
  words: Float32Array.from([-9, ...Array.from(text.text, (char) => ('停息挂账'.includes(char) ? 4 : -4))]),
  ...change,
})

describe('decide', () => {
  test('bands by the calibrated score', () => {
    expect(decide(text, [window(3)], config).band).toBe('flagged')
    expect(decide(text, [window(1)], config).band).toBe('unsure')
    expect(decide(text, [window(-1)], config)).toMatchObject({ band: 'clean', categories: [], form: null, evidence: [] })
  })

  test('the worst window decides; categories likeliest first; evidence in the original text', () => {
    const verdict = decide(text, [window(-2, { categories: new Float32Array(9).fill(9) }), window(3)], config)
    expect(verdict).toMatchObject({ band: 'flagged', categories: ['debt_ad', 'loan_broker'], form: 'ad' })
    expect(verdict.evidence.map(({ start, end }) => '快来 停\u200b息挂账 找我'.slice(start, end))).toEqual(['停\u200b息挂账'])
  })

  test('evidence is whole clauses: the heaviest, those near it, neighbours as one, a stretch without stops in parts', () => {
    const said = (plain: string, heavy: string) => {
      const normalized = normalize(plain)
      const from = normalized.text.indexOf(normalize(heavy).text)
      const at = Array.from(normalized.text, (_, i) => i)
      const one = window(3, { at, words: Float32Array.from(at, (i) => (i >= from && i < from + heavy.length ? 4 : -4)) })
      return decide(normalized, [one], config).evidence.map(({ start, end }) => plain.slice(start, end))
    }
    expect(said('早饭吃了包子，利息全停，找我就行。再见', '利息全停，找我就行')).toEqual(['利息全停，找我就行'])
    expect(said('利息全停。早饭吃了包子', '息全停')).toEqual(['利息全停'])
    expect(said('早'.repeat(3) + '吃饭了'.repeat(11) + '停息', '停息')).toHaveLength(1)
    expect(said('！！！', '！')).toEqual(['！！！'])
  })

  test('a flagged text always has a category, a form and a word', () => {
    const verdict = decide(text, [window(3, { categories: new Float32Array(9).fill(-5), words: new Float32Array(12).fill(-5), form: 1 })], config)
    expect(verdict.categories).toHaveLength(1)
    expect(verdict.form).toBe('tutorial')
    expect(verdict.evidence.length).toBeGreaterThan(0)
  })
})
