/** mp.weixin.qq.com: the article of an official account (公众号) in its several forms, its comments, and albums. */

import type { Author, Post } from '../types.ts'
import type { Adapter } from './adapter.ts'
import {
  address, all, attribute, beside, firstAttribute, hasText, hidden, nameOf, pick, pickName, textOf, toPost,
} from './read.ts'

/** Where an article's words stand: text, pictures, a short text, a video. */
const BODIES = [
  '#js_content', '#js_image_desc', '#js_text_desc', '.js_text_desc', '#js_common_share_desc', '.share_notice', '.rich_media_content',
]
const HEADINGS = ['#activity-name', '.rich_media_title', '#js_text_title']
/** Frames of the article, innermost first. */
const ARTICLE = '#img-content, .rich_media_wrp, .rich_media_area_primary_inner, .share_content_page, #js_article, #page-content'
const NAMES = [
  '#js_name', '[id^="js_wx_follow_nickname"]', '.wx_follow_nickname', '.profile_nickname', '.rich_media_meta_nickname', '#js_author_name',
]
const TIMES = ['#publish_time', '.publish_time', '#post-date']

const ALBUM_ITEM = '.album__list-item, .js_album_item, [data-msgid][data-link]'
const ALBUM_TITLES = ['.album__item-title-wrp', '.album__item-title', '[class*="item-title"]', 'h2', 'h3']

const REPLY = '.js_reply_item, .reply_result, .js_reply_list > div'
const COMMENT = '.js_comment_item, .discuss_item, .discuss_list > li'
const COMMENT_TEXTS = ['.js_comment_content', '.js_reply_content', '.discuss_message_content', '[class*="comment_content"]']
/** A few words of what is answered, repeated in the answer. */
const ANSWERED = '.discuss_reply_primary'
const COMMENT_NAMES = ['.discuss_user_nickname', '.nickname', '[class*="nickname"]', '.user_info strong']
const COMMENT_LISTS = '.discuss_list, .discuss_container, #js_cmt_area, #js_cmt_main'

/** Code's line numbers, codes to scan, the address of the page: all in the text's own frame. */
const NOT_TEXT =
  '.code-snippet__line-index, #js_pc_qr_code, #js_tags, .rich_media_tool, .original_primary_card_tips, .js_share_source, ' +
  '#activity-name, .rich_media_title, #meta_content, .rich_media_meta_list'
/** Cards of accounts, goods and mini programs. */
const isCard = (element: Element) => element.localName.startsWith('mp-') || element.localName.startsWith('mpvoice')

export const weixin: Adapter = {
  id: 'weixin',
  names: { zh: '微信公众号', en: 'WeChat official accounts' },
  matches: ['https://mp.weixin.qq.com/*'],
  posts,
  read(element, page) {
    if (hidden(element)) return null
    if (commentText(element)) return readComment(element, page)
    if (element.matches(ALBUM_ITEM)) return readItem(element, page)
    return element === articleOf(element.ownerDocument) ? readArticle(element, page) : null
  },
  slot(element) {
    const words = commentText(element)
    if (words) return beside(element, commentAuthor(element), words)
    if (element.matches(ALBUM_ITEM)) return beside(element, null, pick(element, ALBUM_TITLES))
    const name = accountIn(element.ownerDocument)
    return beside(element, name && element.contains(name) ? name : null, bodyIn(element.ownerDocument) ?? headingIn(element.ownerDocument))
  },
  expects: ({ pathname }) => /^\/(?:s(?:\/|$)|mp\/appmsgalbum)/.test(pathname),
}

function posts(root: ParentNode): Iterable<Element> {
  const units = new Set<Element>()
  let article: Element | null = null
  for (const element of all(root, [...BODIES, ...HEADINGS, ...COMMENT_TEXTS, ALBUM_ITEM].join())) {
    const comment = element.matches(COMMENT_TEXTS.join()) ? commentFrame(element) : null
    if (comment ?? element.matches(ALBUM_ITEM)) units.add(comment ?? element)
    else article ??= articleOf(element.ownerDocument)
    if (article) units.add(article)
  }
  return units
}

/** A page holds one article, so that its parts are looked for in the whole page. Not `pick`: the body starts hidden. */
const bodyIn = (page: Document): Element | null =>
  BODIES.flatMap((body) => [...page.querySelectorAll(body)]).find((body) => isFilled(body) && !body.closest(COMMENT_LISTS)) ?? null
const headingIn = (page: Document): Element | null => pick(page, HEADINGS, isFilled)
const accountIn = (page: Document): Element | null => {
  const body = bodyIn(page)
  return pickName(page, NAMES, (name) => !body?.contains(name) && !name.closest(`${COMMENT}, ${REPLY}`))
}
/** Quicker than reading a long article once more. */
const isFilled = (part: Element): boolean => /\S/.test(part.textContent ?? '')

/** The frame that the article's words and heading share; never the words themselves, which start hidden. */
function articleOf(page: Document): Element | null {
  const part = bodyIn(page) ?? headingIn(page)
  const heading = headingIn(page)
  let frame = part?.parentElement?.closest(ARTICLE) ?? part?.parentElement ?? null
  for (let outer = frame?.parentElement; outer && heading && frame && !frame.contains(heading); outer = outer.parentElement) frame = outer
  return frame
}

function readArticle(article: Element, page: URL): Post | null {
  const document = article.ownerDocument
  const body = bodyIn(document)
  const at = articleAt(page) ?? articleAt(address(attribute(document.querySelector('meta[property="og:url"]'), 'content'), page))
  const text = textOf(body, { skip: (element) => isCard(element) || element.matches(NOT_TEXT), lines: body?.id !== 'js_content' })
  const title = textOf(headingIn(document), { skip: '.icon_appmsg_tag' }).replace(/\s+/g, ' ')
  const titled = !body?.matches('#js_text_desc, .js_text_desc') || !text.replace(/\s+/g, ' ').startsWith(title)
  return toPost('weixin', {
    kind: 'post',
    id: at?.id,
    author: account(accountIn(document), at),
    // A short text has its own words for a title.
    title: titled ? title : '',
    body: text,
    permalink: at?.permalink ?? sharedLink(page),
    publishedText: textOf(pick(document, TIMES, hasText)),
    imageCount: body?.querySelectorAll('img[data-src]').length || document.querySelectorAll('.share_content_page .swiper_item img').length,
  })
}

const account = (name: Element | null, at: ArticleAddress | null): Author => ({ name: nameOf(name), id: at?.account })

function readItem(item: Element, page: URL): Post | null {
  const at = articleAt(address(attribute(item, 'data-link') || attribute(item.querySelector('a[href]'), 'href'), page))
  return toPost('weixin', {
    kind: 'post',
    id: at?.id,
    author: account(pickName(item.ownerDocument, ['.album__author-name', '[class*="album__author"] [class*="name"]', ...NAMES]), at),
    title: textOf(pick(item, ALBUM_TITLES, hasText)) || attribute(item, 'data-title'),
    body: '',
    permalink: at?.permalink,
  })
}

const commentFrame = (words: Element): Element | null =>
  words.closest(ANSWERED) ? null : (words.closest(REPLY) ?? words.closest(COMMENT))

/** The words of a comment, where the element is one. */
const commentText = (element: Element): Element | null => pick(element, COMMENT_TEXTS, (words) => commentFrame(words) === element)
/** What of a comment is its own, not a reply's inside it. */
const ownOf = (comment: Element) => (part: Element) => commentFrame(part) === comment
const commentAuthor = (comment: Element) => pickName(comment, COMMENT_NAMES, ownOf(comment))

function readComment(comment: Element, page: URL): Post | null {
  const at = articleAt(page)
  const outer = comment.matches(REPLY) ? comment.parentElement?.closest(COMMENT) : null
  return toPost('weixin', {
    kind: 'comment',
    id: commentId(comment),
    author: { name: nameOf(commentAuthor(comment)) },
    body: textOf(commentText(comment), { lines: true }),
    permalink: at?.permalink ?? sharedLink(page),
    publishedText: textOf(pick(comment, ['.discuss_extra_info', '[class*="extra_info"]', '.time'], ownOf(comment))),
    parentId: outer ? readComment(outer, page)?.id : at?.id,
  })
}

/** A reply repeats the ids of the comment it answers. */
function commentId(comment: Element): string {
  if (comment.matches(REPLY)) return firstAttribute(comment, ['data-reply-id', 'id'])
  return firstAttribute(comment, ['data-content-id', 'data-my-id']) || attribute(comment, 'id').replace(/^cid/, '')
}

interface ArticleAddress {
  id: string
  permalink: string
  account?: string
}

/** Which article an address opens: by its short form, or by account, message and place in the message. */
function articleAt(url: URL | null): ArticleAddress | null {
  if (url?.hostname !== 'mp.weixin.qq.com') return null
  const token = /^\/s\/([\w-]{10,})\/?$/.exec(url.pathname)?.[1]
  if (token) return { id: token, permalink: `https://mp.weixin.qq.com/s/${token}` }
  const [biz, mid, idx] = ['__biz', 'mid', 'idx'].map((name) => url.searchParams.get(name))
  if (url.pathname !== '/s' || !biz || !mid) return null
  const place = idx ?? '1'
  return { id: `${biz}_${mid}_${place}`, permalink: linkWith(url, ['__biz', 'mid', 'idx', 'sn']), account: biz }
}

/** An address made for one reader opens the article too, for a while. */
const sharedLink = (page: URL): string =>
  page.searchParams.has('signature') ? linkWith(page, ['src', 'timestamp', 'ver', 'signature']) : ''

function linkWith(url: URL, names: readonly string[]): string {
  const query = names.flatMap((name) => {
    const value = url.searchParams.get(name)
    return value ? [`${name}=${encodeURIComponent(value).replace(/%3D/g, '=')}`] : []
  })
  return `https://mp.weixin.qq.com/s?${query.join('&')}`
}
