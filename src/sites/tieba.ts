/** tieba.baidu.com: lists, threads and replies, as drawn by script since 2026 and as the server writes them. */

import type { Author, Post } from '../types.ts'
import type { Adapter } from './adapter.ts'
import {
  address, all, attribute, beside, firstAttribute, hasText, hidden, jsonAttribute, links, nameOf, pick, pickName, textOf, toPost,
} from './read.ts'

/** Threads in a list; sources disagree which of the first two stands around the other. */
const CARD = '.thread-card-wrapper, .thread-card, .top-thread-card-item, .j_thread_list, .thread_item_box'
const TITLES = ['.title-richtext', '.thread-title', 'a.j_th_tit', '.threadlist_title', 'a.title', 'a.top-thread-card-item']
const ABSTRACTS = ['.thread-content', '.threadlist_abs']
const THREAD_LINK = 'a[href*="/p/"]'

/** The first floor as drawn by script. */
const FIRST = '.image-text, .pb-content-wrap, .pb-title-wrap, .pc-pb-title, .pb-title'
const FIRST_TITLES = ['.pb-title', '.pc-pb-title', '.core_title_txt']
const FIRST_TEXTS = ['.pb-content-wrap', '[class*="image-text__content"]', '.pb-rich-text']

/** Floors as written by the server, and what is said below a floor in either form. */
const FLOOR = '.l_post, .j_l_post'
const FLOOR_TEXT = '.d_post_content, .j_d_post_content, [id^="post_content_"]'
const REPLY = '.pb-lzl-item, .lzl_single_post'
const COMMENT = '.pb-comment-item'
const COMMENT_TEXTS = ['.pb-rich-text', '.lzl_content_main', '.comment-content', '.lzl_cnt']
const LIST = '.pc-pb-reply-list, .pc-pb-comments, .thread-container, .virtual-list-item'
const REPLIES = '.lzl-wrapper, .core_reply_wrapper, .j_lzl_container'

const PROFILE = 'a[href*="/home/main"]'
const NAMES = [
  '.head-name', '.p_author_name', '.d_name a', '.lzl_cnt > .at', '.frs-author-name', '.tb_icon_author a', PROFILE, '.name-info-link',
]
const NOT_AUTHOR = `.j_replyer, .tb_icon_author_rely, .lzl_content_main, ${FLOOR_TEXT}, ${FIRST_TEXTS.join()}, ${ABSTRACTS.join()}`
const NOT_TEXT =
  '.image-card-wrapper, .pc-pb-comments-desc, .comment-desc-left, .head-line, .desc-info, .show-more-lzl, .title-prefix, .thread-tag, ' +
  '.thread-action-area, .action-bar-container, .pb-title-wrap, .pc-pb-title, .replace_tip, .lzl_content_reply, ' +
  `${REPLIES}, ${REPLY}, ${ABSTRACTS.join()}`
const TIMES = [
  '.post-num', '.rel-thread-time', '.is_show_create_time', '.threadlist_reply_date', '.lzl_time', '.tail-info',
  '.comment-desc-left > *', '.comment-desc-left', '.desc-info',
]
const TIME = /刚刚|前$|昨天|今天|\d[-:月]\d/
const GONE = /^(?:该|此)?(?:楼层?|回复|帖子|贴子|内容)(?:已被|已经?|不存在|疑似违规)[^\n]{0,12}$/

/** How each sort of unit is found: by words that stand in it, and the frame around them. */
const SORTS = [
  { words: COMMENT_TEXTS.join(), frame: commentFrame, read: readComment, text: commentText },
  { words: FLOOR_TEXT, frame: (words: Element) => words.closest(FLOOR) ?? around(words), read: readFloor, text: floorText },
  { words: FIRST, frame: firstFrame, read: readFirst, text: firstText },
  { words: `${TITLES.join()}, ${THREAD_LINK}`, frame: cardFrame, read: readCard, text: titleOf },
] as const

export const tieba: Adapter = {
  id: 'tieba',
  names: { zh: '百度贴吧', en: 'Baidu Tieba' },
  matches: ['https://tieba.baidu.com/*'],
  posts(root) {
    const units = new Set<Element>()
    for (const words of all(root, SORTS.map((sort) => sort.words).join()))
      for (const sort of SORTS) {
        const unit = words.matches(sort.words) ? sort.frame(words) : null
        if (unit) units.add(unit)
      }
    return units
  },
  read: (element, page) => (hidden(element) ? null : (sortOf(element)?.read(element, page) ?? null)),
  slot(element) {
    // A pinned thread is one link from edge to edge.
    if (element.localName === 'a') return { after: element }
    return beside(element, authorIn(element), sortOf(element)?.text(element) ?? null)
  },
  expects: ({ pathname }) => /^\/(?:$|index|f$|f\/|p\/|home\/main)/.test(pathname),
}

const sortOf = (unit: Element) => SORTS.find(({ words, frame }) => all(unit, words).some((found) => frame(found) === unit))

function cardFrame(title: Element): Element | null {
  if (title.closest(`${COMMENT}, ${REPLY}, ${FLOOR}, ${FIRST_TEXTS.join()}, ${FIRST_TITLES.join()}`)) return null
  let card = title.closest(CARD)
  for (let outer = card; outer; outer = outer.parentElement?.closest(CARD) ?? null) card = outer
  if (card) return card
  // Links lead to threads from a menu, a notice or a picture too.
  if (!title.matches(TITLES.join()) || (title.matches('a.title') && !title.matches(THREAD_LINK))) return null
  return title.closest('li') ?? around(title)
}

function commentFrame(words: Element): Element | null {
  if (words.closest(CARD)) return null
  const reply = words.closest(REPLY) ?? (words.closest(REPLIES) ? around(words) : null)
  return reply ?? words.closest(COMMENT) ?? (words.closest(LIST) ? around(words) : null)
}

function firstFrame(part: Element): Element | null {
  if (part.closest(`${COMMENT}, ${REPLY}, ${CARD}`)) return null
  const frame = part.closest('.image-text')
  if (frame) return frame
  // A title may stand apart from its text, and once more in a bar that stays on screen.
  if (!part.matches('.pb-content-wrap') && part.ownerDocument.querySelector('.pb-content-wrap, .image-text')) return null
  return around(part)
}

/** No frame that we know: the smallest box that names somebody besides the words. */
function around(words: Element): Element | null {
  let at = words.parentElement
  for (let depth = 0; at && depth < 6; depth++, at = at.parentElement)
    if (authorIn(at, words)) return at
  return words.parentElement
}

/** What of a unit is its own, not said below it. */
const ownOf = (unit: Element) => (part: Element) => {
  const below = part.closest(`${LIST}, ${COMMENT}, ${REPLIES}, ${REPLY}`)
  return !below || below.contains(unit) || !unit.contains(below)
}

const authorIn = (unit: Element, words: Element | null = null) =>
  pickName(unit, NAMES, (name) => ownOf(unit)(name) && !name.closest(NOT_AUTHOR) && !words?.contains(name))

function titleOf(card: Element): Element | null {
  return card.matches('a') ? card : pick(card, [...TITLES, THREAD_LINK], hasText)
}

function firstText(unit: Element): Element | null {
  return pick(unit, FIRST_TEXTS, ownOf(unit))
}

function floorText(floor: Element): Element | null {
  return pick(floor, [FLOOR_TEXT])
}

function commentText(unit: Element): Element | null {
  return pick(unit, COMMENT_TEXTS, ownOf(unit))
}

function timeIn(unit: Element): string {
  const own = ownOf(unit)
  return textOf(pick(unit, TIMES, (time) => own(time) && TIME.test(textOf(time))))
}

const picturesIn = (unit: Element): number =>
  [...unit.querySelectorAll('.image-card-wrapper img, .image-list-item img, .BDE_Image, .threadlist_pic')].filter(ownOf(unit)).length

function readCard(card: Element, page: URL): Post | null {
  const field = jsonAttribute(card, 'data-field')
  const tid = threadIn(card, page) || text(field['id']) || firstAttribute(card, ['data-tid', 'data-thread-id'])
  const title = titleOf(card)
  const abstract = pick(card, ABSTRACTS)
  const written = textOf(title, { skip: besides(title) })
  return toPost('tieba', {
    kind: 'post',
    id: tid,
    author: person(authorIn(card), text(field['author_nickname']) || text(field['author_name'])),
    title: written || attribute(title, 'title'),
    body: textOf(abstract, { skip: besides(abstract), lines: true }),
    permalink: linkTo(tid),
    publishedText: timeIn(card),
    imageCount: picturesIn(card),
  })
}

/** Titles and abstracts keep their words in `.text`, with signs of the page (精, 置顶) beside them. */
function besides(box: Element | null): (element: Element) => boolean {
  const worded = box?.querySelector('.text') != null
  return (element) =>
    element.matches(NOT_TEXT) || (worded && !element.matches('img, a') && !element.closest('.text') && !element.querySelector('.text'))
}

function readFirst(unit: Element, page: URL): Post | null {
  const tid = threadAt(page)
  const title = pick(unit, FIRST_TITLES, ownOf(unit)) ?? pick(unit.ownerDocument, FIRST_TITLES)
  return toPost('tieba', {
    kind: 'post',
    id: tid,
    author: person(authorIn(unit)),
    title: textOf(title, { skip: '.title-prefix' }),
    body: textOf(firstText(unit), { skip: NOT_TEXT, lines: true }),
    permalink: linkTo(tid),
    publishedText: timeIn(unit),
    imageCount: picturesIn(unit),
  })
}

function readFloor(floor: Element, page: URL): Post | null {
  const field = jsonAttribute(floor, 'data-field')
  const author = record(field['author'])
  const words = floorText(floor)
  const tid = threadAt(page)
  const body = textOf(words, { skip: NOT_TEXT })
  if (GONE.test(body)) return null
  const first = isFirst(floor, page)
  const title = first ? pick(floor.ownerDocument, FIRST_TITLES) : null
  return toPost('tieba', {
    kind: first ? 'post' : 'comment',
    id: first && tid ? tid : floorId(floor),
    author: person(authorIn(floor), text(author['user_nickname']) || text(author['user_name']), text(author['user_id'])),
    title: textOf(title) || attribute(title, 'title'),
    body,
    permalink: linkTo(tid),
    publishedText: timeIn(floor),
    parentId: first ? undefined : tid,
    imageCount: picturesIn(floor),
  })
}

const floorId = (floor: Element): string =>
  text(record(jsonAttribute(floor, 'data-field')['content'])['post_id']) ||
  firstAttribute(floor, ['data-pid', 'data-id']) ||
  /\d+$/.exec(floorText(floor)?.id ?? '')?.[0] ||
  ''

/** Floor 1 is the thread itself. Where no number is shown, it is what comes first on the first page. */
function isFirst(floor: Element, page: URL): boolean {
  const told = text(record(jsonAttribute(floor, 'data-field')['content'])['post_no'])
  const tails = [...floor.querySelectorAll('.tail-info')].map((tail) => /^\s*第?(\d+)楼/.exec(tail.textContent ?? '')?.[1])
  const number = told || tails.find(Boolean)
  if (number) return number === '1'
  return Number(page.searchParams.get('pn') ?? 1) <= 1 && floor.ownerDocument.querySelector(FLOOR) === floor
}

function readComment(unit: Element, page: URL): Post | null {
  const field = jsonAttribute(unit, 'data-field')
  const words = commentText(unit)
  const name = authorIn(unit)
  const body = textOf(words, {
    skip: (element) => element === name || element.matches(NOT_TEXT),
    lines: !words?.matches('.lzl_content_main, .lzl_cnt'),
  })
  if (GONE.test(body)) return null
  const tid = threadAt(page)
  return toPost('tieba', {
    kind: 'comment',
    id: commentId(unit),
    author: person(name, text(field['showname']) || text(field['user_name'])),
    body: body.replace(/^[:：]\s*/, ''),
    permalink: linkTo(tid),
    publishedText: timeIn(unit),
    parentId: answered(unit, page) || tid,
    imageCount: picturesIn(unit),
  })
}

/** The id may stand on a frame around the comment, but only where that frame holds no other. */
function commentId(unit: Element): string {
  const own = text(jsonAttribute(unit, 'data-field')['spid']) || firstAttribute(unit, ['data-id', 'data-pid', 'data-spid'])
  if (own || unit.closest(`${REPLY}, ${REPLIES}`)) return own
  const frame = unit.parentElement?.closest('[data-id], [data-key]')
  return frame && frame.querySelectorAll(COMMENT).length <= 1 ? firstAttribute(frame, ['data-id', 'data-key']) : ''
}

/** The comment or floor that a reply stands below. */
function answered(reply: Element, page: URL): string | undefined {
  const box = reply.closest(REPLIES) ?? reply.closest(REPLY)
  const outer = box?.parentElement?.closest(`${COMMENT}, ${FLOOR}`)
  if (outer) return sortOf(outer)?.read(outer, page)?.id ?? (outer.matches(COMMENT) ? commentId(outer) : floorId(outer))
  return box ? (page.searchParams.get('pid') ?? undefined) : undefined
}

function person(name: Element | null, told = '', uid = ''): Author {
  const link = name?.closest(PROFILE) ?? name?.querySelector(PROFILE)
  const query = address(link?.getAttribute('href'), 'https://tieba.baidu.com')?.searchParams
  return { name: nameOf(name) || told, id: uid || query?.get('id')?.replace(/\?.*$/, '') || query?.get('un') || undefined }
}

function threadAt(url: URL): string | undefined {
  if (url.hostname !== 'tieba.baidu.com') return undefined
  const tid = url.pathname === '/p/comment' ? url.searchParams.get('tid') : /^\/p\/(\d+)/.exec(url.pathname)?.[1]
  return tid && /^\d+$/.test(tid) ? tid : undefined
}

function threadIn(card: Element, page: URL): string | undefined {
  for (const { url } of links(card, page)) {
    const tid = threadAt(url)
    if (tid) return tid
  }
  return undefined
}

const linkTo = (tid: string | undefined): string | undefined =>
  tid && /^\d+$/.test(tid) ? `https://tieba.baidu.com/p/${tid}` : undefined

const record = (value: unknown): Record<string, unknown> =>
  typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {}
const text = (value: unknown): string => (typeof value === 'string' || typeof value === 'number' ? String(value) : '')
