import { describe, expect, test } from 'vitest'
import { browse } from '../../src/cli/follow.ts'
import { sampleSites } from '../../src/cli/samples.ts'
import type { Band } from '../../src/types.ts'
import { clickInMark, marksOf, stage } from './browser.ts'

const it = stage()

describe('marks in the page', () => {
  test('an advert is marked beside the post; the page itself is not touched', async () => {
    const page = await it.open('https://weibo.com/')
    const marks = await marksOf(page)
    expect(marks.length).toBeGreaterThan(0)
    // Nothing of the extension is in what the page can see: no attribute, no class, no text.
    const own = await page.evaluate(() => [...document.querySelectorAll('span')].filter((one) => one.shadowRoot === null && one.childNodes.length === 0 && one.attributes.length === 0).length)
    expect(own).toBeGreaterThanOrEqual(marks.length)
    expect(await page.content()).not.toMatch(/mingcha|明察|疑似/i)
    await page.close()
  })

  test('opens with its reasons; a report and "not this" are kept and can be taken back', async () => {
    const page = await it.open('https://weibo.com/')
    const [mark] = await marksOf(page)
    await mark!.click()
    await expect.poll(async () => (await marksOf(page))[0]!.text).toMatch(/依据[\s\S]*举报[\s\S]*不是/)
    await clickInMark(page, '举报')
    await expect.poll(async () => (await marksOf(page))[0]!.text).toMatch(/MC-\d{8}-/)
    await clickInMark(page, '撤回')
    await expect.poll(async () => (await marksOf(page))[0]!.text).toMatch(/举报[\s\S]*不是/)
    await clickInMark(page, '不是')
    await expect.poll(async () => (await it.follower.state())!.items[0]!.decision).toBe('dismissed')
    await page.close()
    // The decision holds on the next visit.
    const again = await it.open('https://weibo.com/')
    expect((await it.follower.state())!.items.some(({ decision }) => decision === 'dismissed')).toBe(true)
    await again.close()
  })

  test('a page that removes a mark gets it back, and no fight', async () => {
    const page = await it.open('https://weibo.com/')
    const before = (await marksOf(page)).length
    await page.evaluate(() => {
      for (const one of document.querySelectorAll('span')) if (one.childNodes.length === 0 && one.attributes.length === 0) one.remove()
    })
    await expect.poll(async () => (await marksOf(page)).length).toBe(before)
    await page.evaluate(() => {
      const strip = () => {
        for (const one of document.querySelectorAll('span')) if (one.childNodes.length === 0 && one.attributes.length === 0) one.remove()
      }
      new MutationObserver(strip).observe(document, { subtree: true, childList: true })
      strip()
    })
    // The page wins in the end, and goes on answering.
    expect(await page.evaluate(() => new Promise((done) => setTimeout(() => done('alive'), 500)))).toBe('alive')
    await page.close()
  })
})

test('sample feeds: adverts are marked and clean posts are not', async () => {
  const missed: string[] = []
  const wrong: string[] = []
  const plain = (text: string) => text.replace(/\s+/g, '')
  for (const { urls, posts } of sampleSites) {
    // Every reading counts: a list shows of a post its title alone, its own page the whole.
    const read: { text: string; band: Band }[] = []
    await it.follower.take()
    for (const url of urls) {
      const page = await it.open(url)
      await browse(page, it.follower)
      await page.close()
      for (const { post, verdict } of await it.follower.take()) read.push({ text: plain(post.text), band: verdict.band })
    }
    // A reading may be an excerpt, or have a question before it; a word or two must be the same.
    const shows = (reading: string, written: string) =>
      reading === written || (Math.min(reading.length, written.length) >= 8 && (written.includes(reading.slice(0, 24)) || reading.includes(written.slice(0, 24))))
    for (const { title = '', text, flag } of posts) {
      const written = plain(title + text)
      const bands = read.filter((one) => shows(one.text, written)).map(({ band }) => band)
      if (flag === 1 && !bands.includes('flagged') && !bands.includes('unsure')) missed.push(written)
      if (flag === 0 && bands.includes('flagged')) wrong.push(written)
    }
  }
  expect(missed).toEqual([])
  expect(wrong).toEqual([])
}, 300_000)
