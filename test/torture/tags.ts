/** Start tags of the saved pages, which the readers' selectors fit. */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Tag } from './doms.ts'

const FOLDER = join(import.meta.dirname, '../fixtures/sites')
const NEVER = /^(?:script|template|style|html|head|body|title|noscript|svg|meta|link|base|iframe|img|video|audio|source)$/

/** Each different tag of a site's saved pages once, by the site's id. */
export function savedTags(): Map<string, Tag[]> {
  const sites = readdirSync(FOLDER)
  return new Map(sites.map((site) => [site, tagsIn(join(FOLDER, site))]))
}

function tagsIn(folder: string): Tag[] {
  const tags = new Map<string, Tag>()
  for (const file of readdirSync(folder)) {
    if (!file.endsWith('.html')) continue
    for (const [written, name, rest] of readFileSync(join(folder, file), 'utf8').matchAll(/<([a-z][a-z0-9-]*)((?:\s[^<>]*)?)>/g)) {
      if (NEVER.test(name!)) continue
      const attributes = [...rest!.matchAll(/([a-z][\w:-]*)="([^"]*)"/g)].map(([, key, value]) => [key!, value!] as const).filter(([key]) => !/^on|^src|^style$|^hidden$/.test(key))
      tags.set(written, { name: name!, attributes })
    }
  }
  return [...tags.values()]
}
