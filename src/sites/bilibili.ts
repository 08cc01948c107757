/** bilibili.com: videos, dynamics, search cards; comments in nested open shadow roots and in two older layouts. */

import type { Author, Post } from '../types.ts'
import type { Adapter } from './adapter.ts'
import {
  address, all, attribute, beside, concealed, firstAttribute, hasText, hidden, links, nameOf, parentOf, pick, pickName,
  textOf, toPost,
} from './read.ts'

const VIDEO_TITLE = 'h1.video-title, .video-info-container h1, h1[class*="video-title"]'
const VIDEO_TEXT = ['.basic-desc-info .desc-info-text', '.basic-desc-info', '.desc-info-text', '.video-desc-container .desc-info']
const UPLOADER = ['.up-name', '.up-info-container a[href*="space.bilibili.com"]', '.staff-name']
/** Cards of search and home, and of the list beside a video. */
const CARD = '.bili-video-card, .video-page-card-small, .video-page-card'
const DYNAMIC = '.bili-dyn-item, .bili-dyn-list__item:not(:has(.bili-dyn-item))'
const OPUS_PAGE = '.bili-opus-view'
/** Without `.reference` the same box is the body of a post that forwards nothing. */
const ORIGINAL = '.bili-dyn-content__orig'
const COMMENT = 'bili-comment-renderer, bili-comment-reply-renderer'
const THREAD = 'bili-comment-thread-renderer'
/** Comments without shadow roots: the Vue layout, then the one before it. */
const OLD_COMMENT = '.reply-item, .sub-reply-item, .list-item.reply-wrap, .reply-wrap'

const SPACE = 'a[href*="space.bilibili.com/"]'
const NOT_TEXT = '.bili-rich-text__action, .toggle-btn, #top, #note, .top-icon, .reply-tag, .bili-dyn-item__interaction'
/** Hosts inside a comment whose trees hold words or the name; the rest is buttons and pictures. */
const WORDED = /^bili-(?:comments|comment-(?:thread-|replies-|reply-)?renderer|comment-user-info|rich-text)$/

export const bilibili: Adapter = {
  id: 'bilibili',
  names: { zh: '哔哩哔哩', en: 'bilibili' },
  matches: [
    'https://www.bilibili.com/*',
    'https://t.bilibili.com/*',
    'https://space.bilibili.com/*',
    'https://search.bilibili.com/*',
  ],
  posts: (root) => deep(root, [VIDEO_TITLE, CARD, DYNAMIC, OPUS_PAGE, ORIGINAL, COMMENT, OLD_COMMENT].join(), isUnit),
  read(element, page) {
    if (!isUnit(element) || hidden(element)) return null
    if (element.matches(COMMENT)) return readComment(element, page)
    if (element.matches(OLD_COMMENT)) return readOldComment(element, page)
    if (element.matches(CARD)) return readCard(element, page)
    if (element.matches(DYNAMIC)) return readDynamic(element, page)
    if (element.matches(ORIGINAL)) return readOriginal(element, page)
    return element.matches(OPUS_PAGE) ? readOpus(element, page) : readVideo(element, page)
  },
  slot(element) {
    if (element.matches(VIDEO_TITLE)) return { after: element }
    if (element.matches(COMMENT)) return beside(element, shadowName(element), shadowText(element))
    if (element.matches(OLD_COMMENT)) return beside(element, oldName(element), oldText(element))
    if (element.matches(CARD)) return beside(element, cardName(element), cardTitle(element))
    if (element.matches(OPUS_PAGE)) return beside(element, opusName(element), element)
    return beside(element, dynamicName(element), element)
  },
  roots: (root) => [...deep(root, '*', holdsWords)].map((host) => host.shadowRoot!),
  expects: ({ hostname, pathname }) =>
    hostname === 'www.bilibili.com'
      ? /^\/(?:$|video\/|opus\/|v\/|list\/)/.test(pathname)
      : hostname !== 'space.bilibili.com' || /\/(?:dynamic|video|upload)/.test(pathname),
}

function isUnit(element: Element): boolean {
  if (element.matches(ORIGINAL)) return isQuote(element)
  if (element.matches(OLD_COMMENT)) return oldText(element) !== null
  if (element.matches(CARD)) return !element.parentElement?.closest(CARD)
  return true
}

/** Elements in page order, open shadow trees opened where they stand. */
function* deep(root: ParentNode, selector: string, fits: (element: Element) => boolean): Generator<Element> {
  const levels = [all(root, '*')[Symbol.iterator]()]
  while (levels.length > 0) {
    const { value: element, done } = levels.at(-1)!.next()
    if (done) levels.pop()
    else {
      if (element.matches(selector) && fits(element)) yield element
      // Deeper than any real page: a tree that nests on purpose.
      if (element.shadowRoot && levels.length < 50) levels.push(all(element.shadowRoot, '*')[Symbol.iterator]())
    }
  }
}

const holdsWords = (host: Element): boolean =>
  host.shadowRoot !== null &&
  (WORDED.test(host.localName) || host.shadowRoot.querySelector(`bili-comments, ${THREAD}, ${COMMENT}`) !== null)

/** First element inside, shadow trees included. */
function within(host: Element, selector: string, fits: (element: Element) => boolean = () => true): Element | null {
  for (const element of deep(host.shadowRoot ?? host, selector, (found) => found !== host && !concealed(found) && fits(found)))
    return element
  return null
}

// The page's own video.

function readVideo(title: Element, page: URL): Post | null {
  const { ownerDocument: document } = title
  const name = pickName(document, UPLOADER, (up) => !up.closest(`${CARD}, ${DYNAMIC}, ${OLD_COMMENT}`))
  const at = placeOf(page) ?? placeOf(address(attribute(document.querySelector('link[rel="canonical"]'), 'href'), page))
  const description = textOf(pick(document, VIDEO_TEXT), { lines: true, skip: NOT_TEXT })
  return toPost('bilibili', {
    kind: 'post',
    ...at,
    author: name ? personOf(name) : { name: attribute(document.querySelector('meta[name="author"]'), 'content') },
    title: textOf(title) || attribute(title, 'title'),
    // A lone dash is what the site writes where nothing was written.
    body: description === '-' ? '' : description,
    publishedText: textOf(pick(document, ['.pubdate-ip-text', '.pubdate-text', '.video-info-detail .pubdate'])),
  })
}

// Cards of search and recommendation, also beside a video: title and uploader only.

const cardTitle = (card: Element) =>
  pick(card, ['[class*="info--tit"]', 'h3', '[class*="__title"]', '.title', 'a[href*="/video/"]'], hasText)
const cardName = (card: Element) =>
  pickName(card, ['.bili-video-card__info--author', '[class*="info--author"]', '.upname .name', '.upname', '.up-name', '[class*="info--owner"]', SPACE])

function readCard(card: Element, page: URL): Post | null {
  const title = cardTitle(card)
  const name = cardName(card)
  const labelled = card.querySelector('.bili-video-card__info--tit[title], [class*="info--tit"][title]')
  const date = '.bili-video-card__info--date, [class*="info--date"], .bili-video-card__info--ad'
  return toPost('bilibili', {
    kind: 'post',
    ...placeIn(card, page),
    author: personOf(name, card, date),
    title: textOf(title) || attribute(labelled, 'title'),
    body: '',
    publishedText: textOf(pick(card, date.split(', ').slice(0, 2))).replace(/^·\s*/, ''),
  })
}

// Dynamics and what they forward.

const isQuote = (box: Element): boolean =>
  box.matches('.reference') ||
  pickName(box, ORIGINAL_NAMES) !== null ||
  (box.closest(DYNAMIC)?.querySelector('.bili-dyn-content__forw__desc') ?? null) !== null
const ORIGINAL_NAMES = ['.bili-dyn-orig-author__name', '.dyn-orig-author__name', '.bili-dyn-content__orig__author']
const TITLES = ['.dyn-card-opus__title', '.bili-dyn-card-video__title', '[class*="dyn-card-"][class*="__title"]']
const SIDE_CARDS = '.bili-dyn-card-reserve, .bili-dyn-card-goods, .bili-dyn-card-vote, .bili-dyn-content__orig__additional'

const ownOf = (unit: Element) => (part: Element): boolean => {
  if (part.closest(`${SIDE_CARDS}, ${OLD_COMMENT}, .bili-dyn-item__panel`)) return false
  const box = part.closest(ORIGINAL)
  return box === unit || !box || (!isQuote(box) && !unit.matches(ORIGINAL))
}

function wordsOf(unit: Element): { title: string; body: string } {
  const own = ownOf(unit)
  const reading = { lines: true, skip: NOT_TEXT }
  const title = pick(unit, TITLES, (part) => own(part) && hasText(part))
  const forward = pick(unit, ['.bili-dyn-content__forw__desc'], own)
  const description =
    forward ??
    pick(unit, ['[data-module="desc"] .bili-rich-text__content', '[data-module="desc"]', '.bili-dyn-content__orig__desc'], own) ??
    pick(unit, ['.bili-rich-text__content'], (part) => own(part) && !part.closest('[class*="dyn-card-"]'))
  const summary = pick(
    unit,
    ['[class*="dyn-card-"][class*="__summary"]', '[class*="dyn-card-"][class*="__desc"]'],
    (part) => own(part) && !description?.contains(part) && !part.contains(description),
  )
  const body = [description, summary].map((part) => textOf(part, reading)).filter(Boolean)
  return { title: textOf(title), body: body.join('\n') }
}

const DYNAMIC_NAMES = ['.bili-dyn-title__text', '.bili-dyn-title', `.bili-dyn-item__header ${SPACE}`]

const dynamicName = (unit: Element) =>
  unit.matches(DYNAMIC)
    ? pickName(unit, DYNAMIC_NAMES, ownOf(unit))
    : pickName(unit, [...ORIGINAL_NAMES, '[class*="orig-author"]', SPACE], (name) => !name.closest('.bili-rich-text__content'))

function readDynamic(item: Element, page: URL): Post | null {
  const words = wordsOf(item)
  return toPost('bilibili', {
    kind: 'post',
    ...(mainPlace(item, page) ?? placeIn(item, page, ownOf(item))),
    author: personOf(dynamicName(item), item.querySelector('.bili-dyn-item__header')),
    ...words,
    publishedText: textOf(pick(item, ['.bili-dyn-time', '.bili-dyn-item__desc'], ownOf(item))),
    imageCount: item.querySelectorAll('.bili-album img').length,
  })
}

function readOriginal(box: Element, page: URL): Post | null {
  const name = dynamicName(box)
  // Without an author the box only says that the forwarded post is gone.
  if (!name) return null
  const outer = box.closest(DYNAMIC)
  return toPost('bilibili', {
    kind: 'quote',
    ...placeIn(box, page),
    author: personOf(name, box.querySelector('.bili-dyn-content__orig__author')),
    ...wordsOf(box),
    parentId: outer ? readDynamic(outer, page)?.id : undefined,
  })
}

const opusName = (view: Element) => pickName(view, ['.opus-module-author__name', '[class*="module-author__name"]', SPACE])

function readOpus(view: Element, page: URL): Post | null {
  const title = pick(view, ['.opus-module-title', '[class*="module-title"]'])
  const body = pick(view, ['.opus-module-content', '[class*="module-content"]'])
  return toPost('bilibili', {
    kind: 'post',
    ...(placeOf(page) ?? placeIn(view, page)),
    author: personOf(opusName(view), view.querySelector('.opus-module-author')),
    title: textOf(title),
    body: textOf(body, { lines: true, skip: NOT_TEXT }),
  })
}

// Comments in shadow roots. Ids are known to the page's own script only.

const shadowName = (comment: Element) => {
  const info = within(comment, 'bili-comment-user-info') ?? comment
  const mention = (link: Element) => (link.getRootNode() as ShadowRoot).host?.localName === 'bili-rich-text'
  return (
    within(info, '#user-name, .user-name', (name) => nameOf(name) !== '') ??
    within(info, SPACE, (link) => hasText(link) && !mention(link))
  )
}
const shadowText = (comment: Element) => {
  const rich = within(comment, 'bili-rich-text')
  return rich ? (within(rich, '#contents') ?? rich) : within(comment, '#contents')
}

function readComment(comment: Element, page: URL): Post | null {
  const text = shadowText(comment)
  const name = shadowName(comment)
  if (!text || !name) return null
  const post = pagePost(comment, page)
  return toPost('bilibili', {
    kind: 'comment',
    id: markedId(comment) || (comment.matches('bili-comment-renderer') ? markedId(threadOf(comment)) : ''),
    author: personOf(name),
    body: textOf(text, { lines: true, skip: NOT_TEXT }),
    permalink: post?.permalink,
    publishedText: textOf(within(comment, '#pubdate')),
    parentId: answered(comment, page) ?? post?.id,
  })
}

function threadOf(comment: Element): Element | null {
  let at = parentOf(comment)
  for (let depth = 0; at && depth < 60; depth++, at = parentOf(at)) if (at.matches(THREAD)) return at
  return null
}

function answered(comment: Element, page: URL): string | undefined {
  const thread = threadOf(comment)
  const root = thread && within(thread, 'bili-comment-renderer')
  return root && root !== comment ? readComment(root, page)?.id : undefined
}

// Comments of older pages.

const ownsPart = (row: Element) => (part: Element): boolean => part.closest(OLD_COMMENT) === row
const oldText = (row: Element) => pick(row, ['.reply-content', '.text-con', '.con > .text', '.con .text', '.text'], ownsPart(row))
const oldName = (row: Element) =>
  pickName(
    row,
    ['.sub-user-name', '.user-name', '.user .name', '.user a', '.name', SPACE],
    (name) => ownsPart(row)(name) && !name.closest('.reply-content, .text-con, .text'),
  )

function readOldComment(row: Element, page: URL): Post | null {
  const post = pagePost(row, page)
  const root = row.parentElement?.closest(OLD_COMMENT)
  const parent = root ?? (row.matches('.sub-reply-item') ? row.closest('.reply-list, .list-item')?.querySelector('.reply-item') : null)
  return toPost('bilibili', {
    kind: 'comment',
    id: markedId(row) || markedId(wrapOf(row)),
    author: personOf(oldName(row), pick(row, ['.user-info', '.sub-user-info', '.user', '.user-face'], ownsPart(row))),
    body: textOf(oldText(row), { lines: true, skip: NOT_TEXT }),
    permalink: post?.permalink,
    publishedText: textOf(pick(row, ['.sub-reply-time', '.reply-time', '.time'], ownsPart(row))),
    parentId: (parent && parent !== row ? readOldComment(parent, page)?.id : undefined) ?? post?.id,
  })
}

/** The list's own element around a row, which carries the id where the row does not. */
const wrapOf = (row: Element): Element | null => {
  const wrap = row.closest('[data-rpid], [data-id], .list-item')
  return wrap && wrap !== row && [...wrap.querySelectorAll(OLD_COMMENT)][0] === row ? wrap : null
}

// Who and where.

/** `around` is where the name's own link may stand beside it. */
function personOf(name: Element | null, around?: Element | null, skip = NOT_TEXT): Author {
  const link = name?.closest(SPACE) ?? name?.querySelector(SPACE) ?? around?.querySelector(SPACE)
  const marked = firstAttribute(name, ['data-user-profile-id', 'data-user-id', 'data-usercard-mid'])
  const id = marked || /space\.bilibili\.com\/(\d+)/.exec(attribute(link, 'href'))?.[1]
  return { name: nameOf(name, skip).replace(/^·\s*/, ''), id }
}

const markedId = (element: Element | null): string => firstAttribute(element, ['data-rpid', 'rpid', 'data-reply-id', 'data-id'])

interface Place {
  id: string
  permalink: string
}

/** Which post an address opens. */
function placeOf(url: URL | null): Place | null {
  if (!url) return null
  const { hostname, pathname } = url
  if (hostname === 't.bilibili.com') {
    const id = /^\/(\d{4,})/.exec(pathname)?.[1]
    return id ? { id, permalink: `https://t.bilibili.com/${id}` } : null
  }
  if (hostname !== 'www.bilibili.com' && hostname !== 'm.bilibili.com' && hostname !== 'bilibili.com') return null
  const [path, id] = /^\/(?:video|opus|read)\/(BV[0-9A-Za-z]+|av\d+|cv\d+|\d+)/i.exec(pathname) ?? []
  if (path && id) return { id, permalink: `https://www.bilibili.com${path}` }
  const bvid = url.searchParams.get('bvid')
  return bvid && /^BV[0-9A-Za-z]+$/.test(bvid) ? { id: bvid, permalink: `https://www.bilibili.com/video/${bvid}` } : null
}

/** The unit's own place: a dynamic's own link before that of the video it shows, never a link in the words. */
function placeIn(unit: Element, page: URL, own: (part: Element) => boolean = () => true): Place | null {
  const outside = (link: Element) => own(link) && !link.closest('.bili-rich-text__content a')
  const places = [...links(unit, page, outside)].map(({ url }) => placeOf(url)).filter((place) => place !== null)
  const dynamic = places.find(({ permalink }) => /\/\/t\.bilibili|\/opus\//.test(permalink))
  if (dynamic) return dynamic
  const marked = [unit, ...unit.querySelectorAll('[dyn-id], [data-dyn-id]')].filter(own)
  const id = marked.map((part) => firstAttribute(part, ['data-dyn-id', 'dyn-id', 'data-did'])).find((value) => /^\d+$/.test(value))
  return id ? { id, permalink: `https://t.bilibili.com/${id}` } : (places[0] ?? null)
}

/** On a dynamic's own page the first one is what the address names. */
const mainPlace = (item: Element, page: URL): Place | null =>
  page.hostname === 't.bilibili.com' && item.ownerDocument.querySelector(DYNAMIC) === item ? placeOf(page) : null

/** The post that a comment stands under: the dynamic around it, else the page's. */
function pagePost(comment: Element, page: URL): Place | null {
  let at: Element | null = comment
  for (let depth = 0; at && depth < 80; depth++, at = parentOf(at))
    if (at.matches(DYNAMIC)) {
      const post = readDynamic(at, page)
      return post && { id: post.id, permalink: post.permalink }
    }
  return placeOf(page)
}
