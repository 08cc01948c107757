/** douyin.com: slides of the feed, the page of a video or note, cards of search, discover and profiles; comments. */

import { type Author, type Post, TEXT_LIMIT } from '../types.ts'
import type { Adapter } from './adapter.ts'
import {
  address, all, around, attribute, before, beside, concealed, firstAttribute, hasText, hidden, links, nameOf, pick, pickName,
  textOf, toPost,
} from './read.ts'

/** Frames of a work that plays here, the one to trust first. */
const FRAMES = [
  '[data-e2e="detail-video-info"]',
  '[data-e2e="feed-active-video"], [data-e2e="feed-video"], [data-e2e="feed-live"]',
  '[data-e2e="feed-item"], [data-e2e-vid]',
  '[data-e2e="video-info"]',
  '[class*="video-info-detail"]',
]
const FRAME = FRAMES.join()
const CAPTIONS = [
  '[data-e2e="video-desc"]',
  '[data-e2e="feed-video-desc"]',
  '[data-e2e="detail-video-info"] h1',
  '[data-e2e="detail-video-info"] h2',
  '[data-e2e="video-title"], [data-e2e="feed-video-title"]',
  '[class*="video-info-detail"] .title',
  'h1',
]
const CAPTION = CAPTIONS.slice(0, -1).join()
const LISTED = '[data-e2e="user-post-list"] li, [data-e2e="user-like-list"] li, [data-e2e="scroll-list"] > li'
const CARD = `.discover-video-card-item, .search-result-card, [data-e2e="search-result-card"], [id^="waterfall_item_"], ${LISTED}, [data-aweme-id]`
const WORK = ':is(a, div)[href*="/video/"], :is(a, div)[href*="/note/"], a[href*="modal_id="]'
/** What stands among the results and is no work: an answer of a machine, people, other searches. */
const NO_WORK = /^(?:相关搜索|大家都在搜|猜你想搜|相关用户|热门搜索)/
const PEOPLE = /(?:抖音号|粉丝|获赞)[:：]?\s*[\d.]/

const ROW = '[data-e2e="comment-item"]'
const INFO = '[class*="comment-item-info-wrap"]'
const STATS = '[class*="comment-item-stats"]'
const FACE = '[class*="comment-item-avatar"]'
const REPLIES = '[class*="eplyContainer"], [class*="reply-container"], [data-e2e="comment-reply"]'
const LISTS = '[data-e2e="comment-list"], [class*="comment-mainContent"]'
const COMMENT = `${ROW}, ${INFO}, ${STATS}`

const PERSON = 'a[href*="/user/"]'
const NAMES = [
  '[data-e2e="feed-video-nickname"]', '[class*="account-name"]', '[data-click-from="title"]', '.author-card-user-name',
  'a[data-e2e="video-avatar"]', PERSON,
]
const CARD_NAMES = ['[data-feed-ad-click-refer="name"]', '[data-e2e="feed-video-nickname"]', '.author-card-user-name', '[class*="author-name"]']
const COMMENT_NAMES = ['[data-click-from="title"]', '[data-e2e="comment-username"]', `:is(${INFO}) ${PERSON}`, PERSON, INFO, FACE]

const DAY = '刚刚|(?:昨天|今天|前天)(?:\\s*\\d{1,2}:\\d{2})?|\\d+\\s*(?:秒|分钟|小时|天|周|个?月|年)前|(?:\\d{4}[-年.]\\d{1,2}[-月.]|\\d{1,2}[-月])\\d{1,2}日?(?:\\s*\\d{1,2}:\\d{2})?'
/** A time, with the place that comments show behind it. */
const WHEN = new RegExp(`^[·•]?\\s*(?:发布时间[：:]\\s*)?(?:${DAY})(?:\\s*[·•]\\s*\\S{1,10})?$`)
const BYLINE = new RegExp(`^[@＠]\\s*(.{1,40}?)(?:\\s*[·•]?\\s*(${DAY}))?$`)
const COUNTER = /^(?:[♡❤]?\s*[\d.,]+\s*[万亿wk]?\+?|\d{1,2}(?::\d{2}){1,2})$/i
/** What a card shows besides caption and name. */
const LABEL = /^(?:@|[·•]|图文|合集|短剧|直播中|共创|置顶|热门|广告|推荐|看过|播放中|关注|已关注|展开|收起)$/
/** What stands behind a name. */
const TAG = /^(?:作者|朋友|好友|互相关注|已关注|关注|我|首评|置顶)$/
/** What a comment shows besides its words. */
const REMARK = /^(?:\.{3}|…|[▸▶►›→]|作者赞过|作者回复过|首评|置顶|(?:展开|查看|收起)\s*(?:更多|全部)?\s*\d*\s*条?回复)$/
const BUTTON = /^(?:回复|分享|举报|删除)$/

export const douyin: Adapter = {
  id: 'douyin',
  names: { zh: '抖音', en: 'Douyin' },
  matches: ['https://www.douyin.com/*'],
  posts,
  read(element, page) {
    if (hidden(element)) return null
    if (isRow(element)) return readComment(element, page)
    return isCard(element) ? readCard(element, page) : readFrame(element, page)
  },
  slot(element) {
    if (isRow(element)) return beside(element, commentName(element), commentText(element))
    if (isCard(element)) return beside(element, null, cardTitle(element))
    return beside(element, frameName(element), captionOf(element))
  },
  expects: ({ pathname, searchParams }) =>
    searchParams.has('modal_id') || /^\/(?:$|recommend|jingxuan|follow|friend|discover|channel|video|shipin|note|search|user)/.test(pathname),
}

function posts(root: ParentNode): Iterable<Element> {
  const units = new Set<Element>()
  for (const part of all(root, [...CAPTIONS, FRAME, COMMENT, CARD, WORK].join())) {
    const unit = part.matches(COMMENT)
      ? rowOf(part)
      : part.matches(CARD)
        ? isCard(part) && part
        : part.matches(WORK)
          ? linkCard(part)
          : frameOf(part)
    if (unit) units.add(unit)
  }
  return units
}

// A work that plays here.

function frameOf(part: Element): Element | null {
  const card = part.closest(CARD)
  if (part.closest(`${ROW}, ${INFO}, [data-e2e="user-info"]`) || (card && isKnownCard(card))) return null
  const frame = FRAMES.map((selector) => part.closest(selector)).find(Boolean)
  if (frame) return frame
  const until = (box: Element) => box.querySelector(`${COMMENT}, ${CARD}, header, nav, input`) !== null
  return around(part, (box) => pickName(box, NAMES, (name) => !part.contains(name)) !== null, until) ?? part
}

const ofFrame = (frame: Element) => (part: Element): boolean =>
  !part.closest(`${CAPTION}, ${ROW}, ${INFO}`) && (part.closest(CARD)?.contains(frame) ?? true)
const frameName = (frame: Element) =>
  pickName(frame, NAMES, (name) => ofFrame(frame)(name) && !name.closest('h1')) ?? bylineIn(infoOf(frame) ?? frame, ofFrame(frame))
const infoOf = (frame: Element) => pick(frame, ['[data-e2e="video-info"]', '[class*="video-info-detail"]'])
const isFold = (part: Element): boolean => /^\s*(?:展开|收起)\s*$/.test(part.textContent ?? '')

/** The words of a frame; without a hook of their own they are the longest ones of its information, or next to the name. */
function captionOf(frame: Element): Element | null {
  const known = pick(frame, CAPTIONS, (part) => hasText(part) && frameOf(part) === frame)
  if (known || frame.matches(CAPTIONS.join())) return known ?? frame
  if (!frame.matches(FRAME)) return null
  const name = frameName(frame)
  const box =
    infoOf(frame) ??
    (frame.matches('[data-e2e="detail-video-info"], [data-e2e="video-info"]') ? frame : null) ??
    (name && around(name, (near) => longest(near, name) !== null, (near) => near === frame.parentElement || near.querySelector(COMMENT) !== null))
  return box && longest(box, name)
}

function readFrame(frame: Element, page: URL): Post | null {
  const caption = captionOf(frame)
  if (!caption || frameOf(caption) !== frame) return null
  // Without a frame that we know, a heading is a work's only on the work's own page.
  if (!frame.matches(FRAME) && caption.matches('h1') && !workAt(page)) return null
  const name = frameName(frame) ?? (frame.matches(`:not(${FRAME}), ${FRAMES[0]}`) ? pageAuthor(frame.ownerDocument) : null)
  return toPost('douyin', {
    kind: 'post',
    ...workOf(frame, page),
    author: authorOf(name, pick(frame, [PERSON], ofFrame(frame))),
    body: textOf(caption, { skip: isFold }),
    publishedText: timeIn(frame, ['[data-e2e="detail-video-publish-time"]', '[class*="create-time"]', '[class*="publish-time"]']),
  })
}

/** Slides before and after the one on screen are of other works than the page's address. */
const isNeighbour = (frame: Element): boolean => frame.closest('[data-e2e="feed-video"], [data-e2e="feed-live"]') !== null
/** The page of a work, like a profile, says in a box of its own whose it is. */
const pageAuthor = (document: Document) => {
  const box = document.querySelector('[data-e2e="user-info"]')
  return box && pickName(box, ['[data-click-from="title"]', 'h1', PERSON])
}
const timeIn = (box: Element, times: readonly string[]): string => textOf(pick(box, times)).replace(/^(?:[·•]|发布时间[：:])\s*/, '')

interface Work {
  id: string
  permalink: string
}

const MARKS = ['data-e2e-vid', 'data-e2e-aweme-id', 'data-aweme-id']
const MARKED = MARKS.map((mark) => `[${mark}]`).join()

function workOf(frame: Element, page: URL): Work | null {
  const at = workAt(page)
  const linked = [...links(frame, page, ofFrame(frame))].map(({ url }) => workAt(url)).find((work) => work !== null)
  const marked = [frame, ...frame.querySelectorAll(MARKED), frame.closest(MARKED)].map((part) => firstAttribute(part, MARKS))
  const id = [...marked, /(?:^|\s)video_(\d+)/.exec(attribute(frame, 'class'))?.[1] ?? ''].find((mark) => /^\d{6,}$/.test(mark))
  const named = [at, linked].find((work) => work && work.id === id)
  return named ?? (id ? { id, permalink: `https://www.douyin.com/video/${id}` } : (linked ?? (isNeighbour(frame) ? null : at)))
}

/** Which work an address opens. */
function workAt(url: URL): Work | null {
  if (!/^(?:www\.)?douyin\.com$/.test(url.hostname)) return null
  const [path, own] = /^\/(?:video|note|shipin)\/(\d{6,})/.exec(url.pathname) ?? []
  const modal = /^\d{6,}$/.exec(url.searchParams.get('modal_id') ?? '')?.[0]
  if (modal) return { id: modal, permalink: `https://www.douyin.com/video/${modal}` }
  return path && own ? { id: own, permalink: `https://www.douyin.com${path}` } : null
}

// Cards: a caption and mostly a name.

const isCard = (element: Element): boolean =>
  element.matches(CARD) ? isKnownCard(element) : [...all(element, WORK)].some((link) => linkCard(link) === element)

const isKnownCard = (card: Element): boolean =>
  !card.parentElement?.closest(CARD) &&
  !card.querySelector(`${FRAME}, [data-card-name*="search_ai"]`) &&
  !card.closest(`${ROW}, [data-card-name*="search_ai"]`) &&
  (!card.closest(FRAME) || !card.matches('[data-aweme-id]'))

/** A link to a work that stands in no frame that we know: the list item around it, else the box with its other links and a name. */
function linkCard(link: Element): Element | null {
  const id = workIn(link)?.id
  if (!id || link.closest(`${FRAME}, ${CAPTION}, ${CARD}, ${COMMENT}, nav, header, h1, [data-e2e="douyin-navigation"]`)) return null
  const named = (box: Element) => bylineIn(box) !== null || box.querySelector(PERSON) !== null
  let card = link
  let at = link.parentElement
  for (let depth = 0, most = 1; at && depth < 6 && !at.matches('body, main, ul, ol'); depth++, at = at.parentElement) {
    const same = [...at.querySelectorAll(WORK)]
    if (at.querySelector(`${FRAME}, ${CAPTION}, ${COMMENT}, ${CARD}`) || same.some((other) => workIn(other)?.id !== id)) break
    if (at.matches('li, article')) return at
    if (same.length > most || (!named(card) && named(at))) [card, most] = [at, same.length]
  }
  return card
}

function workIn(part: Element): Work | null {
  const url = address(part.getAttribute('href'), 'https://www.douyin.com')
  return url && workAt(url)
}

function readCard(card: Element, page: URL): Post | null {
  const title = cardTitle(card)
  const shown = textOf(card)
  const label = attribute(pick(card, ['img[alt]'], (image) => !attribute(image, 'alt').endsWith('头像')), 'alt')
  const byline = bylineIn(card)
  const name = pickName(card, CARD_NAMES) ?? byline ?? pick(card, [PERSON], (link) => link !== card && !title?.contains(link))
  const linked = all(card, WORK).map(workIn).find((work) => work !== null)
  const id = linked?.id ?? firstAttribute(card, MARKS) ?? ''
  const marked = /^\d{6,}$/.exec(id || attribute(card, 'id').replace('waterfall_item_', ''))?.[0]
  if (NO_WORK.test(shown) || (!linked && !byline && PEOPLE.test(shown))) return null
  // Where the work itself plays, its card is a copy with less in it.
  if (marked && marked === workAt(page)?.id && card.ownerDocument.querySelector(`${FRAME}, h1`)) return null
  return toPost('douyin', {
    kind: 'post',
    id: marked,
    author: authorOf(name ?? profileName(card)),
    title: textOf(title, { skip: isFold }) || label,
    body: '',
    permalink: linked?.permalink ?? (marked ? `https://www.douyin.com/video/${marked}` : ''),
    publishedText: BYLINE.exec(textOf(byline))?.[2] ?? timeIn(card, ['[class*="create-time"]', '[class*="publish-time"]']),
  })
}

const cardTitle = (card: Element): Element | null =>
  pick(card, ['[data-feed-ad-click-refer="title"]', CAPTION], hasText) ??
  longest(card, pickName(card, CARD_NAMES) ?? bylineIn(card))

/** On a profile only the head of the page says whose the works are, and only of those that the person posted. */
const profileName = (card: Element) => (card.closest('[data-e2e="user-post-list"]') ? pageAuthor(card.ownerDocument) : null)

/** The last line of the form "@name · time"; in a caption the same form only mentions somebody. */
function bylineIn(box: Element, fits: (part: Element) => boolean = () => true): Element | null {
  if (box.closest(LISTED) && box.closest('[data-e2e^="user-"]')) return null
  const lines = new Map<Element, boolean>()
  const isLine = (block: Element) => lines.get(block) ?? (lines.set(block, BYLINE.test(textOf(block))), lines.get(block)!)
  return calling(box).findLast((part) => BYLINE.test(textOf(part)) && isLine(blockOf(part)) && fits(part)) ?? null
}

/** The parts, of the first {@link FEW}, whose first letters or those right behind them call somebody: one walk over the box. */
function calling(box: Element): Element[] {
  const words = box.textContent ?? ''
  const parts: Element[] = []
  if (!CALL.test(words)) return parts
  const walker = box.ownerDocument.createTreeWalker(box, NodeFilter.SHOW_ELEMENT | NodeFilter.SHOW_TEXT)
  for (let seen = 0, at = 0; seen < FEW && walker.nextNode(); ) {
    const node = walker.currentNode
    if (node.nodeType === 3) at += (node as Text).data.length
    else if (++seen && CALL.test(words.slice(at, at + 20))) parts.push(node as Element)
  }
  return parts
}

const CALL = /[@＠]/
const BLOCK = 'div, p, li, ul, section, article, h1, h2, h3, h4'
const blockOf = (part: Element): Element => part.closest(BLOCK) ?? part
/** More parts than any card has; a page that nests on purpose is read in part. */
const FEW = 300
function few(box: Element): Element[] {
  const parts: Element[] = []
  const walker = box.ownerDocument.createTreeWalker(box, NodeFilter.SHOW_ELEMENT)
  while (parts.length < FEW && walker.nextNode()) parts.push(walker.currentNode as Element)
  return parts
}
const isNoise = (text: string): boolean => text === '' || COUNTER.test(text) || LABEL.test(text) || WHEN.test(text)
const isNoisy = (part: Element): boolean => part.childElementCount === 0 && !isFold(part) && hasText(part) && isNoise(textOf(part))

/** The longest words in one piece that are neither the name nor a counter, a time or a label. */
function longest(box: Element, name: Element | null): Element | null {
  const parts = [box, ...few(box)]
  // What holds a part that is not of the words is not of one piece.
  const mixed = new Set<Element>()
  for (const part of parts)
    if (part === name || (part !== box && part.matches(BLOCK) && hasText(part)) || isNoisy(part))
      for (let at = part.parentElement; at && at !== box.parentElement && !mixed.has(at); at = at.parentElement) mixed.add(at)
  let best: Element | null = null
  let most = 0
  const counted = new Set<Element>()
  for (const part of parts) {
    if (mixed.has(part) || concealed(part) || name?.contains(part) || part.closest('button, svg')) continue
    // Nothing within a piece is longer than the piece.
    if (part.parentElement && counted.has(part.parentElement)) {
      counted.add(part)
      continue
    }
    const text = textOf(part)
    if (isNoise(text)) continue
    counted.add(part)
    if (text.length > most) [best, most] = [part, text.length]
  }
  return best
}

function authorOf(name: Element | null, other: Element | null = null): Author {
  const link = name?.closest(PERSON) ?? name?.querySelector(PERSON) ?? (name ? other : null)
  const id = /\/user\/([^/?#]+)/.exec(attribute(link, 'href'))?.[1]
  const written = BYLINE.exec(textOf(name))?.[1] || nameOf(name, isTag) || nameOf(name)
  // A picture's label says what it shows.
  return { name: name && !hasText(name) ? written.replace(/(?<=.)头像$/, '') : written, id: id === 'self' ? undefined : id }
}

const isTag = (part: Element): boolean =>
  part.matches('.semi-tag, [class*="-tag"]') || (part.previousSibling !== null && TAG.test(part.textContent?.trim() ?? ''))

// Comments.

/** The row that one of its parts belongs to, also where rows carry no hook. */
function rowOf(part: Element): Element | null {
  const row = part.closest(ROW)
  if (row) return row
  const level = part.closest(REPLIES)
  const several = (box: Element, parts: string) => [...box.querySelectorAll(parts)].filter((one) => one.closest(REPLIES) === level).length > 1
  const until = (box: Element) => box.matches(`${LISTS}, ${REPLIES}`) || several(box, INFO) || several(box, STATS)
  const named = (box: Element) => box.querySelector(`${INFO}, ${PERSON}`) !== null
  return (
    around(part, (box) => named(box) && box.querySelector(STATS) !== null, until) ??
    around(part, (box) => named(box) && box.querySelector(FACE) !== null, until) ??
    (part.matches(INFO) ? part.parentElement : null)
  )
}

const isRow = (element: Element): boolean =>
  element.matches(ROW) || [...element.querySelectorAll(`${INFO}, ${STATS}`)].slice(0, 3).some((part) => rowOf(part) === element)

/** A row may hold the replies to it. */
const ownOf = (row: Element) => (part: Element): boolean => {
  const nearest = part.closest(ROW)
  const replies = part.closest(REPLIES)
  return (!nearest || nearest.contains(row)) && (!replies || replies.contains(row))
}

const WORDS = '[data-e2e="comment-item-content"], [class*="comment-item-content"]'

const commentName = (row: Element) => pickName(row, COMMENT_NAMES, (name) => ownOf(row)(name) && !name.closest(WORDS))

/** The words stand in a box without a name of its own, behind the line with the author's. */
function commentText(row: Element): Element | null {
  const known = pick(row, [WORDS], (part) => ownOf(row)(part) && hasText(part))
  if (known) return known
  const skip = notWords(row)
  const info = pick(row, [INFO], ownOf(row))
  const isWords = (part: Element) => !skip(part) && !part.matches(PERSON) && !BUTTON.test(textOf(part)) && (info || !isTag(part))
  for (let at = info ?? commentName(row); at && at !== row; at = at.parentElement)
    for (let next = at.nextElementSibling; next; next = next.nextElementSibling)
      if (isWords(next) && textOf(next, { skip })) return next
  return null
}

const notWords = (row: Element) => (part: Element): boolean => {
  if (part.matches(`${STATS}, ${FACE}, ${INFO}, ${REPLIES}, [data-e2e="video-comment-more"], [class*="reply-expand"]`) || !ownOf(row)(part)) return true
  const text = part.childElementCount === 0 ? (part.textContent?.trim() ?? '') : ''
  return WHEN.test(text) || REMARK.test(text)
}

function readComment(row: Element, page: URL): Post | null {
  if (isCopy(row)) return null
  const post = commentIn(row)
  const work = workAt(page) ?? playing(row, page)
  const parentId = answered(row) ?? work?.id
  return post && { ...post, permalink: work?.permalink ?? '', ...(parentId ? { parentId } : {}) }
}

/** A comment without what stands around it. */
function commentIn(row: Element): Post | null {
  const isOwn = ownOf(row)
  const time = few(row).find((part) => part.childElementCount === 0 && WHEN.test(textOf(part)) && isOwn(part))
  return toPost('douyin', {
    kind: 'comment',
    id: firstAttribute(row, ['data-cid', 'data-comment-id', 'data-id']),
    author: authorOf(commentName(row), pick(row, [`:is(${FACE}) ${PERSON}`], ownOf(row))),
    body: textOf(commentText(row), { skip: notWords(row) }),
    publishedText: textOf(time),
  })
}

function playing(row: Element, page: URL): Work | null {
  const frame = row.closest('[data-e2e-vid]') ?? row.ownerDocument.querySelector('[data-e2e="feed-active-video"]')
  return frame && workOf(frame, page)
}

/** The comment whose replies the row stands among: around them, else before them. */
function answered(row: Element): string | undefined {
  const around = row.parentElement?.closest(ROW)
  if (around) return commentIn(around)?.id
  let at = row.parentElement?.closest(REPLIES) ?? null
  for (let depth = 0; at && depth < 4; depth++, at = at.parentElement)
    for (let before = at.previousElementSibling; before; before = before.previousElementSibling) {
      const part = before.matches(COMMENT) ? before : before.querySelector(COMMENT)
      const asked = part && rowOf(part)
      if (asked) return commentIn(asked)?.id
    }
  return undefined
}

/** The server's own copy of the first comments stays in the page, without any size, before those that are shown. */
function isCopy(row: Element): boolean {
  const flat = attribute(row.closest('[style*="width:0"], [style*="width: 0"]'), 'style')
  if (/(?:^|[;\s])width:\s*0(?:px)?\s*(?:;|$)/.test(flat) && /(?:^|[;\s])height:\s*0(?:px)?\s*(?:;|$)/.test(flat)) return true
  const lists = commentLists(row.ownerDocument)
  if (lists.length === 0) return false
  const word = longestWord(row)
  const holds = (part: { textContent: string | null }) => (part.textContent ?? '').includes(word)
  return lists.some(({ list, words }) => words.includes(word) && !list.contains(row) && before(row, list) && !hidden(list) && standsIn(list))

  function standsIn(list: Element): boolean {
    const shown = textOf(row)
    return [...list.querySelectorAll(ROW)].slice(0, COPIED).filter(holds).slice(0, ALIKE).some((other) => textOf(other) === shown)
  }
}

/** More comments than the server copies, more than share their longest word, and more lists than a page has. */
const COPIED = 100
const ALIKE = 20
const LAST = 8

/** The last lists of comments, each with all its letters: gathered once for all rows that are read before the page's own scripts run again. */
let gathered: { document: Document; lists: { list: Element; words: string }[] } | undefined
function commentLists(document: Document): { list: Element; words: string }[] {
  if (gathered?.document !== document) {
    gathered = { document, lists: [...document.querySelectorAll(LISTS)].slice(-LAST).map((list) => ({ list, words: list.textContent ?? '' })) }
    queueMicrotask(() => (gathered = undefined))
  }
  return gathered.lists
}

/** What two rows of the same text have in common letter for letter, however each is laid out. */
function longestWord(row: Element): string {
  let longest = ''
  const walker = row.ownerDocument.createTreeWalker(row, NodeFilter.SHOW_TEXT)
  while (walker.nextNode())
    for (const word of (walker.currentNode as Text).data.slice(0, TEXT_LIMIT).split(/\s+/)) if (word.length > longest.length) longest = word
  return longest
}
