/** The sites we read, and which of them an address belongs to. */

import type { Adapter } from './adapter.ts'
import { bilibili } from './bilibili.ts'
import { douban } from './douban.ts'
import { douyin } from './douyin.ts'
import { facebook } from './facebook.ts'
import { goofish } from './goofish.ts'
import { kuaishou } from './kuaishou.ts'
import { reddit } from './reddit.ts'
import { telegram } from './telegram.ts'
import { tieba } from './tieba.ts'
import { toutiao } from './toutiao.ts'
import { weibo } from './weibo.ts'
import { weixin } from './weixin.ts'
import { x } from './x.ts'
import { xiaohongshu } from './xiaohongshu.ts'
import { youtube } from './youtube.ts'
import { zhihu } from './zhihu.ts'

export const adapters: readonly Adapter[] = [
  xiaohongshu, weibo, douyin, zhihu, bilibili, tieba, kuaishou, goofish, douban, toutiao, weixin, x, facebook, reddit, youtube, telegram,
]

/** Match patterns of all sites, for the manifest. */
export const matches: readonly string[] = adapters.flatMap((adapter) => adapter.matches)

const byHost = new Map(adapters.flatMap((adapter) => adapter.matches.map((pattern) => [new URL(pattern).hostname, adapter])))

/** The adapter whose exact host the address has. */
export function adapterFor(url: URL | string): Adapter | null {
  if (!URL.canParse(url)) return null
  const { protocol, hostname } = new URL(url)
  return protocol === 'https:' || protocol === 'http:' ? (byHost.get(hostname) ?? null) : null
}
