import { expect, it } from 'vitest'
import { CHANNELS, CHECKED, channelsFor } from '../../src/advice/help.ts'
import { PROMISES, promisesOf } from '../../src/advice/promises.ts'
import { PRACTICES } from '../../src/types.ts'

it('says of every channel in both languages what it is for and who runs it', () => {
  expect(CHECKED).toMatch(/^\d{4}-\d\d-\d\d$/)
  expect(new Set(CHANNELS.map(({ id }) => id)).size).toBe(CHANNELS.length)
  for (const { id, name, purpose, when, source } of CHANNELS) {
    for (const text of [name, purpose, when]) expect(text.zh && text.en, id).toBeTruthy()
    expect(new URL(source).hostname, id).toMatch(/(\.gov\.cn|\.12377\.cn|\.12315\.cn)$/)
  }
})

it('names a few channels for every practice, and for none', () => {
  for (const practice of [...PRACTICES, undefined]) {
    const channels = channelsFor(practice)
    expect(channels).toHaveLength(3)
    expect(channels.every(Boolean)).toBe(true)
    expect(new Set(channels).size).toBe(3)
  }
})

it('answers a false promise with a fact, in short sentences of both languages', () => {
  expect(new Set(PROMISES.map(({ id }) => id)).size).toBe(PROMISES.length)
  for (const { promise, fact } of PROMISES) {
    expect(promise.en && fact.en).toBeTruthy()
    for (const sentence of fact.zh.split('。').filter(Boolean)) expect(sentence.length, sentence).toBeLessThanOrEqual(30)
  }
})

it('names the promises a text makes, at most three, and one for every practice', () => {
  for (const practice of PRACTICES) expect(promisesOf('懂的来', [practice]).length, practice).toBeGreaterThanOrEqual(1)
  const ids = (text: string, practice: (typeof PRACTICES)[number]) => promisesOf(text, [practice]).map(({ id }) => id)
  expect(ids('停息挂账，不成功不收费', 'debt_ad')).toEqual(['interest', 'afterwards'])
  expect(ids('黑户必下 包装流水', 'loan_broker')).toEqual(['anyone'])
  expect(promisesOf('停息 不成功不收费 加盟收徒 征信洗白', [...PRACTICES])).toHaveLength(3)
})
