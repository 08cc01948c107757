/**
 * Tells when a site changed its form so that its adapter no longer reads it: by what of the page is in none of the posts
 * that the adapter returned, by what the generic reader finds there, and by what its site usually shows.
 */

import { type Account, accountFor, bareOf, NOTICE, share, type Taken, unreadIn } from './account.ts'
import type { Adapter } from './adapter.ts'
import { generic, lookAt } from './generic.ts'
import { type Norms, NORMS, USUAL } from './norms.ts'
import { hidden, textOf } from './read.ts'
import type { Post } from '../types.ts'

/** What speaks against a reading; every share is 0 to 1, and 0 where all adds up. */
export interface Shares extends Account {
  /** Units, and comments, without an author. */
  author: number
  commentAuthor: number
  /** Of all that ought to be posts, those not read: by who speaks in what the generic reader finds, by its cards without a
   *  name, by the adapter's own elements that show text; and of the words of others, those in no text of the adapter's. */
  named: number
  cards: number
  dark: number
  words: number
}

/** What an adapter made of a page. */
export interface Health {
  adapter: string
  /** Elements it took for posts, and posts it read from them. */
  found: number
  units: number
  posts: number
  comments: number
  /** Share of the units with an id of the platform's. */
  id: number
  /** Letters in a typical text. */
  length: number
  /** Units that the generic reader finds here. */
  others: number
  shares: Shares
}

export type Canary = 'none' | 'post' | keyof Shares

export interface Breach {
  /** What spoke most against the reading, with its share. */
  canary: Canary
  share: number
  /** The generic reader should take over; else the page is only told of. */
  sure: boolean
}

/** What must come together, each share in parts of what is enough by itself: to say so, and for the generic reader to take over. */
const ENOUGH = 0.9
const SURE = 2

/** In steps, between which the page may run: all of it is read twice. */
export function* healthOf(adapter: Adapter, doc: Document, page: URL): Generator<void, Health> {
  const taken: Taken[] = []
  for (const element of adapter.posts(doc)) {
    taken.push({ element, post: adapter.read(element, page) })
    yield
  }
  const read = taken.flatMap(({ post }) => post ?? [])
  yield* generic.look!(doc)
  const look = lookAt(doc)
  const others: Post[] = []
  for (const element of look.units.keys()) {
    const post = generic.read(element, page)
    if (post && !NOTICE.test(post.text) && bareOf(post.text).length > 1) others.push(post)
    yield
  }
  const unread = unreadIn(read.map(({ text }) => text))
  const lost = (posts: readonly Post[], least: number) => {
    const count = posts.filter(({ text }) => bareOf(text).length >= least && unread([text]) > 0.5).length
    return share(count, count + read.length)
  }
  const dark = taken.filter(({ element, post }) => {
    const text = post || hidden(element) ? '' : textOf(element)
    return bareOf(text).length > 7 && !NOTICE.test(text) && unread([text]) > 0.6
  }).length
  const named = others.filter(({ author }) => author.name)
  const comments = read.filter(({ kind }) => kind === 'comment')
  const without = (posts: readonly Post[]) => share(posts.filter(({ author }) => author.name === '').length, posts.length)
  return {
    adapter: adapter.id,
    found: taken.length,
    units: read.length,
    posts: read.filter(({ kind }) => kind === 'post').length,
    comments: comments.length,
    id: share(read.filter(({ id }) => !id.startsWith('h:')).length, read.length, 1),
    length: read.map(({ text }) => text.length).sort((a, b) => a - b)[read.length >> 1] ?? 0,
    others: others.length,
    shares: {
      author: without(read),
      commentAuthor: without(comments),
      named: lost(named, 2),
      cards: lost(others.filter(({ author }) => !author.name), 4),
      dark: share(dark, dark + read.length),
      words: unread(named.map(({ text }) => text)),
      ...accountFor(look, taken),
    },
  }
}

/** Which canary fell; null while the page looks as the site's pages do, or shows nothing that anyone could read. */
export function broken({ found, units, posts, comments, others, shares, adapter: id }: Health, adapter: Adapter, page: URL, all: Norms = NORMS): Breach | null {
  if (!adapter.expects(page) || found + others === 0) return null
  if (units === 0) return others > 0 ? { canary: 'none', share: 0, sure: true } : null
  // Comments stand under a post.
  if (posts === 0 && comments > 0) return { canary: 'post', share: 0, sure: true }
  const norms = (Object.hasOwn(all, id) && all[id]) || {}
  let against = 0
  let most = 0
  let canary: keyof Shares = 'author'
  for (const [key, [norm, wide]] of Object.entries(USUAL) as [keyof Shares, readonly [number, number]][]) {
    const weight = Math.max(0, shares[key] - Math.max(norm, norms[key] ?? 0)) / wide
    against += weight
    if (weight > most) [most, canary] = [weight, key]
  }
  return against >= ENOUGH ? { canary, share: shares[canary], sure: against >= SURE } : null
}
