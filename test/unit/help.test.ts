import { expect, it } from 'vitest'
import { CHANNELS, CHECKED, channelsFor } from '../../src/help.ts'
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
