import type { Shares } from './canary.ts'

/** What pages may lack, or show besides posts, while all is well, and how far beyond that a share is enough by itself. */
export const USUAL: Record<keyof Shares, readonly [norm: number, wide: number]> = {
  partial: [0.1, 0.2],
  inside: [0, 0.3],
  misnamed: [0, 0.28],
  unnamed: [0, 0.3],
  noisy: [0, 0.15],
  silent: [0.15, 0.15],
  inPlace: [0.05, 0.35],
  guests: [0.1, 0.2],
  strangers: [0.15, 0.15],
  outside: [0.12, 0.22],
  author: [0.05, 0.35],
  commentAuthor: [0.2, 0.25],
  named: [0.05, 0.22],
  cards: [0.1, 0.25],
  dark: [0.1, 0.15],
  words: [0.15, 0.6],
}

/** Least shares that count, by adapter id; 0 to 1. */
export type Norms = Readonly<Record<string, Partial<Record<keyof Shares, number>>>>

/** Where the pages of a site usually show more of it: what its saved pages show, with some room. */
export const NORMS: Norms = {
  xiaohongshu: { inside: 0.1, outside: 0.45, strangers: 0.35, dark: 0.2 },
  weibo: { inside: 0.05, outside: 0.35, guests: 0.2, strangers: 0.35, named: 0.2, cards: 0.25, words: 0.4, author: 0.2, commentAuthor: 0.35 },
  douyin: { inside: 0.2, outside: 0.25, dark: 0.2, words: 0.2, author: 0.25 },
  zhihu: { partial: 0.15, inside: 0.45, outside: 0.2, strangers: 0.35, named: 0.25, cards: 0.35, words: 0.45, author: 0.5 },
  bilibili: { inside: 0.1, outside: 0.2, named: 0.2, cards: 0.2 },
  tieba: { guests: 0.2, author: 0.25 },
  kuaishou: { inside: 0.1, named: 0.2, author: 0.15 },
  goofish: { partial: 0.35, inside: 0.35, outside: 0.15, named: 0.25, cards: 0.25, words: 1, author: 1 },
  douban: { inside: 0.1, outside: 0.15, dark: 0.15, author: 1 },
  toutiao: { inside: 0.1 },
  weixin: { inside: 0.15, words: 0.25 },
  x: { inside: 0.15, outside: 0.2, silent: 0.25, strangers: 0.2, named: 0.2, dark: 0.2, words: 0.4 },
  facebook: { inside: 0.15, words: 0.5 },
  reddit: { inside: 0.2, outside: 0.2, unnamed: 1, guests: 0.2, named: 0.2, dark: 0.2, words: 0.35, author: 0.15 },
  youtube: { inside: 0.1, unnamed: 0.7, named: 0.15, dark: 0.2, words: 0.25 },
  telegram: { partial: 0.2, inside: 0.2, outside: 0.15, guests: 0.25, named: 0.35, words: 0.4 },
}

/** Most sites of an update. */
const MOST_SITES = 100

/** Whether an update's norms are some: known shares of sites that there may be. */
export function isNorms(value: unknown): value is Norms {
  const isObject = (one: unknown): one is object => typeof one === 'object' && one !== null && !Array.isArray(one)
  if (!isObject(value)) return false
  const sites = Object.entries(value)
  return sites.length <= MOST_SITES && sites.every(([id, shares]: [string, unknown]) =>
    /^[a-z0-9]{1,40}$/.test(id) && isObject(shares) && Object.entries(shares).every(([key, share]) => Object.hasOwn(USUAL, key) && typeof share === 'number' && share >= 0 && share <= 1))
}
