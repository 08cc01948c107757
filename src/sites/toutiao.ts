/** www.toutiao.com: cards of the feed and of profiles, articles, micro posts (微头条), videos, and comments. */

import type { Author, Post } from '../types.ts'
import type { Adapter } from './adapter.ts'
import {
  address, all, attribute, beside, firstAttribute, hasText, hidden, links, nameOf, parentOf, pick, pickName, textOf, toPost,
} from './read.ts'

/** Frames of a card, the one to trust first. */
const CARDS = [
  '[class*="card-wrapper"]',
  '.feed-wtt-wrapper, .sticky-cell, [data-item-id], [data-tag="ad"]',
  '.feed-card-wtt, .feed-card-article, .feed-card-video, .profile-normal-article-card, .profile-normal-video-card',
]
const TITLES = ['a.title', '[class*="article-l"] a', '[class*="video-l"] a', 'a[class*="title"]', '.title', '.feed-video-item a']
/** Words of a micro post within a card. */
const MICROS = ['[class*="wtt-l"] .content', '[class*="wtt-content"]', '.weitoutiao-content', '.weitoutiao-html', 'p.content', '.content']
const POST_LINK = 'a[href*="/article/"], a[href*="/w/"], a[href*="/video/"], a[href*="/group/"]'
/** Boards beside the feed name topics, and what stands around it is no post. */
const NOISE = 'nav, aside, .toutiao-header, .fix-header, .main-nav-wrapper, .right-container, .right-sidebar, [class*="hot-board"]'

/** Where the words of a whole post stand on its own page. */
const BODIES = ['.weitoutiao-html', '[class*="syl-article"], .tt-article-content', 'article']
const HEADINGS = ['h1', '.ttp-video-extras-title', '.video-title']
const DETAIL = `.article-content, ${BODIES.join()}, ${HEADINGS.join()}`

const COMMENTS = '.ttp-comment-wrapper, .ttp-comment-block, #comment-area, [class*="comment-list"], .ttp-drawer'
const COMMENT = '.comment-info, .ttp-comment-item, .comment-list-item, .comment-item'
const COMMENT_TEXTS = '.content, .comment-content, p.comment, .comment-info .body p'
const REPLIES = '[class*="replay-list"], [class*="reply-list"]'

const PERSON = 'a[href*="/c/user/"]'
const NAMES = [
  '[class*="cmp-author"] a', '[class*="cmp-author"]', '.user-name .name', '.article-meta .name', '[class*="user-info"] a[title]',
  '[class*="user-info"] .name', '.author-info .desc a', '.author-name', '.desc a', 'a.name', '.name', PERSON, '.author', '.feed-card-source',
]
/** Beside an article, and above the cards of a profile. */
const OUTER_NAMES = ['.media-info .name', '.user-card-name', '.profile-info-wrapper .name']
const TIMES = ['[class*="time-cmp"]', '.time', '.article-meta span:not(.name)', '.desc p span', '.publish-time', '.date']
const NOT_TEXT =
  '[class*="expand-button"], .article-meta, .author-info, .image-list, [class*="footer"], [class*="action"], h1, [class*="xgplayer"]'

export const toutiao: Adapter = {
  id: 'toutiao',
  names: { zh: '今日头条', en: 'Toutiao' },
  matches: ['https://www.toutiao.com/*'],
  posts,
  read(element, page) {
    if (hidden(element)) return null
    if (commentText(element)) return readComment(element, page)
    return isCard(element) ? readCard(element, page) : readDetail(element, page)
  },
  slot(element) {
    const words = commentText(element)
    if (words) return beside(element, authorOf(element, words), words)
    if (element.localName === 'a') return { after: element }
    const text = isCard(element) ? (microText(element) ?? titleOf(element)) : (bodyOf(element) ?? headingOf(element))
    return beside(element, authorOf(element, text), text)
  },
  expects: ({ pathname }) => /^\/(?:$|ch\/|article\/|w\/|video\/|c\/user\/|trending\/|[ai]\d|group\/)/.test(pathname),
}

function posts(root: ParentNode): Iterable<Element> {
  const units = new Set<Element>()
  for (const element of all(root, [COMMENT_TEXTS, DETAIL, POST_LINK, '[data-tag="ad"]', ...TITLES, ...MICROS].join())) {
    const unit = commentFrame(element) ?? cardFrame(element) ?? detailFrame(element)
    if (unit) units.add(unit)
  }
  return units
}

/** The card around a title, a link to a post or a micro post's words. */
function cardFrame(part: Element): Element | null {
  if (part.closest(`${COMMENTS}, ${COMMENT}, ${NOISE}, .article-content`)) return null
  const known = CARDS.map((card) => part.closest(card)).find((card) => card !== null)
  if (known) return known
  // Elsewhere only what leads to a post is a card.
  if (!part.matches(POST_LINK) || part.closest(BODIES.join()) || !hasText(part)) return null
  for (let at = part.parentElement, depth = 0; at && depth < 4 && !at.querySelector(BODIES.join()); at = at.parentElement, depth++)
    if (authorOf(at, part)) return at
  return part.closest('li')
}

const isCard = (element: Element): boolean =>
  all(element, [POST_LINK, '[data-tag="ad"]', ...TITLES, ...MICROS].join()).some((part) => cardFrame(part) === element)

const titleOf = (card: Element) => {
  const fits = (title: Element) => !title.closest(`${MICROS.join()}, [class*="footer"]`) && wholeTitle(title) !== ''
  return pick(card, [...TITLES, POST_LINK, '[data-tag="ad"]'], fits) ?? (card.localName === 'a' ? card : null)
}
const microText = (card: Element) => pick(card, MICROS, (words) => hasText(words) && !words.closest('a.title'))
const wholeTitle = (title: Element | null): string =>
  title ? textOf(title) || firstAttribute(title, ['title', 'aria-label']) || attribute(title.querySelector('img[alt]'), 'alt') : ''

function readCard(card: Element, page: URL): Post | null {
  const words = microText(card)
  // A micro post has no title; a link around its words or its picture is none either.
  const title = words ? pick(card, ['a.title'], hasText) : titleOf(card)
  const found = [...links(card, page)].map(({ url }) => postAt(url)).find((at) => at !== null)
  const micro = words ?? (found?.permalink.includes('/w/') ? title : null)
  const author = person(authorOf(card, words))
  return toPost('toutiao', {
    kind: 'post',
    id: found?.id ?? firstAttribute(card, ['data-item-id', 'data-group-id', 'data-id']),
    author: author.name ? author : owner(card, page),
    title: title === micro ? '' : wholeTitle(title),
    body: textOf(micro, { lines: true }),
    permalink: found?.permalink,
    publishedText: timeIn(card),
    imageCount: card.querySelectorAll('[class*="feed-card-cover"] img, .image-list img').length,
  })
}

/** The frame of the page's own post: heading, author and words. */
function detailFrame(part: Element): Element | null {
  if (part.closest(`${COMMENTS}, ${COMMENT}, ${NOISE}`) || !part.matches(DETAIL)) return null
  const frame = part.closest('.article-content')
  if (frame) return frame
  // A heading stands for the post only where no words do, as above a video.
  if (part.matches(HEADINGS.join()) && part.ownerDocument.querySelector(`.article-content, ${BODIES.join()}`)) return null
  const words = part.querySelector(BODIES.join()) ?? part
  for (let at: Element | null = words, depth = 0; at && depth < 5; at = parentOf(at), depth++) {
    if (at.matches('.article-content')) return at
    if (authorOf(at, words)) return at
  }
  return words.parentElement ?? words
}

const headingOf = (detail: Element) =>
  pick(detail, HEADINGS, (heading) => !heading.closest(COMMENTS) && hasText(heading)) ??
  pick(detail.ownerDocument, ['h1'], (heading) => !heading.closest(`${COMMENTS}, ${NOISE}`) && hasText(heading))
const bodyOf = (detail: Element) =>
  pick(detail, BODIES, (body) => !body.closest(COMMENTS)) ?? (detail.matches(`.article-content, ${BODIES.join()}`) ? detail : null)

function readDetail(detail: Element, page: URL): Post | null {
  const body = bodyOf(detail)
  const micro = body?.matches('.weitoutiao-html') ?? false
  const at = postAt(page)
  if (!at && !body) return null
  const author = person(authorOf(detail, body))
  return toPost('toutiao', {
    kind: 'post',
    id: at?.id,
    author: author.name ? author : owner(detail, page),
    title: micro ? '' : textOf(headingOf(detail)),
    body: textOf(body, { skip: `${NOT_TEXT}, ${COMMENTS}`, lines: micro }),
    permalink: at?.permalink,
    publishedText: timeIn(detail),
    imageCount: detail.querySelectorAll('.pgc-img img, .image-list img, .weitoutiao-img').length,
  })
}

function commentFrame(words: Element): Element | null {
  if (!words.matches(COMMENT_TEXTS) || !words.closest(COMMENTS)) return null
  return words.closest(COMMENT) ?? words.closest('li') ?? (words.localName === 'p' ? words.parentElement : null)
}

/** The words of a comment, where the element is one. */
const commentText = (element: Element): Element | null =>
  [...element.querySelectorAll(COMMENT_TEXTS)].find((words) => commentFrame(words) === element) ?? null

function readComment(unit: Element, page: URL): Post | null {
  const words = commentText(unit)
  const at = postAt(page)
  return toPost('toutiao', {
    kind: 'comment',
    id: commentId(unit),
    author: person(authorOf(unit, words)),
    body: textOf(words, { lines: true }),
    permalink: at?.permalink,
    publishedText: timeIn(unit),
    parentId: answered(unit, page) ?? at?.id,
  })
}

/** The id may stand on a frame around, but a reply's frame may be that of the comment it answers. */
function commentId(unit: Element): string {
  const frame = unit.closest('[class*="comment-item"], li')
  const names = ['data-comment-id', 'data-id', 'data-cid', 'id']
  const id = firstAttribute(unit, names) || (frame && commentIn(frame) === unit ? firstAttribute(frame, names) : '')
  return id.replace(/^comment-/, '')
}

/** First comment in a frame that is none of its replies. */
function commentIn(frame: Element): Element | null {
  for (const words of frame.querySelectorAll(COMMENT_TEXTS)) {
    const replies = words.closest(REPLIES)
    const unit = commentFrame(words)
    if (unit && (!replies || !frame.contains(replies))) return unit
  }
  return null
}

/** The comment that a reply stands below. */
function answered(unit: Element, page: URL): string | undefined {
  const replies = unit.closest(REPLIES)
  for (let at = replies?.parentElement, depth = 0; at && depth < 5 && !at.matches(COMMENTS); at = at.parentElement, depth++) {
    const root = commentIn(at)
    if (root && root !== unit) return readComment(root, page)?.id
  }
  return undefined
}

/** Who wrote a unit: not who is named in its words, nor in comments or replies below it. */
function authorOf(unit: Element, words: Element | null): Element | null {
  const comments = unit.closest(COMMENTS)
  return pickName(unit, NAMES, (name) => {
    if (words?.contains(name) || name.contains(words) || name.closest('h1, .title')) return false
    const replies = name.closest(REPLIES)
    if (replies && replies !== unit.closest(REPLIES)) return false
    return comments !== null || !name.closest(COMMENTS)
  })
}

/** Cards of a profile do not repeat whose they are, and an article may name its author beside it. */
function owner(unit: Element, page: URL): Author {
  if (!page.pathname.startsWith('/c/user/') && isCard(unit)) return { name: '' }
  const name = pick(unit.ownerDocument, OUTER_NAMES, hasText)
  return { name: nameOf(name), id: personId(page) ?? person(name).id }
}

function person(name: Element | null): Author {
  const link = name?.closest(PERSON) ?? name?.querySelector(PERSON)
  const url = address(link?.getAttribute('href'), 'https://www.toutiao.com')
  return { name: nameOf(name), id: url ? personId(url) : undefined }
}

const personId = ({ pathname }: URL): string | undefined => /^\/c\/user\/(?:token\/)?([^/]+)/.exec(pathname)?.[1]

function timeIn(unit: Element): string {
  const replies = unit.closest(REPLIES)
  const own = (time: Element) => time.closest(REPLIES) === replies && (!time.closest(COMMENTS) || unit.closest(COMMENTS) !== null)
  // The length of a video stands on its picture.
  return textOf(pick(unit, TIMES, (time) => own(time) && !time.closest('[class*="card-cover"]') && hasText(time)))
}

/** Which post an address opens. */
function postAt(url: URL): { id: string; permalink: string } | null {
  if (!/^(?:www\.|m\.)?toutiao\.com$/.test(url.hostname)) return null
  const [, kind, id] = /^\/(?:(article|group|w|video)\/|[ai])(\d{6,})/.exec(url.pathname) ?? []
  const path = kind === 'w' || kind === 'video' ? kind : 'article'
  return id ? { id, permalink: `https://www.toutiao.com/${path}/${id}/` } : null
}
