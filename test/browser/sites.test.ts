import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Browser, openBrowser } from '../../src/cli/chromium.ts'
import { follow, type Follower } from '../../src/cli/follow.ts'
import { scanPage } from '../../src/cli/scan-page.ts'

const FOLDER = 'test/fixtures/sites'
const pages = readdirSync(FOLDER).flatMap((site) =>
  readdirSync(join(FOLDER, site))
    .filter((name) => name.endsWith('.html'))
    .map((name) => join(FOLDER, site, name)),
)

describe('the built extension on saved pages', () => {
  let browser: Browser
  let follower: Follower
  beforeAll(async () => {
    browser = await openBrowser({ args: ['--host-resolver-rules=MAP * ~NOTFOUND'] })
    follower = await follow(browser)
  })
  afterAll(() => browser?.close())

  test.each(pages)('%s', async (path) => {
    const body = readFileSync(path, 'utf8')
    const url = /url:\s*(\S+)/.exec(body)![1]!
    const lines = await scanPage(browser.context, follower, { url, html: path, actions: [] }, body)
    const expected = JSON.parse(readFileSync(path.replace(/html$/, 'json'), 'utf8')) as Record<string, unknown>[]
    const stated = ({ kind, id, author, text, permalink }: Record<string, unknown>) => ({ kind, id, author, text, permalink })
    const byId = (a: { id: unknown }, b: { id: unknown }) => String(a.id).localeCompare(String(b.id))
    expect((lines ?? []).map((line) => stated({ ...line })).sort(byId)).toEqual(expected.map(stated).sort(byId))
    for (const { verdict } of lines ?? []) expect(verdict.band).not.toBe('not_judged')
  })
})
