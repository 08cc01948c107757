/**
 * Tells when a site changed its form so that its adapter no longer reads it: by what the adapter returned for a page,
 * against what its site usually shows and against what the generic reader finds on the same page.
 */

import type { Post } from '../types.ts'
import type { Adapter } from './adapter.ts'
import { generic } from './generic.ts'
import { hidden, textOf } from './read.ts'

/** What an adapter made of a page; every share is 0 to 1. */
export interface Health {
  adapter: string
  /** Elements it took for posts, and posts it read from them. */
  found: number
  units: number
  posts: number
  comments: number
  /** Of the units: with an id of the platform's, with an author; of the comments: with an author. */
  id: number
  author: number
  commentAuthor: number
  /** Letters in a typical text. */
  length: number
  /** Units that the generic reader finds here. */
  others: number
  /** Of all that ought to be posts: those not read, by who speaks in them, by cards without a name, by the adapter's own
   *  elements that show text; and of the words of others, those in no text of the adapter's. */
  unread: { named: number; cards: number; dark: number; words: number }
  /** Units whose text has a line that is the author's name, a time or a button. */
  noise: number
}

/** What a site's pages may lack, or show besides posts, while all is well: the worst of its saved pages. */
export interface Norms {
  /** Least shares of units and comments with an author. */
  author: number
  commentAuthor: number
  /** Largest shares of {@link Health.unread}. */
  named: number
  cards: number
  dark: number
  words: number
  noise: number
}

export type Canary = 'none' | 'post' | 'author' | 'commentAuthor' | 'noise' | keyof Health['unread']

export interface Breach {
  canary: Canary
  /** What was measured, and what is usual. */
  share: number
  norm: number
  /** One page is enough to say so; else only if other pages of the site say the same. */
  sure: boolean
}

const USUAL: Norms = { author: 0.95, commentAuthor: 0.95, named: 0.1, cards: 0.1, dark: 0.1, words: 0.15, noise: 0.05 }
/** Until adapters state their own. */
const NORMS: Record<string, Partial<Norms>> = {
  bilibili: { named: 0.2 },
  douban: { author: 0, dark: 0.15 },
  douyin: { author: 0.75, dark: 0.5, words: 0.2 },
  facebook: { words: 0.5 },
  goofish: { author: 0, named: 0.25, cards: 0.25, words: 0.3 },
  kuaishou: { author: 0.85, named: 0.2 },
  reddit: { author: 0.85, named: 0.2, dark: 0.2, words: 0.35 },
  telegram: { named: 0.35, words: 0.4 },
  tieba: { author: 0.75 },
  weibo: { author: 0.8, commentAuthor: 0.65, named: 0.2, cards: 0.25, words: 0.4 },
  weixin: { words: 0.25 },
  x: { named: 0.2, dark: 0.2, words: 0.4 },
  xiaohongshu: { dark: 0.2 },
  youtube: { named: 0.15, dark: 0.2, words: 0.25 },
  zhihu: { author: 0.5, named: 0.3, cards: 0.35, words: 0.45 },
}

/** Shares of the known authors that must be left. */
const LEFT = 0.6
/** How far beyond its norm a share is a hint, and how far it is sure; `words` alone never is. */
const BEYOND = { dark: [0.1, 0.25], named: [0.1, 0.34], cards: [0.1, 0.34], words: [0.15, Infinity], noise: [0.1, 0.34] } as const

/** Of people, places and the page itself, not of what someone posted. */
const NOTICE =
  /粉丝|获赞|订阅者|关注者|签名[:：]|已.{0,6}(?:删除|屏蔽|不可见|失效)|\[(?:removed|deleted)\]|加载中|写评论|评论吧|直播[中间]|阅读\s*[\d.]+\s*[万亿]|还有 \d+ 条|点击查看|[共部] ?\d+ ?条|^AI|相关搜索|大家都在搜|贴图|No (?:more )?posts|not (?:found|supported)|pinned/m

const BUTTON = /^(?:回复|点?赞|评论|分享|举报|转发|收藏|关注|reply|share|like|report)\s*[\d.,万kK]*$/i

export function healthOf(adapter: Adapter, root: ParentNode, page: URL): Health {
  const read: Post[] = []
  const dark: string[] = []
  let found = 0
  for (const element of adapter.posts(root)) {
    found++
    const post = adapter.read(element, page)
    if (post) read.push(post)
    else if (!hidden(element)) dark.push(textOf(element))
  }
  const others = [...generic.posts(root)].flatMap((element) => generic.read(element, page) ?? []).filter(({ text }) => !NOTICE.test(text) && lettersOf(text).length > 1)
  const unread = unreadBy(read)
  const lost = (posts: readonly Post[], least: number) => {
    const count = posts.filter(({ text }) => lettersOf(text).length >= least && unread([text]) > 0.5).length
    return share(count, count + read.length)
  }
  const darkness = dark.filter((text) => !NOTICE.test(text) && lettersOf(text).length > 7 && unread([text]) > 0.6).length
  const named = others.filter(({ author }) => author.name)
  const comments = read.filter(({ kind }) => kind === 'comment')
  const withAuthor = (posts: readonly Post[]) => share(posts.filter(({ author }) => author.name).length, posts.length, 1)
  return {
    adapter: adapter.id,
    found,
    units: read.length,
    posts: read.filter(({ kind }) => kind === 'post').length,
    comments: comments.length,
    id: share(read.filter(({ id }) => !id.startsWith('h:')).length, read.length, 1),
    author: withAuthor(read),
    commentAuthor: withAuthor(comments),
    length: read.map(({ text }) => text.length).sort((a, b) => a - b)[read.length >> 1] ?? 0,
    others: others.length,
    unread: {
      named: lost(named, 2),
      cards: lost(others.filter(({ author }) => !author.name), 4),
      dark: share(darkness, darkness + read.length),
      words: unread(named.map(({ text }) => text)),
    },
    noise: share(read.filter(isNoisy).length, read.length),
  }
}

/** Which canary fell; null while the page looks as the site's pages do, or shows nothing that anyone could read. */
export function broken(health: Health, adapter: Adapter, page: URL): Breach | null {
  if (!adapter.expects(page) || health.found + health.others === 0) return null
  const norms = { ...USUAL, ...NORMS[adapter.id] }
  const breach = (canary: Canary, measured: number, norm: number, sure = true): Breach => ({ canary, share: measured, norm, sure })
  if (health.units === 0) return health.others > 0 ? breach('none', 0, 1) : null
  // Comments stand under a post.
  if (health.posts === 0 && health.comments > 0) return breach('post', 0, 1)
  for (const canary of ['author', 'commentAuthor'] as const) if (health[canary] < norms[canary] * LEFT) return breach(canary, health[canary], norms[canary])
  let hint: Breach | null = null
  for (const canary of ['dark', 'named', 'cards', 'noise', 'words'] as const) {
    const [margin, wide] = BEYOND[canary]
    const measured = canary === 'noise' ? health.noise : health.unread[canary]
    const over = share(measured - norms[canary], 1 - norms[canary])
    if (over >= wide) return breach(canary, measured, norms[canary])
    if (over >= margin) hint ??= breach(canary, measured, norms[canary], false)
  }
  return hint
}

/** Whether a text carries what stands around it: it was taken from too large a box. */
function isNoisy({ text, author, publishedText }: Post): boolean {
  const lines = text.split('\n').map((line) => line.trim())
  return lines.some((line, i) => line !== '' && (line === author.name || line === publishedText || BUTTON.test(line) || (i === 0 && author.name !== '' && line.startsWith(`${author.name}:`))))
}

const share = (part: number, of: number, empty = 0): number => (of > 0 ? part / of : empty)
const lettersOf = (text: string): string => text.replace(/[^\p{L}\p{N}]+/gu, '')

/** Short overlapping pieces: two texts that share most of them say the same, whatever stands around. */
function piecesOf(text: string): string[] {
  const letters = lettersOf(text)
  return letters.length <= 3 ? [letters] : Array.from({ length: letters.length - 2 }, (_, i) => letters.slice(i, i + 3))
}

/** How much of some texts is in none of these posts. */
function unreadBy(posts: readonly Post[]): (texts: readonly string[]) => number {
  const known = new Set(posts.flatMap(({ text }) => piecesOf(text)))
  const all = posts.map(({ text }) => lettersOf(text)).join(' ')
  return (texts) => {
    const pieces = texts.flatMap(piecesOf)
    return share(pieces.filter((piece) => !known.has(piece) && !all.includes(piece)).length, pieces.length)
  }
}

/** Words of addresses that name a kind of page, never a person or a post. */
const PATH_WORDS = new Set(
  'about answer article c channel comments detail dynamic explore feed forum group home hot item news note opus p people pin post posts profile question r read review s search search_result short-video space status t tag thread topic u user video watch web weibo zvideo'.split(' '),
)

/** A report for a bug tracker: numbers and the page's frame, not a word of any post, name or id. */
export function diagnostic(health: Health, root: ParentNode, page: URL): string {
  const path = page.pathname.split('/').filter(Boolean).map((part) => (PATH_WORDS.has(part) ? part : /^\d+$/.test(part) ? '<digits>' : /^[a-z-]+$/i.test(part) ? '<letters>' : '<mixed>'))
  const percent = (part: number) => `${Math.round(part * 100)} %`
  return [
    `adapter ${health.adapter}, ${page.hostname}/${path.join('/')}`,
    `found ${health.found}, read ${health.units} (${health.posts} posts, ${health.comments} comments), generic ${health.others}`,
    `with id ${percent(health.id)}, author ${percent(health.author)}, of comments ${percent(health.commentAuthor)}, typical length ${health.length}`,
    `unread: named ${percent(health.unread.named)}, cards ${percent(health.unread.cards)}, dark ${percent(health.unread.dark)}, words ${percent(health.unread.words)}; noise ${percent(health.noise)}`,
    ...skeleton(root),
  ].join('\n')
}

const MOST_ELEMENTS = 20_000
const BLOCKS_SHOWN = 4
const LINES_SHOWN = 24

/** The most repeated blocks of the page, as tags and class stems. */
function skeleton(root: ParentNode): string[] {
  const elements: Element[] = []
  const steps: ParentNode[] = [root]
  while (steps.length > 0 && elements.length < MOST_ELEMENTS) {
    const node = steps.pop()!
    if (node.nodeType === 1) elements.push(node as Element)
    const children = [...((node as Element).shadowRoot ?? node).children]
    for (const child of children.reverse()) steps.push(child)
  }
  // A class may be made of a word that someone wrote, or of an id; such words are left out.
  const written = new Set<string>()
  const leaveOut = (text: string) => text.toLowerCase().match(/[a-z]{2,}/g)?.forEach((word) => written.add(word))
  for (const element of elements) {
    for (const node of (element.shadowRoot ?? element).childNodes) if (node.nodeType === 3) leaveOut((node as Text).data)
    for (const { name, value } of element.attributes)
      if (name !== 'class' && name !== 'style' && value.length < 300) for (const token of value.match(/[\w-]*\d[\w-]*/g) ?? []) if (!/^[a-z]+[-_]?\d+$/i.test(token)) leaveOut(token)
  }
  const stem = (name: string): string => name.split(/[^a-zA-Z0-9]+/).filter((word) => word !== '' && !/\d/.test(word) && !written.has(word.toLowerCase())).join('-')
  const label = (element: Element): string => [element.localName, ...[...element.classList].slice(0, 3).map(stem).filter(Boolean)].join('.')
  const counts = new Map<string, Element[]>()
  for (const element of elements) {
    if (element.childElementCount === 0 && !element.shadowRoot) continue
    const name = label(element)
    counts.set(name, [...(counts.get(name) ?? []).slice(0, 500), element])
  }
  const blocks = [...counts].filter(([, same]) => same.length > 1).sort(([, a], [, b]) => b.length - a.length).slice(0, BLOCKS_SHOWN)
  return blocks.flatMap(([name, same]) => [`${same.length} × ${name}`, ...outline(same[0]!, label)])
}

function outline(block: Element, label: (element: Element) => string): string[] {
  const lines: string[] = []
  const steps: [Element, number][] = [[block, 0]]
  while (steps.length > 0 && lines.length <= LINES_SHOWN) {
    const [element, depth] = steps.pop()!
    if (depth > 0) lines.push(`${'  '.repeat(depth)}${label(element)}`)
    if (depth < 4) for (const child of [...(element.shadowRoot ?? element).children].reverse()) steps.push([child, depth + 1])
  }
  return lines
}
