import type { BrowserContext, Page, Route } from 'playwright-core'
import type { LiveJudgement } from '../messages.ts'
import { caseKey } from '../types.ts'
import { UsageError } from './command.ts'
import { type Follower, scrollDown, settled } from './follow.ts'
import { printed } from './model.ts'

export type Action =
  | { do: 'scroll'; selector?: string }
  | { do: 'scroll_to'; y: number }
  | { do: 'click' | 'click_all'; selector: string }
  | { do: 'wait'; ms: number }
  | { do: 'key'; key: string }
  | { do: 'eval'; js: string }

/** `html` is the path of a saved page, shown under `url`. */
export interface Case {
  url: string
  html: string
  actions?: Action[]
}

const PIXEL = Buffer.from('R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7', 'base64')
const AFTER_LOAD = 600

/** What was read and said of one unit. */
export interface Line {
  platform: string
  id: string
  kind: string
  author: string
  text: string
  permalink: string
  verdict: ReturnType<typeof printed>
  /** Path of its package, where packages were asked for and it was flagged. */
  evidence?: string
}

/**
 * Loads one page, does its actions, and gives every unit that was read; undefined where no adapter claims it.
 * @param keep writes the package of a flagged post while the page still shows it, and gives its path
 */
export async function scanPage(context: BrowserContext, follower: Follower, one: Case, body: string, keep?: (page: Page, flagged: LiveJudgement) => Promise<string>): Promise<Line[] | undefined> {
  await follower.take()
  const page = await context.newPage()
  await page.route('**/*', (route) => serve(route, page, body))
  try {
    await page.goto(one.url, { waitUntil: 'load' })
    await page.bringToFront()
    await page.waitForTimeout(AFTER_LOAD)
    for (const action of one.actions ?? [{ do: 'scroll' }]) await act(page, action)
    if (!(await settled(follower))) return undefined
    // One line for each unit: its last judgement.
    const units = new Map((await follower.take()).map((judgement) => [caseKey(judgement.post), judgement]))
    const lines: Line[] = []
    for (const judgement of units.values()) {
      const { post: { platform, id, kind, author, text, permalink }, verdict } = judgement
      const evidence = keep && verdict.band === 'flagged' ? { evidence: await keep(page, judgement) } : {}
      lines.push({ platform, id, kind, author: author.name, text, permalink, verdict: printed(verdict, text), ...evidence })
    }
    return lines
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
