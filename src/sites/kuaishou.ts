/** kuaishou.com: cards of feed, search and profiles; the page of a video; its comments. */

import type { Author, Post } from '../types.ts'
import type { Adapter } from './adapter.ts'
import {
  address, all, around, attribute, before, beside, concealed, firstAttribute, hasText, hidden, nameOf, pick, pickName,
  textOf, toPost,
} from './read.ts'

const CARD = '.video-card, .photo-card, [class*="video-card-item"], [class*="photo-card-item"]'
const WORK = 'a[href*="/short-video/"]'
/** Frames of the video that plays here, the one to trust first. */
const FRAMES = ['.short-video-info', '.short-video-info-container', '[class*="short-video-info"]']
const FRAME = FRAMES.join()
const CAPTIONS = ['[class*="video-info-title"]', '[class*="short-video-info-container-detail"]', '[class*="caption"]']
const CAPTION = CAPTIONS.join()
const PERSON = 'a[href*="/profile/"]'
const NAMES = [
  '[class*="profile-user-name-title"]', '[class*="profile-user-name"]', '[class*="author-name"]', '[class*="user-name"]',
  '[class*="nickname"], [class*="nick-name"]', PERSON, '[class*="author"]',
]
const TIMES = ['[class*="photo-time"]', '[class*="publish-time"]', '[class*="create-time"]']
const COUNTERS = '[class*="video-info-content"], [class*="interactive"], [class*="item-count"], [class*="info-count"]'

/** A row's own class; its parts begin with the same stem. */
const ROW = '.comment-item, .comment-list-item'
const WORDS = '[class*="comment-item-content"]'
const WRITER = '[class*="comment-item-author"]'
const REPLIES = '[class*="sub-comment"], [class*="comment-sub"], [class*="reply-list"], [class*="comment-reply"]'
const COMMENT = `${ROW}, ${WORDS}`

const DAY = '刚刚|(?:昨天|今天|前天)(?:\\s*\\d{1,2}:\\d{2})?|\\d+\\s*(?:秒|分钟|小时|天|周|个?月|年)前|(?:\\d{4}[-年.]\\d{1,2}[-月.]|\\d{1,2}[-月])\\d{1,2}日?'
const WHEN = new RegExp(`^(?:${DAY})$`)
const NOISE = /^(?:[♡❤]?\s*[\d.,]+\s*[万亿wk]?\+?|\d{1,2}(?::\d{2}){1,2}|@|[·•]|展开|收起|作者|置顶|首评|关注|已关注|直播中|广告|图集|长图|(?:[\d.,万]+\s*)?(?:播放|赞|点赞|评论|分享|回复)|(?:展开|查看|收起)\s*(?:更多|全部)?\s*\d*\s*条?回复)$/i

export const kuaishou: Adapter = {
  id: 'kuaishou',
  names: { zh: '快手', en: 'Kuaishou' },
  matches: ['https://www.kuaishou.com/*'],
  posts,
  read(element, page) {
    if (hidden(element)) return null
    if (isRow(element)) return readComment(element, page)
    return isCard(element) ? readCard(element, page) : readVideo(element, page)
  },
  slot(element) {
    if (isRow(element)) return beside(element, commentName(element), commentText(element))
    const title = isCard(element) ? cardTitle(element) : captionOf(element)
    return beside(element, nameIn(element, title), title)
  },
  expects: ({ pathname }) => /^\/(?:$|new-reco|brilliant|short-video|photo|search|profile|f\/|channel|samecity)/.test(pathname),
}

function posts(root: ParentNode): Iterable<Element> {
  const units = new Set<Element>()
  for (const part of all(root, [CARD, WORK, FRAME, CAPTION, COMMENT].join())) {
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

interface Work {
  id: string
  permalink: string
}

/** Which video an address opens. */
function workAt(url: URL | null): Work | null {
  const id = url && /^(?:www\.)?kuaishou\.com$/.test(url.hostname) ? /^\/(?:short-video|photo)\/([\w-]{6,})/.exec(url.pathname)?.[1] : undefined
  return id ? { id, permalink: `https://www.kuaishou.com/short-video/${id}` } : null
}

const workIn = (box: Element, page: URL | string): Work | null =>
  all(box, WORK).map((link) => workAt(address(link.getAttribute('href'), page))).find((work) => work !== null) ?? null

const ofUnit = (unit: Element) => (part: Element): boolean =>
  !part.closest(COMMENT) && (part.closest(CARD)?.contains(unit) ?? true)
const nameIn = (unit: Element | null, words: Element | null) =>
  unit && pickName(unit, NAMES, (name) => ofUnit(unit)(name) && !words?.contains(name) && !name.contains(words))

// The video that plays here.

function frameOf(part: Element): Element | null {
  if (part.closest(`${CARD}, ${COMMENT}`)) return null
  let frame = FRAMES.map((selector) => part.closest(selector)).find(Boolean) ?? null
  // The name and the words stand in boxes of one stem within one box.
  for (let outer = frame, depth = 0; outer && depth < 5 && !nameIn(frame, null); depth++, outer = outer.parentElement?.closest(FRAME) ?? null) frame = outer
  if (frame && (nameIn(frame, null) || frame.matches('.short-video-info'))) return frame
  if (!frame && inLinkCard(part)) return null
  const until = (box: Element) => box.querySelector(`${COMMENT}, ${CARD}, header, nav, input`) !== null
  return around(frame ?? part, (box) => pickName(box, NAMES, (name) => !part.contains(name)) !== null, until) ?? frame ?? part
}

function captionOf(frame: Element): Element | null {
  const own = (part: Element) => hasText(part) && frameOf(part) === frame
  return pick(frame, CAPTIONS, own) ?? (frame.matches(CAPTION) ? frame : frame.matches(FRAME) ? longest(frame, nameIn(frame, null)) : null)
}

function readVideo(frame: Element, page: URL): Post | null {
  const caption = all(frame, `${CAPTION}, ${FRAME}`).some((part) => frameOf(part) === frame) ? captionOf(frame) : null
  const name = nameIn(frame, caption)
  const whole = caption?.matches(CAPTIONS[1] ?? '') ?? false
  // Without a frame and a name, words are a video's only on the video's own page.
  if (!caption || (!name && !frame.matches(FRAME) && !workAt(page))) return null
  return toPost('kuaishou', {
    kind: 'post',
    ...(workAt(page) ?? workIn(frame, page)),
    author: authorOf(name, pick(frame, [PERSON], (link) => ofUnit(frame)(link) && !caption.contains(link))),
    body: textOf(caption, { skip: (part) => part === name || part.matches(`${TIMES.join()}, ${COUNTERS}`) || isFold(part) || (whole && isLeafNoise(part)) }),
    publishedText: textOf(pick(frame, TIMES, ofUnit(frame))).replace(/^[·•]\s*/, ''),
  })
}

const isFold = (part: Element): boolean => /^\s*(?:展开|收起)\s*$/.test(part.textContent ?? '')

// Cards: a caption and mostly a name.

const isCard = (element: Element): boolean =>
  element.matches(CARD)
    ? !element.parentElement?.closest(CARD) && !element.closest(COMMENT)
    : !element.matches(COMMENT) && all(element, WORK).slice(0, 5).some((link) => linkCard(link) === element)

/** A link to a video in no frame that we know: the list item around it, else the box with its other links and a name. */
function linkCard(link: Element): Element | null {
  const idOf = (other: Element) => workIn(other, 'https://www.kuaishou.com')?.id
  const id = idOf(link)
  if (!id || link.closest(`${CARD}, ${FRAME}, ${CAPTION}, ${COMMENT}, nav, header`)) return null
  let card = link
  let at = link.parentElement
  for (let depth = 0, most = 1; at && depth < 6 && !at.matches('body, main, ul, ol'); depth++, at = at.parentElement) {
    const same = [...at.querySelectorAll(WORK)]
    if (at.querySelector(`${CARD}, ${FRAME}, ${COMMENT}`) || same.some((other) => idOf(other) !== id)) break
    if (at.matches('li, article')) return at
    if (same.length > most || (!nameIn(card, null) && nameIn(at, card))) [card, most] = [at, same.length]
  }
  return card
}

function inLinkCard(part: Element): boolean {
  const link = around(part, (box) => box.querySelector(WORK) !== null, () => false)?.querySelector(WORK)
  return link ? (linkCard(link)?.contains(part) ?? false) : false
}

const cardTitle = (card: Element): Element | null => pick(card, CAPTIONS, hasText) ?? longest(card, nameIn(card, null))

/** Cards of somebody's own page name nobody: its head does. */
const ownerOf = (card: Element, page: URL): Element | null =>
  page.pathname.startsWith('/profile/')
    ? pickName(card.ownerDocument, NAMES.slice(0, 5), (name) => !name.closest(`${CARD}, ${COMMENT}, header, nav`) && before(name, card))
    : null

function readCard(card: Element, page: URL): Post | null {
  const title = cardTitle(card)
  const name = nameIn(card, title) ?? ownerOf(card, page)
  const work = workIn(card, page)
  // Where the video itself plays, its card is a copy with less in it.
  if (work && work.id === workAt(page)?.id && card.ownerDocument.querySelector(FRAME)) return null
  return toPost('kuaishou', {
    kind: 'post',
    id: work?.id ?? firstAttribute(card, ['data-photo-id', 'data-id']),
    author: authorOf(name, pick(card, [PERSON], (link) => !title?.contains(link))),
    title: textOf(title, { skip: isFold }) || attribute(pick(card, ['img[alt]'], (image) => !/头像|avatar/i.test(attribute(image, 'alt'))), 'alt'),
    body: '',
    permalink: work?.permalink,
    publishedText: textOf(pick(card, TIMES)).replace(/^[·•]\s*/, ''),
  })
}

const BLOCK = 'div, p, li, ul, section, article, h1, h2, h3, h4'
const isLeafNoise = (part: Element): boolean => part.childElementCount === 0 && hasText(part) && isNoise(textOf(part))
const isNoise = (text: string): boolean => text === '' || NOISE.test(text) || WHEN.test(text)

/** The longest words in one piece that are neither the name nor a counter, a time or a label. */
function longest(box: Element, name: Element | null, own = ofUnit(box)): Element | null {
  // More parts than any card has; a page that nests on purpose is read in part.
  const parts = [box, ...[...box.querySelectorAll('*')].slice(0, 300)].filter((part) => own(part) && hasText(part))
  const apart = parts.filter((part) => part === name || part.matches(BLOCK) || isLeafNoise(part))
  let best: Element | null = null
  let most = 0
  for (const part of parts) {
    if (concealed(part) || part.closest('button, svg') || name?.contains(part) || apart.some((other) => other !== part && part.contains(other))) continue
    const text = textOf(part)
    if (text.length > most && !isNoise(text)) [best, most] = [part, text.length]
  }
  return best
}

function authorOf(name: Element | null, other: Element | null): Author {
  const link = name?.closest(PERSON) ?? name?.querySelector(PERSON) ?? (name ? other : null)
  const id = /\/profile\/([^/?#]+)/.exec(attribute(link, 'href'))?.[1]
  const written = nameOf(name, isTag) || nameOf(name)
  // A picture's label says what it shows.
  return { name: name && !hasText(name) ? written.replace(/(?<=.)头像$/, '') : written, id }
}

/** 作者 and the time behind a name. */
const isTag = (part: Element): boolean =>
  part.matches(`[class*="-tag"], [class*="comment-item-time"], ${TIMES.join()}`) || (part.previousSibling !== null && isNoise(part.textContent?.trim() ?? ''))

// Comments.

/** The row that one of its parts belongs to, also where rows have another class. */
function rowOf(part: Element): Element | null {
  const row = part.closest(ROW)
  if (row) return row
  const until = (box: Element) => box.querySelectorAll(WORDS).length > 1
  return around(part, (box) => pickName(box, [WRITER, ...NAMES], (name) => !part.contains(name)) !== null, until) ?? part.parentElement
}

const isRow = (element: Element): boolean =>
  element.matches(ROW) || [...element.querySelectorAll(WORDS)].slice(0, 2).some((words) => rowOf(words) === element)

/** A row may hold the replies to it. */
const ownOf = (row: Element) => (part: Element): boolean => {
  const nearest = part.closest(ROW)
  const replies = part.closest(REPLIES)
  return (!nearest || nearest.contains(row)) && (!replies || replies.contains(row))
}

const commentText = (row: Element) =>
  pick(row, [WORDS, '[class*="content"]'], (part) => ownOf(row)(part) && hasText(part) && !part.querySelector(`${WRITER}, [class*="author-name"]`)) ??
  longest(row, commentName(row), ownOf(row))
const commentName = (row: Element) =>
  pickName(row, [`:is(${WRITER}) [class*="author-name"]`, '[class*="author-name"]', WRITER, PERSON], (name) => ownOf(row)(name) && !name.closest(WORDS))

function readComment(row: Element, page: URL): Post | null {
  const post = commentIn(row)
  const work = workAt(page)
  const parentId = answered(row) ?? work?.id
  return post && { ...post, permalink: work?.permalink ?? '', ...(parentId ? { parentId } : {}) }
}

/** A comment without what stands around it. */
const commentIn = (row: Element): Post | null =>
  toPost('kuaishou', {
    kind: 'comment',
    id: firstAttribute(row, ['data-comment-id', 'data-id']),
    author: authorOf(commentName(row), pick(row, [`:is(${WRITER}) ${PERSON}`, `a:has([class*="portrait"])`], ownOf(row))),
    body: textOf(commentText(row), { skip: (part) => isFold(part) || !ownOf(row)(part) || part.matches('[class*="comment-item-time"]') }),
    publishedText: textOf(pick(row, ['[class*="comment-item-time"]', '[class*="time"]'], ownOf(row))),
  })

/** The comment whose replies the row stands among: around them, else before them. */
function answered(row: Element): string | undefined {
  const asked = row.parentElement?.closest(ROW)
  if (asked) return commentIn(asked)?.id
  let at = row.parentElement?.closest(REPLIES) ?? null
  for (let depth = 0; at && depth < 4; depth++, at = at.parentElement)
    for (let before = at.previousElementSibling; before; before = before.previousElementSibling) {
      const part = before.matches(COMMENT) ? before : before.querySelector(COMMENT)
      const first = part && rowOf(part)
      if (first) return commentIn(first)?.id
    }
  return undefined
}
