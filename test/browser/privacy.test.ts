import { mkdtempSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { sampleSites } from '../../src/cli/samples.ts'
import { openBrowser } from '../../src/cli/chromium.ts'
import { follow, settled } from '../../src/cli/follow.ts'
import { SAMPLE_HOSTS, serveSamples } from '../../src/cli/server.ts'

interface NetLog {
  constants: { logEventTypes: Record<string, number> }
  events: { type: number; params?: Record<string, unknown> }[]
}

test('a whole run asks nothing of anyone but the pages that were opened', async () => {
  const log = join(mkdtempSync(join(tmpdir(), 'mingcha-netlog-')), 'net.json')
  const server = await serveSamples()
  const browser = await openBrowser({ args: [...server.args, `--log-net-log=${log}`] })
  try {
    const follower = await follow(browser)
    for (const { urls } of sampleSites) {
      const page = await browser.context.newPage()
      await page.goto(urls[0]!)
      await page.bringToFront()
      await settled(follower)
      await page.close()
    }
    const review = await browser.openOwn('extension/review.html')
    await review.waitForSelector('main')
    const popup = await browser.openOwn('extension/popup.html')
    await popup.fill('textarea', '网贷逾期不用怕，停息挂账找我')
    await popup.press('textarea', 'Control+Enter')
    await popup.waitForTimeout(500)
  } finally {
    await browser.close()
    await server.close()
  }

  const { constants, events } = JSON.parse(readFileSync(log, 'utf8')) as NetLog
  const named = (name: string) => events.filter(({ type }) => type === constants.logEventTypes[name])
  const connected = named('TCP_CONNECT_ATTEMPT').flatMap(({ params }) => (params?.['address'] ? [String(params['address'])] : []))
  expect(connected.length).toBeGreaterThan(0)
  expect(connected.filter((address) => !address.startsWith('127.0.0.1:'))).toEqual([])

  // Requests of pages and of the extension; the browser's own (updates of its parts) have no initiator, and reach nobody.
  const asked = named('URL_REQUEST_START_JOB')
    .map(({ params }) => ({ url: String(params?.['url'] ?? ''), initiator: String(params?.['initiator'] ?? '') }))
    .filter(({ url, initiator }) => /^https?:/.test(url) && /^(https?|chrome-extension):/.test(initiator))
  expect(asked.length).toBeGreaterThan(0)
  expect(asked.filter(({ initiator }) => initiator.startsWith('chrome-extension:'))).toEqual([])
  expect(asked.filter(({ url }) => !Object.hasOwn(SAMPLE_HOSTS, new URL(url).hostname))).toEqual([])
})
