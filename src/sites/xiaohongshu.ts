/** xiaohongshu.com: cards of feed, search and profile; the note as dialog or page; its comments. */

import type { Post } from '../types.ts'
import type { Adapter } from './adapter.ts'
import {
  address, all, attribute, beside, firstAttribute, hasText, hidden, links, nameOf, pick, pickName, textOf, toPost,
} from './read.ts'

const CARD = '.note-item, .reds-note-item, [data-note-id]'
const RELATED = '.query-note-item, .query-note-wrapper'
const LIVE = '.xhs-live-note-item-badge'
const NOTE = '#noteContainer, .note-container'
/** Where a note's own words stand; they find the note when its frame has another name. */
const NOTE_TEXT = '#detail-desc, #detail-title'
const COMMENTS = '.comments-el, .comments-container'
/** Replies come wrapped in `.comment-item` or as the bare inner container. */
const ROW = '.comment-inner-container'
const WRAP = '.comment-item, .comment-item-sub'

const NOTE_LINK = 'a[href*="/explore/"], a[href*="/search_result/"]'
const PROFILE = 'a[href*="/user/profile/"]'
const NAMES = [
  '.author-wrapper .name', '.author .name', '.author-wrapper .username', '.username', '.nickname', '.name',
  'a[data-user-id]', PROFILE, '.author',
]
const NOT_COMMENT_TEXT =
  '.author-wrapper, .author, .info, .interactions, .comment-picture, .labels, .show-more, .reply-container, ' + WRAP
const NOT_NAME = '.tag, .time, .date, .count'
const TRAILING_DATE =
  /\s*(?:刚刚|(?:昨天|今天|前天)(?:\s*\d{1,2}:\d{2})?|\d+\s*(?:秒|分钟|小时|天|周|个?月|年)前|(?:\d{4}-)?\d{1,2}-\d{1,2})(?:\s*\p{Script=Han}{2,4})?$/u
/** Nobody's name ends like this, so that it goes even where nothing parts it from the name. */
const TRAILING_AGE = /(?<=.)\s*\d+\s*(?:秒|分钟|小时|天|周|个?月|年)前$/u
const NOTE_PATH = /^\/(?:explore|search_result|discovery\/item|user\/profile\/[^/]+)\/([0-9a-f]{24})\/?$/i

export const xiaohongshu: Adapter = {
  id: 'xiaohongshu',
  names: { zh: '小红书', en: 'Xiaohongshu' },
  matches: ['https://www.xiaohongshu.com/*'],
  posts,
  read(element, page) {
    if (hidden(element)) return null
    if (isRow(element)) return readComment(element, page)
    return element.matches(CARD) && !element.matches(NOTE) ? readCard(element, page) : readNote(element, page)
  },
  slot(element) {
    if (isRow(element)) return beside(element, commentAuthor(element), commentText(element))
    if (element.matches(CARD) && !element.matches(NOTE)) return beside(element, cardAuthor(element), cardTitle(element))
    return beside(element, noteAuthor(element), noteBody(element))
  },
  expects: ({ pathname }) => /^\/(?:explore|search_result|discovery|user\/profile|$)/.test(pathname),
}

function posts(root: ParentNode): Iterable<Element> {
  const units = new Set<Element>()
  for (const element of all(root, [CARD, NOTE, NOTE_TEXT, ROW, WRAP].join())) {
    if (element.matches(NOTE_TEXT)) units.add(noteAround(element))
    else if (element.matches(NOTE)) units.add(element)
    else if (element.matches(ROW)) units.add(element)
    else if (element.matches(WRAP)) units.add(ownRow(element))
    else if (isCard(element)) units.add(element)
  }
  return units
}

/** A search result that only proposes other searches is no card, nor is a frame inside a card. */
const isCard = (element: Element): boolean =>
  !element.matches(RELATED) &&
  !element.querySelector(RELATED) &&
  !element.querySelector(NOTE) &&
  !element.parentElement?.closest(`${CARD}, ${NOTE}`)

function readCard(card: Element, page: URL): Post | null {
  if (!isCard(card)) return null
  const title = cardTitle(card)
  if (!title) return null
  const author = cardAuthor(card)
  const named = [...links(card, page)].map(({ url }) => noteAt(url)).filter((note) => note !== null)
  const note = named.find(({ permalink }) => permalink.includes('xsec_token=')) ?? named[0]
  const id = note?.id ?? firstAttribute(card, ['data-note-id', 'data-id'])
  // A live room is no note; a note of somebody who is live has the same badge, and a note's address.
  if (!id && card.querySelector(LIVE)) return null
  // Where the note itself stands open, its card is a copy with less in it.
  if (id && id === noteAt(page)?.id && card.ownerDocument.querySelector(NOTE)) return null
  return toPost('xiaohongshu', {
    kind: 'post',
    id,
    author: authorOf(author),
    title: textOf(title),
    body: '',
    permalink: note?.permalink ?? (id ? `https://www.xiaohongshu.com/explore/${id}` : ''),
    publishedText: textOf(pick(card, ['.author-wrapper .time', '.author .time', '.time', '.date'])),
  })
}

const cardTitle = (card: Element) =>
  pick(card, ['.footer a.title', '.footer .title', 'a.title', '.title', '[class*="title"]', NOTE_LINK], hasText)
const cardAuthor = (card: Element) => pickName(card, NAMES)

function readNote(note: Element, page: URL): Post | null {
  const title = textOf(noteTitle(note))
  const body = noteBody(note)
  const at = noteAt(page) ?? ownLink(note, page)
  const pictures = note.querySelectorAll('.media-container .swiper-slide:not(.swiper-slide-duplicate) img').length
  return toPost('xiaohongshu', {
    kind: 'post',
    id: at?.id ?? firstAttribute(note, ['data-note-id', 'note-id']),
    author: authorOf(noteAuthor(note)),
    title,
    body: textOf(body, { lines: true, skip: `.bottom-container, .date, ${COMMENTS}` }),
    permalink: at?.permalink ?? '',
    publishedText: textOf(pick(note, ['.bottom-container .date', '.note-content .date', '.date'], inNote)),
    imageCount: pictures,
  })
}

const noteAround = (part: Element): Element =>
  part.closest(NOTE) ??
  part.closest('.note-detail-mask, .outer-link-container') ??
  part.closest('.interaction-container') ??
  part.closest('.note-content')?.parentElement ??
  part.parentElement ??
  part
const inNote = (element: Element): boolean => !element.closest(`${COMMENTS}, ${WRAP}, ${ROW}`)
const noteTitle = (note: Element) => pick(note, ['#detail-title', '.note-content .title'], inNote)
const noteBody = (note: Element) =>
  pick(note, ['#detail-desc', '.note-content .desc', '.note-content .note-text', '.desc', '.note-text'], inNote)
const noteAuthor = (note: Element) =>
  pickName(note, NAMES, (name) => inNote(name) && !name.closest('.note-content, .note-text'))

function ownLink(note: Element, page: URL) {
  for (const { url } of links(note, page, (link) => inNote(link) && !link.closest('.note-text'))) {
    const found = noteAt(url)
    if (found) return found
  }
  return null
}

function readComment(row: Element, page: URL): Post | null {
  const name = commentAuthor(row)
  const text = commentText(row)
  const note = noteAt(page)
  return toPost('xiaohongshu', {
    kind: 'comment',
    id: commentId(row),
    author: authorOf(name),
    body: textOf(text, { lines: true, skip: NOT_COMMENT_TEXT }),
    permalink: note?.permalink ?? '',
    publishedText: textOf(pick(row, ['.info .date', '.date'], ownOf(row))),
    parentId: parentId(row, page),
  })
}

/** A unit of the comments is the inner container, or its wrap where that is all there is. */
const isRow = (element: Element): boolean => element.matches(`${ROW}, ${WRAP}`)

/** What of a wrap is its own, not a reply's inside it. */
const ownOf = (row: Element) => (part: Element) => part.closest(`${ROW}, ${WRAP}`) === row

function ownRow(wrap: Element): Element {
  const rows = [...wrap.querySelectorAll(ROW)].filter((row) => row.closest(WRAP) === wrap)
  return rows.find((row) => !wrap.contains(row.closest('.reply-container'))) ?? wrap
}

const commentAuthor = (row: Element) =>
  pickName(row, NAMES, (name) => ownOf(row)(name) && !name.closest('.content, .note-text'))
const commentText = (row: Element) => pick(row, ['.content', '.note-text', '[class*="content"]'], ownOf(row))

function commentId(row: Element): string {
  const wrap = row.matches(WRAP) ? row : row.closest(WRAP)
  const own = firstAttribute(row, ['data-comment-id', 'data-id']) || attribute(row, 'id')
  // A bare reply may stand inside the wrap of the comment it answers, whose id is not its own.
  const wrapped = wrap && ownRow(wrap) === row ? attribute(wrap, 'id') || firstAttribute(wrap, ['data-comment-id', 'data-id']) : ''
  return (own || wrapped).replace(/^comment-/, '')
}

/** A reply answers the first row of its `.parent-comment`; a first row answers the note. */
function parentId(row: Element, page: URL): string | undefined {
  const thread = row.closest('.parent-comment') ?? row.closest('.reply-container')?.parentElement
  const wrap = thread?.querySelector(`${WRAP}, ${ROW}`)
  const first = wrap?.matches(WRAP) ? ownRow(wrap) : wrap
  if (first && first !== row) return readComment(first, page)?.id
  return noteAt(page)?.id
}

function authorOf(name: Element | null) {
  const profile = name?.closest(PROFILE) ?? name?.querySelector(PROFILE)
  const id = attribute(name, 'data-user-id') || /\/user\/profile\/([^/?#]+)/.exec(attribute(profile, 'href'))?.[1]
  const written = name?.matches('.name, .username, .nickname') ? nameOf(name, NOT_NAME).replace(TRAILING_AGE, '') : blockName(name)
  return { name: written, id }
}

/** A whole author block may hold the date too, as a part of its own or behind the name. */
function blockName(block: Element | null): string {
  for (const part of block?.childNodes ?? []) {
    const written = textOf(part, { skip: NOT_NAME })
    if (written) return written.replace(TRAILING_DATE, '')
  }
  return nameOf(block)
}

/** Which note an address opens. Only with its `xsec_token` does it open reliably, so that stays. */
function noteAt(url: URL): { id: string; permalink: string } | null {
  const id = NOTE_PATH.exec(url.pathname)?.[1]?.toLowerCase()
  if (!id || !/(?:^|\.)xiaohongshu\.com$/.test(url.hostname)) return null
  const query = url.search.slice(1).split('&').filter((part) => /^xsec_(?:token|source)=/.test(part))
  const permalink = address(`/explore/${id}${query.length > 0 ? `?${query.join('&')}` : ''}`, 'https://www.xiaohongshu.com')
  return { id, permalink: permalink?.href ?? '' }
}
