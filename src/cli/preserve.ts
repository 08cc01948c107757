import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import packageJson from '../../package.json' with { type: 'json' }
import { cutOut } from '../evidence/cuttings.ts'
import { writePackage } from '../evidence/package.ts'
import type { LiveJudgement } from '../messages.ts'
import { adapters } from '../sites/index.ts'
import { type Capture, caseKey } from '../types.ts'
import type { Follower } from './follow.ts'

/**
 * Writes the package of one flagged post of the page in front, as it is shown there now; returns the path. A post that
 * the page no longer holds gets a package without a capture, which says so.
 * @param name file name without its ending; also tells posts of the same id on different pages apart
 */
export async function preserve(page: Page, follower: Follower, { post, verdict, decision }: LiveJudgement, folder: string, name: string): Promise<string> {
  const [key, at, timeZone] = [caseKey(post), Date.now(), Intl.DateTimeFormat().resolvedOptions().timeZone]
  const tabId = await follower.tabId()
  const captures: Capture[] = []
  const capture = await follower.capture(tabId, key)
  if (capture) {
    const screenshot = new Uint8Array(await page.screenshot())
    await follower.captured(tabId)
    const saved: Capture = { ...capture, source: 'saved', screenshot }
    captures.push({ ...saved, cuttings: await cutOut(saved, false) })
  }
  const bytes = await writePackage({
    case: { key, post, pageUrl: page.url(), verdict, firstSeen: at, lastSeen: at, decision, history: [{ at, what: 'flagged', model: verdict.model }] },
    captures,
    particulars: {},
    madeAt: Date.now(),
    timeZone,
    software: packageJson.version,
    siteName: adapters.find(({ id }) => id === post.platform)?.names.zh ?? post.platform,
  })
  await mkdir(folder, { recursive: true })
  const path = join(folder, `${name}-${key.replace(/[^\w-]+/g, '-').slice(0, 80)}.wacz`)
  await writeFile(path, bytes)
  return path
}
