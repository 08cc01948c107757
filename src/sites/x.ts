/** x.com: posts of every timeline, the posts they quote, and the replies on a post's own page. */

import type { Author, Post } from '../types.ts'
import type { Adapter } from './adapter.ts'
import { all, before, beside, concealed, hasText, hidden, inside, links, nameOf, pick, textOf, toPost } from './read.ts'

const POST = '[data-testid="tweet"], article'
const CELL = '[data-testid="cellInnerDiv"]'
const TEXT = '[data-testid="tweetText"]'
/** A long article has a title, and its words where it is opened. */
const TITLE = '[data-testid="twitter-article-title"]'
const LONG_TEXTS = ['[data-testid="twitterArticleRichTextView"]', '[data-testid="longformRichTextComponent"]']
const READ_VIEW = '[data-testid="twitterArticleReadView"]'
const NAME = '[data-testid="User-Name"], [data-testid="User-Names"]'
/** A quoted post is one large link, which is no `a`. */
const QUOTE = '[role="link"]:not(a), article, [data-testid="tweet"]'
const WORDS = `${TEXT}, div[lang]`
/** More boxes than any post has; a page that nests without end is cut here. */
const QUOTES = 40
const TEXTS = [TEXT, ...LONG_TEXTS, 'div[lang]', 'div[dir="auto"]']
const NOT_TEXT = `${NAME}, [data-testid="card.wrapper"], [data-testid="socialContext"], [role="group"], [data-testid="UserCell"], a, button`
const MORE = '[data-testid="tweet-text-show-more-link"]'
const HANDLE = /^@(\w{1,15})$/

export const x: Adapter = {
  id: 'x',
  names: { zh: 'X（推特）', en: 'X (Twitter)' },
  matches: ['https://x.com/*', 'https://twitter.com/*'],
  posts,
  read(element, page) {
    if (hidden(element)) return null
    const outer = outerOf(element)
    return outer ? readQuote(element, outer, page) : readPost(element, page)
  },
  slot(element) {
    const own = ownOf(element)
    return beside(element, pick(element, [NAME], own) ?? nameLink(element, own), textIn(element, own) ?? titleIn(element, own))
  },
  expects: ({ pathname }) =>
    /^\/(?:hashtag\/|i\/(?:communities|lists|bookmarks)|\w{1,15}\/?(?:$|status\/|with_replies|highlights|articles?\b))/.test(pathname) &&
    !/^\/(?:login|logout|signup|settings|messages|notifications|compose|tos|privacy|account|jobs)\b/.test(pathname),
}

function posts(root: ParentNode): Iterable<Element> {
  const frames = new Set<Element>()
  for (const part of all(root, [POST, READ_VIEW, TEXT].join())) {
    const post = postAround(part)
    if (post) frames.add(post)
  }
  return new Set([...frames].flatMap((post) => [post, ...quotesIn(post)]).filter((unit) => root.contains(unit)))
}

function postAround(part: Element): Element | null {
  const post = part.closest(POST)
  const around = post?.parentElement?.closest(POST) ?? post ?? part.closest(READ_VIEW) ?? part.closest(CELL)
  if (around) return around
  // No frame that we know: the smallest box that also names somebody.
  for (let at = part.parentElement, depth = 0; at && depth < 12; at = at.parentElement, depth++) if (at.querySelector(NAME)) return at
  return null
}

/** Boxes of quoted posts: they hold another name than the post's own, or words below its words. */
function quotesIn(post: Element): Element[] {
  const [own, ...others] = post.querySelectorAll(NAME)
  const first = post.querySelector(WORDS)
  const boxes = [...post.querySelectorAll(QUOTE)]
    .slice(0, QUOTES)
    .filter((box) =>
      [own && !box.contains(own) && box.querySelector(NAME), first && !box.contains(first) && box.querySelector(WORDS)].some(Boolean),
    )
  for (const name of others.slice(0, QUOTES)) {
    if (boxes.some((box) => box.contains(name))) continue
    const box = boxAround(name, (around) => !own || !around.contains(own))
    if (box) boxes.push(box)
  }
  return boxes.filter((box, _, all) => !all.some((other) => other !== box && other.contains(box)))
}

function boxAround(name: Element, fits: (around: Element) => boolean): Element | null {
  for (let at = name.parentElement; at && fits(at); at = at.parentElement) if (at.querySelector(WORDS)) return at
  return null
}

/** The post that quotes this one. */
function outerOf(unit: Element): Element | null {
  const around = unit.parentElement?.closest(POST) ?? (unit.matches(POST) ? null : unit.parentElement?.closest(CELL))
  const outer = around && postAround(around)
  return outer && outer !== unit && quotesIn(outer).includes(unit) ? outer : null
}

type Own = (part: Element) => boolean

/** What of a unit is not part of a post that it quotes. */
function ownOf(unit: Element): Own {
  const quotes = quotesIn(unit)
  return (part) => !quotes.some((box) => box.contains(part))
}

const titleIn = (unit: Element, own: Own) => pick(unit, [TITLE], own)
const textIn = (unit: Element, own: Own) =>
  pick(unit, TEXTS, (text) => own(text) && hasText(text) && !text.matches(TITLE) && !inside(text, NOT_TEXT, unit))

/** X hides the start and the end of a long address and writes dots behind it. */
const skipped = (part: Element): boolean =>
  part.matches(MORE) ||
  (part.getAttribute('aria-hidden') === 'true' && part.closest('a') !== null && !/^(?:…|\.{3})$/.test(part.textContent.trim()))

function readPost(post: Element, page: URL): Post | null {
  const own = ownOf(post)
  const main = conversationAt(page)
  const linked = addressIn(post, own, page)
  const at = linked ?? (main && isFocused(post) ? main : null)
  const answers = main !== null && at?.id !== main.id && isReply(post, main, page)
  return toPost('x', { kind: answers ? 'comment' : 'post', ...found(post, own, at), parentId: answers ? main.id : undefined })
}

function readQuote(box: Element, outer: Element, page: URL): Post | null {
  const own = ownOf(box)
  const parentId = readPost(outer, page)?.id ?? addressIn(outer, ownOf(outer), page)?.id
  return toPost('x', { kind: 'quote', ...found(box, own, addressIn(box, own, page)), parentId })
}

function found(unit: Element, own: Own, at: Place | null) {
  const author = authorOf(unit, own, at)
  const words = textIn(unit, own)
  return {
    id: at?.id,
    author,
    title: textOf(titleIn(unit, own)),
    // A mention stands in a box of its own; breaks are written in the text.
    body: textOf(words, { lines: true, inline: words?.matches(TEXT), skip: (part) => skipped(part) || part.matches(TITLE) }),
    permalink: at ? `https://x.com/${at.handle ?? author.id ?? 'i'}/status/${at.id}` : '',
    publishedText: textOf(pick(unit, ['time'], own)),
    imageCount: [...unit.querySelectorAll('[data-testid="tweetPhoto"]')].filter(own).length,
  }
}

/** The name block holds the name, then the handle, then the time; in a quote none of them is a link. */
function authorOf(unit: Element, own: Own, at: Place | null): Author {
  const block = pick(unit, [NAME], own)
  const link = nameLink(block ?? unit, own)
  const written = [...(block ?? unit).querySelectorAll('a, span, div')]
    .filter((part) => own(part) && !part.closest(TEXT))
    .map((part) => HANDLE.exec(part.textContent.trim())?.[1])
    .find(Boolean)
  const id = written ?? /^(?:https:\/\/[^/]+)?\/(\w{1,15})\/?$/.exec(link?.getAttribute('href') ?? '')?.[1] ?? at?.handle
  if (!block) return { name: nameOf(link) || id || '', id }
  const whole = textOf(block, { skip: 'time' })
  const end = id ? whole.lastIndexOf(`@${id}`) : -1
  const name = end < 0 ? (whole.split('\n')[0] ?? '') : whole.slice(0, end)
  return { name: name.replace(/\s+/g, ' ').trim() || id || '', id }
}

/** A link to somebody's own page, outside of the words. */
const nameLink = (root: Element, own: Own) =>
  pick(
    root,
    ['a[href]'],
    (link) =>
      own(link) &&
      /^(?:https:\/\/[^/]+)?\/\w{1,15}\/?$/.test(link.getAttribute('href') ?? '') &&
      !link.closest(`${TEXT}, [data-testid="socialContext"]`) &&
      hasText(link) &&
      !link.textContent.trim().startsWith('@'),
  )

interface Place {
  id: string
  /** Some addresses name no author. */
  handle: string | undefined
}

function statusAt({ hostname, pathname }: URL): Place | null {
  if (!/^(?:(?:www|mobile)\.)?(?:x|twitter)\.com$/.test(hostname)) return null
  const [, handle, id] = /^\/(?:i\/web|(\w{1,15}))\/(?:status|article)\/(\d+)/.exec(pathname) ?? []
  return id ? { id, handle: handle === 'i' ? undefined : handle } : null
}

/** The post whose conversation the page shows. */
const conversationAt = (page: URL): Place | null =>
  /\/(?:quotes|retweets|likes|analytics|hidden)\/?$/.test(page.pathname) ? null : statusAt(page)

/** A unit's own address: its time link; an advert has none, but its pictures may lead to it. */
function addressIn(unit: Element, own: Own, page: URL): Place | null {
  const places = [...links(unit, page, (link) => own(link) && !link.closest(`${TEXT}, [data-testid="card.wrapper"]`))].flatMap(
    ({ url, element }) => {
      const at = statusAt(url)
      return at ? [{ at, element }] : []
    },
  )
  const timed = places.find(({ element }) => element.querySelector('time') || element.closest('time'))
  return (timed ?? places[0])?.at ?? null
}

const isFocused = (post: Element): boolean => post.matches('[tabindex="-1"]')

/** Posts below the one that the page is about answer it, up to a heading such as "发现更多". */
function isReply(post: Element, main: Place, page: URL): boolean {
  const { ownerDocument: document } = post
  const linked = [...document.querySelectorAll(`a[href*="/status/${main.id}"]`)].map((link) => link.closest(POST))
  const focus =
    linked.find((other) => other && addressIn(other, ownOf(other), page)?.id === main.id) ?? document.querySelector('article[tabindex="-1"]')
  // Timelines unmount what is far away: then the reader is down among the replies.
  if (!focus) return true
  const heading = (part: Element) => !part.closest(POST) && !concealed(part) && before(focus, part) && before(part, post)
  return before(focus, post) && ![...document.querySelectorAll('h2')].some(heading)
}

