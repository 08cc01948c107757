/** Asks for judgements from one of the extension's own pages: the same messages, on the same path, as a content script's. */
import type { Page } from 'playwright-core'
import type { Browser } from '../../src/cli/chromium.ts'
import type { Judgement } from '../../src/messages.ts'

/** Posts in one request, as src/feed.ts sends them. */
const BATCH = 8

export interface Asker {
  /** Judges the texts as posts, eight in a message, each message after the answer to the last: ms for all. */
  judge(texts: readonly string[]): Promise<{ ms: number; judgements: Judgement[] }>
  close(): Promise<void>
}

let asked = 0

/** Runs in the page. As text, since what the page gets of a compiled function may call the compiler's own helpers. */
const ASK = `async (batches) => {
  const judgements = []
  const began = performance.now()
  for (const posts of batches) {
    const answer = await chrome.runtime.sendMessage({ to: 'background', name: 'judge', request: { posts, pageUrl: 'https://www.zhihu.com/' } })
    if (!answer?.value) throw new Error(JSON.stringify(answer))
    judgements.push(...answer.value.judgements)
  }
  return { ms: performance.now() - began, judgements }
}`

export async function openAsker(browser: Browser): Promise<Asker> {
  const page: Page = await browser.openOwn('extension/check.html')
  return {
    async judge(texts) {
      const batches = []
      for (let at = 0; at < texts.length; at += BATCH) {
        batches.push(texts.slice(at, at + BATCH).map((text) => ({ platform: 'zhihu', id: String(++asked), kind: 'post', text, author: { name: '某人' }, permalink: '' })))
      }
      const said = (await page.evaluate(`(${ASK})(${JSON.stringify(batches)})`)) as { ms: number; judgements: Judgement[] }
      const failed = said.judgements.find(({ verdict }) => verdict.band === 'not_judged')
      if (failed) throw new Error(`not judged: ${failed.verdict.reason}`)
      return said
    },
    close: () => page.close(),
  }
}
