/** A small, fixed budget of the pages that `npm run torture` tries for long, in a real Chromium. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { inPage, openTorture } from '../torture/chromium.ts'
import { savedTags } from '../torture/tags.ts'
import type { Tally } from '../torture/tally.ts'

const tags = [...savedTags()]
let torture: Awaited<ReturnType<typeof openTorture>>
beforeAll(async () => {
  torture = await openTorture()
})
afterAll(async () => torture?.close())

test('trees of any tags, changed trees and canaries', async () => {
  for (const name of await inPage<string[]>(torture.page, 'names', tags)) {
    const { tries, losses, first } = await inPage<Tally>(torture.page, 'run', { tags, name, seed: 1, tries: 150 })
    expect({ name, losses, first }).toEqual({ name, losses: 0, first: undefined })
    expect(tries).toBe(150)
  }
})

test('pages made to be slow are read, and one that nests 10,000 deep is kept from the readers', async () => {
  const { tries, losses, first } = await inPage<Tally>(torture.page, 'slow', tags, 500)
  expect({ losses, first }).toEqual({ losses: 0, first: undefined })
  expect(tries).toBeGreaterThan(50)
  expect(await inPage<Tally>(torture.page, 'deep', 10_000)).toEqual({ tries: 4, losses: 0 })
})
