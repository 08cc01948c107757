import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Browser, openBrowser } from '../../src/cli/chromium.ts'
import { loadEngine } from '../../src/cli/model.ts'
import type { Verdict } from '../../src/types.ts'

const posts = readFileSync('models/corpus/dev.jsonl', 'utf8').split('\n').filter(Boolean).map((line) => (JSON.parse(line) as { text: string }).text)
/** Every so many posts of the development split, the longest among them. */
const texts = [...posts.filter((_, index) => index % 12 === 0), ...posts.toSorted((a, b) => b.length - a.length).slice(0, 3)]

let browser: Browser
beforeAll(async () => {
  browser = await openBrowser()
})
afterAll(() => browser?.close())

test('the engine in the browser says what it says in Node: every band equal, scores within 1e-3', async () => {
  const engine = await loadEngine()
  const here = await engine.classify(texts)
  const page = await browser.openOwn('extension/review.html')
  const ask = (text: string) =>
    page.evaluate(async (asked) => {
      const reply = (await chrome.runtime.sendMessage({ to: 'background', name: 'check', request: { text: asked } })) as { value: Verdict }
      return reply.value
    }, text)
  const there: Verdict[] = []
  for (const text of texts) there.push(await ask(text))
  expect(there.map(({ band }) => band)).toEqual(here.map(({ band }) => band))
  for (const [index, { score }] of there.entries()) expect(Math.abs(score - here[index]!.score), texts[index]).toBeLessThanOrEqual(1e-3)
  await engine.dispose()
  await page.close()
}, 120_000)
