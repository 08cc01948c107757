/** A small, fixed budget of the properties that `npm run torture` tries for long, and what it once found. */
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { applyRules, phraseRule } from '../../src/store/rules.ts'
import { settingsOf } from '../../src/store/settings.ts'
import { normalize } from '../../src/text/normalize.ts'
import type { Property } from '../torture/property.ts'
import { MESSAGES, RECORDS } from '../torture/records.ts'
import { TEXTS } from '../torture/texts.ts'

const hold = ({ any, holds }: Property, numRuns: number) => fc.assert(fc.asyncProperty(any, async (value) => await holds(value)), { seed: 1, numRuns })
const named = (list: readonly Property[]) => list.map((one) => [one.name, one] as const)

test.each(named([...TEXTS, ...MESSAGES, ...RECORDS]))('%s', (_, one) => hold(one, 40))

describe('found by it', () => {
  test('a sign that stands for a phrase makes no text eighteen times as long', () => {
    expect(normalize('ﷺ'.repeat(10_000)).text.length).toBeLessThanOrEqual(10_000)
    expect(normalize('㌖').text).toBe('キロメートル')
  })

  test('evidence of a phrase stands where the phrase is, also behind letters that are two when small', () => {
    const rule = phraseRule('停息', 0)!
    const text = `${'İ'.repeat(5)}停息挂账`
    const { evidence } = applyRules({ platform: 'weibo', id: '1', kind: 'post', text, author: { name: '' }, permalink: '' }, { band: 'clean', score: 0, categories: [], form: null, evidence: [], model: '' }, [rule], 1)
    expect(text.slice(evidence[0]!.start, evidence[0]!.end)).toBe('停息')
  })

  test('settings whose version is an object are settings of the first version', () => {
    expect(settingsOf({ version: Object.create(null) as unknown, sitesOff: ['weibo'] }).display).toEqual({ weibo: 'off' })
  })
})
