// @vitest-environment happy-dom
/**
 * The canaries against pages that change: every saved page is changed as a redesign changes it. Where its adapter still
 * reads it whole, no alarm may sound; where it reads wrongly, a canary should fall. `MUTANTS=25` changes each page that
 * often, `SEED=2` otherwise.
 */

import { describe, expect, it } from 'vitest'
import { broken, healthOf } from '../../src/sites/canary.ts'
import { isNorms, NORMS } from '../../src/sites/norms.ts'
import { diagnostic } from '../../src/sites/diagnostic.ts'
import { whole } from '../../src/sites/generic/find.ts'
import { Dice, redesign } from './redesign.ts'
import { open, type SavedPage, savedPages } from './saved-pages.ts'

const EACH = Number(process.env['MUTANTS'] ?? 3)
const SEED = Number(process.env['SEED'] ?? 1)

const blank = (text: string): string => text.replace(/\s+/g, '')

/** What is left of the expected reading: shares of the texts that are still the same, and of the known authors. */
function left({ adapter, url, expected }: SavedPage, document: Document): { texts: number; authors: number } {
  const read = [...adapter.posts(document)].flatMap((element) => adapter.read(element, url) ?? [])
  let texts = 0
  let authors = 0
  for (const { text, author } of expected) {
    const same = read.filter((post) => blank(post.text) === blank(text))
    const post = same.find((one) => one.author.name === author) ?? same[0]
    if (!post) continue
    read.splice(read.indexOf(post), 1)
    texts++
    if (author && post.author.name === author) authors++
  }
  const known = expected.filter(({ author }) => author).length
  return { texts: expected.length > 0 ? texts / expected.length : 1, authors: known > 0 ? authors / known : 1 }
}

describe('canaries', () => {
  it('are quiet on every saved page, and report it without a word of it', () => {
    for (const page of savedPages) {
      const document = open(page.html)
      const health = whole(healthOf(page.adapter, document, page.url))
      expect([page.name, broken(health, page.adapter, page.url)]).toEqual([page.name, null])
      const report = diagnostic(health, document, page.url)
      expect(report).toContain(`adapter ${page.adapter.id}, ${page.url.hostname}/`)
      expect(report).not.toMatch(/\d{5}|\p{Script=Han}/u)
      const frame = report.split('\n').slice(4).join(' ').toLowerCase().split(/[^a-z]+/)
      for (const { text, author } of page.expected) for (const word of `${text} ${author}`.toLowerCase().match(/[a-z]{5,}/g) ?? []) expect(frame).not.toContain(word)
    }
  })

  it('follow the norms of an update, which are checked', () => {
    const page = savedPages.find(({ adapter }) => adapter.id === 'bilibili')!
    const health = whole(healthOf(page.adapter, open(page.html), page.url))
    const nameless = { ...health, shares: { ...health.shares, author: 0.9 } }
    expect(broken(nameless, page.adapter, page.url)).toMatchObject({ canary: 'author' })
    expect(broken(nameless, page.adapter, page.url, { ...NORMS, bilibili: { ...NORMS['bilibili'], author: 0.9 } })).toBeNull()
    expect(isNorms(NORMS)).toBe(true)
    for (const wrong of [null, [], 'x', { bilibili: 1 }, { bilibili: { author: 2 } }, { bilibili: { author: '1' } }, { bilibili: { writer: 1 } }, { '<b>': {} }, JSON.parse('{"bilibili":{"__proto__":1}}')]) expect(isNorms(wrong)).toBe(false)
  })

  it('fall where a redesign breaks reading, and nowhere else', () => {
    const sum = { mutants: 0, broke: 0, noticed: 0, sure: 0, intact: 0, falseHints: 0, falseSure: 0, damaged: 0, damagedSure: 0 }
    const fell = new Map<string, number>()
    savedPages.forEach((page, index) => {
      for (let mutant = 0; mutant < EACH; mutant++) {
        const document = open(page.html)
        // From one change to a redesign of eight.
        if (!redesign(document, page.expected, new Dice(SEED * 1_000_003 + index * 1_000 + mutant), 2 ** ((index + mutant) % 4))) continue
        sum.mutants++
        const { texts, authors } = left(page, document)
        const health = whole(healthOf(page.adapter, document, page.url))
        const breach = broken(health, page.adapter, page.url)
        if (breach) fell.set(breach.canary, (fell.get(breach.canary) ?? 0) + 1)
        if (texts < 0.8 || authors < 0.6) {
          sum.broke++
          // Of a page on which nothing is read at all, the feed tells (test/unit/feed).
          if (breach || health.units === 0) sum.noticed++
          if (breach?.sure) sum.sure++
        } else if (texts < 1 || authors < 1) {
          sum.damaged++
          if (breach?.sure) sum.damagedSure++
        } else {
          sum.intact++
          if (breach && !breach.sure) sum.falseHints++
          if (breach?.sure) sum.falseSure++
        }
      }
    })
    const percent = (part: number, of: number) => `${((100 * part) / of).toFixed(1)} %`
    console.log(
      `canaries on ${sum.mutants} mutants: ${sum.broke} broke reading, noticed ${percent(sum.noticed, sum.broke)}, for sure ${percent(sum.sure, sum.broke)}; ` +
        `${sum.intact} read as before, hints ${sum.falseHints}, false alarms ${sum.falseSure}; ${sum.damaged} lost a little, alarms ${sum.damagedSure}`,
      Object.fromEntries(fell),
    )
    expect(sum.noticed / sum.broke).toBeGreaterThanOrEqual(0.88)
    expect(sum.sure / sum.broke).toBeGreaterThanOrEqual(0.75)
    expect(sum.falseSure / sum.intact).toBeLessThanOrEqual(0.001)
    expect(sum.falseHints / sum.intact).toBeLessThanOrEqual(0.005)
  }, 30_000 * EACH)
})
