import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

/** One post or comment of a sample feed; `flag` is what a person who knows the policy would say. */
export interface SamplePost {
  id: string
  title?: string
  text: string
  kind: string
  flag: 0 | 1
  categories: string[]
  uid: string
  parent?: string
  type?: string
  question?: string
}

export interface SampleSite {
  id: string
  posts: SamplePost[]
  /** The feed, then every page that shows something the feed does not: comments, or a text in full. */
  urls: string[]
}

const DETAIL: Record<string, (post: SamplePost) => string | undefined> = {
  xiaohongshu: ({ id }) => `https://www.xiaohongshu.com/explore/${id}`,
  weibo: ({ id, uid }) => `https://weibo.com/${uid}/${id}`,
  zhihu: ({ type, question, id }) => (type === 'answer' ? `https://www.zhihu.com/question/${question}/answer/${id}` : undefined),
  bilibili: ({ id }) => `https://www.bilibili.com/video/${id}`,
}
const FEED: Record<string, string> = {
  xiaohongshu: 'https://www.xiaohongshu.com/explore',
  weibo: 'https://weibo.com/',
  zhihu: 'https://www.zhihu.com/',
  bilibili: 'https://www.bilibili.com/',
}

function siteOf(id: string): SampleSite {
  const posts = JSON.parse(readFileSync(fileURLToPath(new URL(`./samples/${id}/posts.json`, import.meta.url)), 'utf8')) as SamplePost[]
  const parents = new Set(posts.map(({ parent }) => parent))
  const details = posts
    .filter((post) => post.kind === 'post' && (parents.has(post.id) || post.flag === 1))
    .flatMap((post) => DETAIL[id]!(post) ?? [])
  return { id, posts, urls: [FEED[id]!, ...new Set(details)] }
}

export const sampleSites: readonly SampleSite[] = Object.keys(FEED).map(siteOf)
