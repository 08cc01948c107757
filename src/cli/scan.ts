/** npm run scan: saved pages in, what the extension read and said out. */
import { readFile } from 'node:fs/promises'
import type { BrowserContext, Page, Route } from 'playwright-core'
import { caseKey } from '../types.ts'
import { buildForChromium, openBrowser } from './chromium.ts'
import { command, UsageError } from './command.ts'
import { follow, type Follower, scrollDown, settled } from './follow.ts'
import { printed } from './model.ts'

const HELP = `
用法  npm run scan -- --url URL --html FILE
      npm run scan -- CASES.json          （[{"url","html","actions"?}]，html 是文件路径）
Usage npm run scan -- --url URL --html FILE
      npm run scan -- CASES.json          ([{"url","html","actions"?}], html is a path)

在装有本扩展的真实 Chromium 中，以所给地址载入保存的页面，依次执行动作，等最后一个判定，按行输出读到的每条内容。全程不出本机。
Loads each saved page under its address in a real Chromium with the built extension, does the actions in order,
waits for the last verdict, and prints one JSON line for each post and comment that was read. Nothing leaves the machine.

动作 actions（默认 default [{"do":"scroll"}]）:
  {"do":"scroll","selector"?}   {"do":"scroll_to","y"}   {"do":"click"|"click_all","selector"}
  {"do":"wait","ms"}            {"do":"key","key"}       {"do":"eval","js"}
`

type Action =
  | { do: 'scroll'; selector?: string }
  | { do: 'scroll_to'; y: number }
  | { do: 'click' | 'click_all'; selector: string }
  | { do: 'wait'; ms: number }
  | { do: 'key'; key: string }
  | { do: 'eval'; js: string }

interface Case {
  url: string
  html: string
  actions?: Action[]
}

const PIXEL = Buffer.from('R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7', 'base64')
const AFTER_LOAD = 600

await command(HELP, { url: { type: 'string' }, html: { type: 'string' } }, async ({ url, html }, [file]) => {
  const cases = file ? await readCases(file) : url && html ? [{ url, html }] : undefined
  if (!cases) throw new UsageError('需要 CASES.json，或 --url 与 --html。 Give CASES.json, or --url and --html.')
  const pages = await Promise.all(cases.map(async (one, index) => ({ ...one, body: await readPage(one, index) })))
  await buildForChromium()
  const browser = await openBrowser({ args: ['--host-resolver-rules=MAP * ~NOTFOUND'] })
  let unread = 0
  try {
    const follower = await follow(browser)
    for (const [index, page] of pages.entries()) {
      const lines = await scanOne(browser.context, follower, page, page.body)
      if (!lines) {
        unread++
        console.error(`case ${index}: 没有适配器认领 ${page.url}。 No adapter claims this address.`)
        continue
      }
      for (const line of lines) process.stdout.write(`${JSON.stringify({ case: index, ...line })}\n`)
    }
  } finally {
    await browser.close()
  }
  return unread > 0 ? 1 : 0
})

async function readCases(file: string): Promise<Case[]> {
  let value: unknown
  try {
    value = JSON.parse(await readFile(file, 'utf8'))
  } catch (cause) {
    throw new UsageError(`${file}: ${(cause as Error).message}`)
  }
  if (!Array.isArray(value)) throw new UsageError(`${file} 应是一个数组。 Must be an array.`)
  return value as Case[]
}

async function readPage({ url, html }: Case, index: number): Promise<string> {
  if (typeof url !== 'string' || !URL.canParse(url)) throw new UsageError(`case ${index}: "url" 不是地址。 "url" is no address.`)
  return readFile(html, 'utf8').catch(() => {
    throw new UsageError(`case ${index}: 读不到 ${html}。 Cannot read the file.`)
  })
}

interface Line {
  platform: string
  id: string
  kind: string
  author: string
  text: string
  permalink: string
  verdict: ReturnType<typeof printed>
}

async function scanOne(context: BrowserContext, follower: Follower, one: Case, body: string): Promise<Line[] | undefined> {
  await follower.take()
  const page = await context.newPage()
  await page.route('**/*', (route) => serve(route, page, body))
  try {
    await page.goto(one.url, { waitUntil: 'load' })
    await page.bringToFront()
    await page.waitForTimeout(AFTER_LOAD)
    for (const action of one.actions ?? [{ do: 'scroll' }]) await act(page, action)
    if (!(await settled(follower))) return undefined
    const lines = new Map<string, Line>()
    for (const { post, verdict } of await follower.take()) {
      const { platform, id, kind, author, text, permalink } = post
      lines.set(caseKey(post), { platform, id, kind, author: author.name, text, permalink, verdict: printed(verdict, text) })
    }
    return [...lines.values()]
  } finally {
    await page.close()
  }
}

/** The navigation gets the file, so that reload and changed addresses work; anything else gets nothing. */
function serve(route: Route, page: Page, body: string): Promise<void> {
  const request = route.request()
  if (request.isNavigationRequest() && request.frame() === page.mainFrame()) {
    return route.fulfill({ status: 200, contentType: 'text/html; charset=utf-8', body })
  }
  if (request.resourceType() === 'image') return route.fulfill({ status: 200, contentType: 'image/gif', body: PIXEL })
  return route.fulfill({ status: 204, body: '' })
}

async function act(page: Page, action: Action): Promise<void> {
  switch (action.do) {
    case 'scroll':
      return scrollDown(page, action.selector)
    case 'scroll_to':
      return void (await page.evaluate((y) => window.scrollTo(0, y), action.y))
    case 'click':
      return page.locator(action.selector).first().click({ timeout: 5_000 })
    case 'click_all':
      for (const found of await page.locator(action.selector).all()) await found.click({ timeout: 5_000 }).catch(() => undefined)
      return
    case 'wait':
      return page.waitForTimeout(action.ms)
    case 'key':
      return page.keyboard.press(action.key)
    case 'eval':
      return void (await page.evaluate(action.js))
    default:
      throw new UsageError(`没有动作 ${JSON.stringify(action)}。 No such action.`)
  }
}
