/** reddit.com: posts and comments of the present site, and of the one that old.reddit.com keeps. */

import type { Author, Post } from '../types.ts'
import type { Adapter } from './adapter.ts'
import type { Found } from './read.ts'
import {
  address, all, attribute, beside, firstAttribute, hasText, hidden, links, nameOf, pick, pickName, textOf, toPost,
} from './read.ts'

const POST = 'shreddit-post, shreddit-ad-post'
const COMMENT = 'shreddit-comment'
/** Search results are no `shreddit-post`. */
const RESULT = '[data-testid="search-post-unit"], [data-testid="search-post-with-content-preview"], [data-testid="search-sdui-post"]'
/** What a post repeats of another: its heading and words stand where its own pictures would. */
const CROSSPOST = 'shreddit-post[post-type="crosspost"] [slot="post-media-container"]'
const OLD_POST = '.thing.link, .thing[data-fullname^="t3_"], .search-result-link'
const OLD_COMMENT = '.thing.comment, .thing[data-fullname^="t1_"]'
const POSTS = `${POST}, ${RESULT}, ${CROSSPOST}, ${OLD_POST}`
const COMMENTS = `${COMMENT}, ${OLD_COMMENT}`
const UNIT = `${POSTS}, ${COMMENTS}`

const TITLES = ['[slot="title"]', '[id^="post-title"]', 'a.title', 'a.search-title', '[data-testid^="post-title"]', 'h1, h2, h3']
const REPEATED_TITLES = ['.crosspost-title', ...TITLES, 'a[href*="/comments/"]']
const BODIES = [
  '[slot="text-body"]',
  '[id$="-post-rtjson-content"]',
  '[property="schema:articleBody"]',
  '.usertext-body .md',
  '.search-result-body',
  '.md',
]
const REPLIES = ['[slot="comment"]', '[id$="-comment-rtjson-content"]', '[id$="-post-rtjson-content"]', '[class*="rtjson-content"]', '.usertext-body .md', '.md']
const USER = 'a[href*="/user/"], a[href*="/u/"]'
const NAMES = ['.tagline a.author', 'a.author', '[slot="credit-bar"] a[href*="/user/"]', '[slot="commentMeta"] a[href*="/user/"]', USER]
/** Where a mark can stand beside a post that names nobody; whatever is in no slot of the element is not shown. */
const CREDITS = '[slot="credit-bar"] a, [slot="credit-bar"] time, [slot="commentMeta"] time'
const NOT_TEXT =
  'faceplate-screen-reader-content, [slot="read-more-button"], .sr-only, .expando-button, .linkflairlabel, shreddit-post-flair, .usertext-edit'
const GONE = /^\[?(?:deleted|removed|已删除|已移除)|^(?:Comment (?:deleted|removed)|此?(?:评论|帖子)已(?:被)?(?:删除|移除))/i

export const reddit: Adapter = {
  id: 'reddit',
  names: { zh: 'Reddit', en: 'Reddit' },
  matches: ['https://www.reddit.com/*', 'https://old.reddit.com/*'],
  posts: (root) => all(root, UNIT).filter(isUnit),
  read(element, page) {
    if (!isUnit(element) || hidden(element)) return null
    return element.matches(COMMENTS) ? readComment(element, page) : readPost(element, page)
  },
  slot(element) {
    const own = ownOf(element)
    const text = element.matches(COMMENTS) ? commentText(element)[0] : (pick(element, BODIES, own) ?? titleIn(element))
    return beside(element, nameIn(element) ?? pick(element, [CREDITS], own), text ?? null)
  },
  expects: ({ pathname }) => /^\/(?:$|r\/|user\/|u\/|search|comments\/|best|hot|new|top|rising|controversial)/.test(pathname),
}

/** A frame within a search result is the same result. */
const isUnit = (element: Element): boolean => !element.matches(RESULT) || !element.parentElement?.closest(`${RESULT}, ${POST}`)

/** What of a unit is not part of a comment or post inside it. */
const ownOf = (unit: Element) => (part: Element): boolean => {
  const nearest = part.closest(UNIT)
  return nearest === unit || (nearest !== null && !isUnit(nearest) && nearest.parentElement?.closest(UNIT) === unit)
}

const titleIn = (unit: Element) => pick(unit, unit.matches(CROSSPOST) ? REPEATED_TITLES : TITLES, (title) => ownOf(unit)(title) && hasText(title) && !title.closest('.md'))
const nameIn = (unit: Element) =>
  pickName(unit, NAMES, (name) => ownOf(unit)(name) && !name.closest(`${BODIES.join()}, [slot="comment"], [slot="title"]`))

function readPost(unit: Element, page: URL): Post | null {
  const outer = unit.parentElement?.closest(POSTS)
  return toPost('reddit', { ...foundPost(unit, page), ...(outer ? { kind: 'quote', parentId: idOf(foundPost(outer, page)) } : {}) })
}

function foundPost(unit: Element, page: URL): Found {
  const at = statedPlace(unit, page) ?? linked(unit, page, ({ comment }) => !comment)
  const body = textOf(pick(unit, BODIES, ownOf(unit)), { skip: NOT_TEXT })
  const author = authorOf(unit)
  return {
    kind: 'post',
    id: markedId(unit, 't3') || (at ? `t3_${at.post}` : ''),
    author,
    title: textOf(titleIn(unit), { skip: NOT_TEXT }) || attribute(unit, 'post-title'),
    body: isGone(body, author) ? '' : body,
    permalink: at?.permalink ?? '',
    publishedText: timeIn(unit),
    imageCount: attribute(unit, 'post-type') === 'image' ? 1 : unit.querySelectorAll('gallery-carousel li img').length,
  }
}

function readComment(unit: Element, page: URL): Post | null {
  const found = foundComment(unit, page)
  if (isGone(found.body, found.author)) return null
  const above = unit.parentElement?.closest(COMMENTS)
  const post = attribute(unit, 'postid') || postAround(unit, found, page)
  return toPost('reddit', { ...found, parentId: attribute(unit, 'parentid') || (above && idOf(foundComment(above, page))) || post })
}

function foundComment(unit: Element, page: URL): Found {
  const at = statedPlace(unit, page) ?? linked(unit, page, ({ comment }) => comment !== undefined)
  const words = commentText(unit)
  return {
    kind: 'comment',
    id: markedId(unit, 't1') || (at?.comment ? `t1_${at.comment}` : ''),
    author: authorOf(unit),
    body: words.map((part) => textOf(part, { skip: NOT_TEXT })).join('\n'),
    permalink: (at ?? placeOf(page))?.permalink ?? '',
    publishedText: timeIn(unit),
  }
}

/** The words of a comment, which may stand there without a box of their own. */
function commentText(unit: Element): Element[] {
  const own = ownOf(unit)
  const text = pick(unit, REPLIES, own)
  return text ? [text] : [...unit.querySelectorAll('p:not(.tagline)')].filter(own)
}

const idOf = (found: Found): string | undefined => toPost('reddit', found)?.id

const isGone = (body: string, { name }: Author): boolean =>
  GONE.test(body) && (body.length < 12 || /^\[(?:deleted|已删除)\]$|^$/.test(name))

const timeIn = (unit: Element): string => textOf(pick(unit, ['.tagline time', 'time', 'faceplate-timeago'], ownOf(unit)))

function authorOf(unit: Element): Author {
  const stated = firstAttribute(unit, ['author', 'data-author'])
  const link = nameIn(unit)
  const name = (stated || nameOf(link)).replace(/^\/?u\//, '')
  const id = /\/(?:user|u)\/([\w-]+)/.exec(attribute(link?.closest('a'), 'href'))?.[1] ?? stated
  return { name, id: /^[\w-]+$/.test(id) ? id : undefined }
}

/** The id as attributes or, on old pages, a class write it. */
function markedId(unit: Element, type: 't1' | 't3'): string {
  const stated = firstAttribute(unit, ['thingid', 'data-fullname', 'thing-id', 'data-thing-id', 'id'])
  return new RegExp(`(?:^|[_-])(${type}_\\w+?)(?:$|\\s)`).exec(`${stated} ${attribute(unit, 'class')}`)?.[1] ?? ''
}

interface Place {
  post: string
  comment?: string
  permalink: string
}

/** What an address opens; the same thing has one address, whichever site shows it. */
function placeOf(url: URL | null): Place | null {
  if (!url || !/^(?:(?:www|old|new|sh)\.)?reddit\.com$/.test(url.hostname)) return null
  const [, post, rest = ''] = /^(?:\/(?:r|user|u)\/[\w-]+)?\/comments\/(\w+)(\/.*)?$/.exec(url.pathname) ?? []
  if (!post) return null
  const comment = /^\/[^/]*\/(?:comment\/)?(\w+)\/?$/.exec(rest)?.[1]
  return { post, ...(comment ? { comment } : {}), permalink: `https://www.reddit.com${url.pathname}` }
}

const statedPlace = (unit: Element, page: URL): Place | null =>
  placeOf(address(firstAttribute(unit, ['permalink', 'data-permalink']), page))

/** The first of the unit's links that leads to something of its kind. */
function linked(unit: Element, page: URL, fits: (at: Place) => boolean): Place | null {
  const own = ownOf(unit)
  for (const { url } of links(unit, page, (link) => own(link) && !link.closest('.md, [slot="comment"]'))) {
    const at = placeOf(url)
    if (at && fits(at)) return at
  }
  return null
}

/** The post that a comment's own address names, or else the page. */
function postAround(comment: Element, { permalink }: Found, page: URL): string | undefined {
  const at = (permalink ? placeOf(new URL(permalink)) : null) ?? placeOf(page)
  if (at) return `t3_${at.post}`
  const post = comment.ownerDocument.querySelector(POST)
  return (post && markedId(post, 't3')) || undefined
}
