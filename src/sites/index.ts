/** The sites we read, and which of them an address belongs to. */

import type { Adapter } from './adapter.ts'
import { bilibili } from './bilibili.ts'
import { weibo } from './weibo.ts'
import { xiaohongshu } from './xiaohongshu.ts'
import { zhihu } from './zhihu.ts'

export const adapters: readonly Adapter[] = [xiaohongshu, weibo, zhihu, bilibili]

/** Match patterns of all sites, for the manifest. */
export const matches: readonly string[] = adapters.flatMap((adapter) => adapter.matches)

const byHost = new Map(adapters.flatMap((adapter) => adapter.matches.map((pattern) => [new URL(pattern).hostname, adapter])))

/** The adapter whose exact host the address has. */
export function adapterFor(url: URL | string): Adapter | null {
  if (!URL.canParse(url)) return null
  const { protocol, hostname } = new URL(url)
  return protocol === 'https:' || protocol === 'http:' ? (byHost.get(hostname) ?? null) : null
}
