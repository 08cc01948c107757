/** weibo.com, its search on s.weibo.com and its mobile pages on m.weibo.cn. */

import type { Author, Post } from '../types.ts'
import type { Adapter } from './adapter.ts'
import type { Found } from './read.ts'
import {
  all, attribute, beside, firstAttribute, hidden, links, nameOf, parentOf, pick, pickName, textOf, toPost,
} from './read.ts'

/** Where words of a post stand. The last rows are readable stems of hashed classes, in their three generations. */
const NAMED_TEXTS = [
  '[node-type="feed_list_content_full"]',
  '[node-type="feed_list_content"]',
  '.wbpro-feed-ogText',
  '.wbpro-feed-reText',
  '[data-testid="feed-content"]',
  '[class*="_wbtext_"]',
  '[class*="_ogText_"]',
  '[class*="_reText_"]',
  '.weibo-text',
  '.card-wrap .card-feed p.txt',
]
const TEXTS = [
  ...NAMED_TEXTS,
  // Below the body's stable name, words come first, whatever their own box is called.
  `.wbpro-feed-content > div:first-child:not(.picture, .retweet, [class*="etweet"]):not(:has(${NAMED_TEXTS.join()}))`,
]
/** Frames of a whole post, the one to trust first. */
const POSTS = [
  '[action-type="feed_list_item"]',
  'article.woo-panel-main',
  '[data-testid="feed-card"]',
  '.card-wrap[mid]',
  'article:not(.weibo-main)',
  '.card.m-panel',
  '.woo-panel-main',
  '.card-wrap',
  '.card',
  '.wbpro-scroller-item',
  '[mid], [data-mid]',
  '[class*="Feed_body"], [class*="Feed_wrap"], [class^="_body_"], [class*=" _body_"]',
]
/** Frames of the post inside a repost. A toolbar button carries the same stem, so text must be inside. */
const QUOTES =
  '[node-type="feed_list_forwardContent"], .retweet, .card-comment, .weibo-rp, [data-testid="feed-repost"], ' +
  '[class*="Feed_retweet"], [class*="_retweet_"]'
const REPOSTED = '.wbpro-feed-reText, [class*="_reText_"]'

/** Comments: on weibo.com and, opened under a card, on s.weibo.com; on m.weibo.cn in a layout of its own. */
const COMMENT_TEXTS = '.wbpro-list .text, .item1in .text, .item2 .text, .con1 > .text, .con2 > .text, .card-review .txt'
const COMMENT_FRAMES = ['.card-review', '.con1, .con2', '.item1in, .item2', '.item1']
const MOBILE_LISTS = '.comment-content, .lite-page-comment'
const COMMENTS = `.wbpro-list, .wbpro-layer, .card-review, .item1, .item2, ${MOBILE_LISTS}`

const PERSON =
  'a[usercard], a[nick-name], a[href*="/u/"], a[href*="/n/"], a[href*="/profile/"], a[href*="weibo.com/"], a.name'
const NAMES = [
  'header a[usercard]',
  'a.name[nick-name]',
  '.info a.name',
  'a.name',
  'a[class*="head_name"], a[class*="head-info_nick"], a[class*="_name_"], a[class*="_nick_"]',
  '.weibo-top h3',
  'h3.m-text-cut',
  'header [nick-name]',
  'a[usercard]',
  '[nick-name]',
  '[usercard]',
  '[class*="head_name"], [class*="_name_"], [class*="_nick_"]',
  'header a[href*="/u/"], header a[href*="/profile/"]',
  'a[href*="/u/"], a[href*="/n/"], a[href*="/profile/"]',
]
/** Labels and icon letters that stand inside texts. */
const NOT_TEXT =
  '.expand, .collapse, [action-type="fl_unfold"], [action-type="fl_fold"], i.wbicon, .woo-font, [class*="woo-font--"]'
const MORE_ROW = /^(?:共\s*\d+\s*条回复|查看(?:全部|更多)|加载(?:更多|中)|展开(?:更多)?\s*\d*\s*条?回复)/
const GONE = /^抱歉|(?:此|该)?(?:微博|内容)(?:不存在|已被|已删除)|没有权限|暂时没有权限/
const NOT_A_BID = /^(?:follow|fans|photos?|albums?|about|home|profile|info|super|article|video|manage)$/i

export const weibo: Adapter = {
  id: 'weibo',
  names: { zh: '微博', en: 'Weibo' },
  matches: ['https://weibo.com/*', 'https://www.weibo.com/*', 'https://s.weibo.com/*', 'https://m.weibo.cn/*'],
  posts,
  read(element, page) {
    if (hidden(element) || parked(element)) return null
    if (isMobileComment(element)) return readMobileComment(element, page)
    const comment = commentText(element)
    if (comment) return readComment(element, comment, page)
    return isQuote(element) ? readQuote(element, page) : readPost(element, page)
  },
  slot(element) {
    if (isMobileComment(element)) return beside(element, mobileName(element), element)
    const comment = commentText(element)
    if (comment) return beside(element, leadingName(comment) ?? commentName(element, comment), comment)
    const text = ownText(element)
    return beside(element, authorIn(element) ?? (text && leadingName(text)), text)
  },
  expects: ({ hostname, pathname }) =>
    hostname === 's.weibo.com'
      ? /^\/(?:weibo|hot|realtime|$)/.test(pathname)
      : /^\/(?:$|newlogin|mygroups|hot|u\/|n\/|detail|status|search|profile|\d+)/.test(pathname),
}

function posts(root: ParentNode): Iterable<Element> {
  const units = new Set<Element>()
  for (const element of all(root, `${TEXTS.join()}, ${COMMENT_TEXTS}, h3`)) {
    const unit =
      element.localName === 'h3'
        ? element.closest(MOBILE_LISTS) && mobileFrame(element)
        : element.matches(COMMENT_TEXTS)
          ? commentFrame(element)
          : frameOf(element)
    if (unit) units.add(unit)
  }
  return units
}

/** The unit that a text belongs to: the repost box, else the card. */
function frameOf(text: Element): Element | null {
  if (text.closest(COMMENTS)) return null
  const quote = quoteAround(text)
  if (quote) return quote
  for (const frame of POSTS) {
    const found = text.closest(frame)
    if (found) return found
  }
  return frameWithName(text)
}

/** No frame that we know: the smallest box that names somebody besides the words. */
function frameWithName(text: Element): Element | null {
  let at = text.parentElement
  for (let depth = 0; at && depth < 6; depth++, at = at.parentElement)
    if (pickName(at, NAMES, (name) => !text.contains(name))) return at
  return text.parentElement
}

/** Outermost repost box: layouts wrap it in frames that repeat its name. */
function quoteAround(part: Element): Element | null {
  let found: Element | null = null
  let at = part.closest(QUOTES)
  for (let depth = 0; at && depth < 8; depth++, at = at.parentElement?.closest(QUOTES) ?? null)
    if (ownsText(at)) found = at
  if (found) return found
  // Without a box the reposted words stand for themselves, with the name line around them.
  const reposted = part.closest(REPOSTED)
  const around = reposted?.parentElement
  const shared = !around || around.localName === 'article' || around.querySelector('.wbpro-feed-ogText, [class*="_ogText_"]')
  return shared ? reposted : around
}

const ownsText = (box: Element): boolean => box.querySelector(TEXTS.join()) !== null
const isQuote = (element: Element): boolean => {
  const text = element.matches(REPOSTED) ? element : pick(element, TEXTS)
  return text !== null && quoteAround(text) === element
}

/** The text of this unit: not that of the post it reposts, nor of comments opened below it. */
function ownText(unit: Element): Element | null {
  if (unit.matches(TEXTS.join())) return unit
  const quote = isQuote(unit)
  // Not `pick`: s.weibo.com hides the full text that belongs to the short one.
  for (const selector of TEXTS)
    for (const text of unit.querySelectorAll(selector))
      if (!text.closest(COMMENTS) && (quote || !quoteAround(text))) return text
  return null
}

function readPost(card: Element, page: URL): Post | null {
  const text = ownText(card)
  if (!text) return null
  const at = ownAddress(card, page) ?? (isMainPost(card, page) ? postAt(page) : null)
  const id = at?.id || markedId(card)
  // The search shows topics, people and answers of a machine in the same frames.
  if (!id && page.hostname === 's.weibo.com') return null
  return toPost('weibo', {
    kind: 'post',
    id,
    author: author(card, authorIn(card)),
    body: textOf(text, { skip: NOT_TEXT }),
    permalink: at?.permalink,
    publishedText: publishedIn(card),
    imageCount: card.querySelectorAll('.woo-picture-img, .media-piclist li img, .weibo-media-wraps li img').length,
  })
}

function readQuote(box: Element, page: URL): Post | null {
  const text = ownText(box)
  if (!text) return null
  const name = authorIn(box)
  // m.weibo.cn opens the reposted words with "@name:".
  const lead = name && !text.contains(name) ? null : leadingName(text)
  const body = lead ? afterName(text, lead) : textOf(text, { skip: NOT_TEXT })
  const person = author(box, name && !text.contains(name) ? name : lead)
  if (person.name === '' && GONE.test(body)) return null
  const at = ownAddress(box, page)
  const outer = box.parentElement ? frameOf(box.parentElement) : null
  return toPost('weibo', {
    kind: 'quote',
    id: at?.id || firstAttribute(box, ['mid', 'data-mid', 'omid']),
    author: person,
    body,
    permalink: at?.permalink,
    publishedText: publishedIn(box),
    parentId: outer ? readPost(outer, page)?.id : undefined,
  })
}

function authorIn(unit: Element): Element | null {
  const quote = isQuote(unit)
  return pickName(
    unit,
    NAMES,
    (name) =>
      (quote || !quoteAround(name)) &&
      !name.closest(COMMENTS) &&
      !name.closest(TEXTS.join()) &&
      !/[/](?:status|detail)[/]/.test(attribute(name, 'href')),
  )
}

function author(unit: Element, name: Element | null): Author {
  const card = firstAttribute(name, ['usercard']) || attribute(name?.querySelector('[usercard]'), 'usercard')
  const href = attribute(name?.closest('a') ?? name?.querySelector('a'), 'href')
  const linked = /\/(?:u|profile)\/(\d+)|weibo\.com\/(\d+)(?:[?/]|$)|^\/(\d+)$/.exec(href)
  const id = /(?:^|[?&])(?:id=)?(\d{4,})/.exec(card)?.[1] ?? linked?.slice(1).find(Boolean)
  const written = nameOf(name, NOT_TEXT) || attribute(ownText(unit), 'nick-name')
  return { name: written, id }
}

const publishedIn = (unit: Element): string => {
  const times = ['.from a', 'a[class*="_time_"]', 'header a[title]', '.weibo-top .time', '.time']
  const time = pick(unit, times, (element) => isQuote(unit) || !quoteAround(element))
  return textOf(time) || attribute(time, 'title')
}

/** The unit's own address: its time link, else any of its links that names a post. */
function ownAddress(unit: Element, page: URL): PostAddress | null {
  const quote = isQuote(unit)
  const own = (link: Element) => (quote || !quoteAround(link)) && !link.closest(COMMENTS)
  const found = [...links(unit, page, own)].flatMap(({ url, element }) => {
    const at = postAt(url)
    return at ? [{ at, element }] : []
  })
  const timed = found.find(({ element }) => element.matches('.from a, [class*="_time_"], [class*="_time_"] a, [title*="20"]'))
  const outside = found.find(({ element }) => !element.closest(TEXTS.join()))
  // Inside the text only "全文" leads to the post itself; other links there lead to other posts.
  const full = found.find(({ element }) => /全文/.test(element.textContent ?? ''))
  return (timed ?? outside ?? full)?.at ?? null
}

interface PostAddress {
  id: string
  permalink: string
}

/** Which post an address opens. */
function postAt(url: URL): PostAddress | null {
  const mobile = url.hostname === 'm.weibo.cn'
  if (!mobile && url.hostname !== 'weibo.com' && url.hostname !== 'www.weibo.com') return null
  const named = /^\/(status|detail)\/([0-9A-Za-z]+)\/?$/.exec(url.pathname)
  const host = mobile ? 'm.weibo.cn' : 'weibo.com'
  if (named) return { id: named[2]!, permalink: `https://${host}/${named[1]}/${named[2]}` }
  const [, uid, bid] = /^\/(\d{4,})\/([0-9A-Za-z]{5,})\/?$/.exec(url.pathname) ?? []
  if (!uid || !bid || NOT_A_BID.test(bid)) return null
  return { id: bid, permalink: `https://${host}/${uid}/${bid}` }
}

const markedId = (card: Element): string =>
  firstAttribute(card, ['mid', 'data-mid', 'data-id']) ||
  attribute(card.querySelector(':scope > [mid], :scope > [data-mid]'), 'mid') ||
  firstAttribute(card.closest('[mid], [data-mid]'), ['mid', 'data-mid'])

/** On a post's own page the first card is that post, even if it carries no link to itself. */
const isMainPost = (card: Element, page: URL): boolean => {
  if (!postAt(page)) return false
  for (const text of card.ownerDocument.querySelectorAll(TEXTS.join())) {
    const frame = frameOf(text)
    if (frame && !isQuote(frame) && !hidden(frame) && !parked(frame)) return frame === card
  }
  return false
}

function commentFrame(text: Element): Element | null {
  for (const frame of COMMENT_FRAMES) {
    const found = text.closest(frame)
    if (found) return found
  }
  return text.parentElement
}

/** The words of a comment, where the element is one. */
function commentText(element: Element): Element | null {
  if (!element.matches(COMMENT_FRAMES.join())) return null
  for (const text of element.querySelectorAll(COMMENT_TEXTS)) if (commentFrame(text) === element) return text
  return null
}

function readComment(unit: Element, text: Element, page: URL): Post | null {
  const lead = leadingName(text)
  const body = lead ? afterName(text, lead) : textOf(text, { skip: NOT_TEXT })
  const name = lead ?? commentName(unit, text)
  if (!lead && MORE_ROW.test(body)) return null
  const row = unit.closest('.item2') ?? unit.closest('.item1') ?? unit
  return toPost('weibo', {
    ...commentBase(unit, page),
    id: firstAttribute(unit, COMMENT_IDS) || firstAttribute(row, COMMENT_IDS),
    author: author(unit, name),
    body,
    publishedText: textOf(
      pick(row, ['.info .from', '.info > div:not(.opt)', '.from'], (time) => commentOwner(time) === commentOwner(text)),
    ),
    parentId: answered(unit, page),
  })
}

const COMMENT_IDS = ['comment_id', 'data-comment-id', 'data-comment_id', 'data-cid', 'comment-id', 'data-id']

/** Name that stands outside of the comment's words: beside the picture, or as its label. */
const commentName = (unit: Element, text: Element): Element | null =>
  pickName(unit.closest('.item2, .item1') ?? unit, NAMES, (name) => !text.contains(name) && commentOwner(name) === commentOwner(text))
const commentOwner = (part: Element) => part.closest('.item2') ?? part.closest('.card-review') ?? part.closest('.item1')

/** Root comment for a reply, the post for a root comment. */
function answered(unit: Element, page: URL): string | undefined {
  const root = unit.closest('.item2, .list2')?.closest('.item1')
  const rootText = root?.querySelector(COMMENT_TEXTS)
  const rootUnit = rootText && commentFrame(rootText)
  if (rootUnit && rootUnit !== unit) {
    const text = commentText(rootUnit)
    return text ? readComment(rootUnit, text, page)?.id : undefined
  }
  return cardAround(unit, page)?.id
}

function commentBase(unit: Element, page: URL): Pick<Found, 'kind' | 'permalink'> {
  return { kind: 'comment', permalink: cardAround(unit, page)?.permalink ?? '' }
}

/** The post below which a comment stands: the card around it, else the page's. */
function cardAround(unit: Element, page: URL): PostAddress | null {
  for (const frame of POSTS) {
    const card = unit.parentElement?.closest(frame)
    if (!card || !ownText(card)) continue
    const at = ownAddress(card, page)
    return at ?? (postAt(page) || { id: readPost(card, page)?.id ?? '', permalink: '' })
  }
  return postAt(page)
}

/** The author's link where the words begin with it, as in "name：words". */
function leadingName(text: Element): Element | null {
  const person = text.querySelector(PERSON)
  const name = textOf(person)
  if (!person || nameOf(person) === '' || name.startsWith('#')) return null
  const words = textOf(text, { skip: NOT_TEXT })
  const rest = words.slice(name.length)
  // A mention opens words too, but then no colon follows.
  if (name === '' || /^[@＠]/.test(name)) return words.startsWith(name) && /^\s*[:：]/.test(rest) ? person : null
  return words.startsWith(name) ? person : null
}

/** The words behind a leading name, and behind the badges between it and its colon. */
function afterName(text: Element, name: Element): string {
  const lead = new Set([name])
  let at = name.nextSibling
  for (; at && at.nodeType !== 3; at = at.nextSibling) if (at.nodeType === 1) lead.add(at as Element)
  if (!/^\s*[:：]/.test(at?.nodeValue ?? '')) lead.clear()
  return textOf(text, { skip: (element) => element === name || lead.has(element) || element.matches(NOT_TEXT) })
    .replace(/^[\s:：]+/, '')
}

const isMobileComment = (element: Element): boolean =>
  element.closest(MOBILE_LISTS) !== null && mobileFrame(element.querySelector('h3')) === element

/** m.weibo.cn: the smallest box that holds words (`h3`) and name (`h4`). */
function mobileFrame(words: Element | null): Element | null {
  let at = words?.parentElement ?? null
  for (let depth = 0; at && depth < 6; depth++, at = at.parentElement) {
    if (at.querySelector('h4')) return at
    if (at.matches(MOBILE_LISTS)) return null
  }
  return null
}

/** The name is the `h4`; a heading cut to one line is a name in any case. */
const mobileName = (unit: Element) =>
  unit.querySelector('h3.m-text-cut') && !unit.querySelector('h4.m-text-cut') ? unit.querySelector('h3') : unit.querySelector('h4')

function readMobileComment(unit: Element, page: URL): Post | null {
  const row = unit.closest('.card') ?? unit
  return toPost('weibo', {
    ...commentBase(unit, page),
    id: firstAttribute(row, COMMENT_IDS) || firstAttribute(unit, COMMENT_IDS),
    author: author(unit, mobileName(unit)),
    body: textOf(unit.querySelector(mobileName(unit)?.localName === 'h4' ? 'h3' : 'h4'), { skip: NOT_TEXT }),
    publishedText: textOf(unit.querySelector('.time')),
    parentId: postAt(page)?.id,
  })
}

const SCROLLED = '.vue-recycle-scroller__item-view, .wbpro-scroller-item'
const CLEAR = /opacity\s*:\s*0(?:\.0+)?\s*(?:;|!|$)/

/** Rows that the recycling list keeps for later still hold an older post. */
function parked(element: Element): boolean {
  for (let at: Element | null = element; at; at = parentOf(at)?.closest(SCROLLED) ?? null) {
    if (at.matches('.wbpro-scroller-item[data-active="false"]')) return true
    if (at.matches('.vue-recycle-scroller__item-view') && CLEAR.test(attribute(at, 'style'))) return true
  }
  return false
}
