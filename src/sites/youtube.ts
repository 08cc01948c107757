/** youtube.com: comments and their replies below videos, shorts and posts; the video and the post themselves. */

import type { Author, Post } from '../types.ts'
import type { Adapter } from './adapter.ts'
import { all, attribute, beside, concealed, hasText, hidden, links, nameOf, pick, pickName, textOf, toPost } from './read.ts'

/** New and old element of a comment. */
const COMMENT = 'ytd-comment-view-model, ytd-comment-renderer'
const POST = 'ytd-backstage-post-renderer, ytd-post-renderer'
/** The page's own video, in the present and the older layout. */
const VIDEO = 'ytd-watch-metadata, ytd-video-primary-info-renderer'
const UNIT = `${COMMENT}, ${POST}, ${VIDEO}`
const THREAD = 'ytd-comment-thread-renderer'
const COMMENTS = `ytd-comments, ${THREAD}, ytd-comment-replies-renderer, #comments`
const TEXT = '#content-text'
const TEXTS = [TEXT, '#expander #content', '#comment-content', 'yt-attributed-string', '#content yt-formatted-string']
/** A creator's name stands in a badge, and the usual place is hidden. */
const NAMES = ['#author-text', '#author-comment-badge #channel-name', '#author-comment-badge', 'a[href^="/@"], a[href^="/channel/"]']
const CHANNEL = 'a[href^="/@"], a[href*="youtube.com/@"], a[href*="/channel/"]'
const OWNERS = ['ytd-video-owner-renderer #channel-name a', '#owner #channel-name', '#channel-name a', '#owner a[href^="/@"]']
const DESCRIPTION =
  '#description-inline-expander yt-attributed-string, #description-inline-expander #plain-snippet-text, #description yt-formatted-string.content'
const TIME = ['#published-time-text', 'a[href*="lc="]', 'a[href*="/post/"]']
const NOT_NAME = `${TEXT}, #published-time-text, #pinned-comment-badge, #action-buttons, ytd-comment-engagement-bar, #vote-count-middle`
const NOT_TEXT =
  '#more, #less, .more-button, .less-button, [slot="more-button"], [slot="less-button"], ytd-tri-state-button-view-model, tp-yt-paper-button'

export const youtube: Adapter = {
  id: 'youtube',
  names: { zh: 'YouTube', en: 'YouTube' },
  matches: ['https://www.youtube.com/*'],
  posts,
  read(element, page) {
    if (hidden(element)) return null
    if (element.matches(VIDEO)) return readVideo(element, page)
    return isComment(element) ? readComment(element, page) : readPost(element, page)
  },
  slot: (element) =>
    element.matches(VIDEO) ? beside(element, null, titleOf(element)) : beside(element, nameIn(element), textIn(element)),
  expects: ({ pathname }) => /^\/(?:watch|post\/|(?:@[^/]+|channel\/[^/]+|c\/[^/]+)\/(?:community|posts))/.test(pathname),
}

function posts(root: ParentNode): Iterable<Element> {
  const units = new Set<Element>()
  for (const part of all(root, `${UNIT}, ${TEXT}`)) {
    const unit = part.matches(UNIT) ? part : (part.closest(UNIT) ?? boxWithName(part))
    if (unit && root.contains(unit)) units.add(unit)
  }
  return units
}

/** No element that we know: the smallest box that names somebody besides the words. */
function boxWithName(text: Element): Element | null {
  for (let at = text.parentElement, depth = 0; at && depth < 10 && !at.matches(COMMENTS); at = at.parentElement, depth++)
    if (nameIn(at)) return at
  return null
}

const isComment = (unit: Element): boolean =>
  unit.matches(COMMENT) || (!unit.matches(POST) && (unit.closest(COMMENTS) !== null || unit.querySelector('a[href*="lc="]') !== null))

/** What of a unit is not part of one inside it. */
const ownOf = (unit: Element) => (part: Element): boolean => {
  const nearest = part.closest(UNIT)
  return nearest === unit || !nearest || nearest.contains(unit)
}
const textIn = (unit: Element) =>
  pick(unit, TEXTS, (text) => ownOf(unit)(text) && hasText(text) && !text.closest('#author-text, #header'))
const nameIn = (unit: Element) => {
  const fits = (name: Element) => ownOf(unit)(name) && !name.closest(NOT_NAME)
  return pickName(unit, NAMES, fits) ?? unit.querySelector('#author-text')
}

function readComment(unit: Element, page: URL): Post | null {
  const at = placeIn(unit, page)
  return toPost('youtube', {
    kind: 'comment',
    id: at?.comment,
    ...basics(unit),
    permalink: at?.permalink ?? placeOf(page)?.permalink,
    // A reply's id begins with that of the comment it stands below.
    parentId: /^[^.]+(?=\.)/.exec(at?.comment ?? '')?.[0] ?? answered(unit, page) ?? at?.post ?? placeOf(page)?.post,
  })
}

function readPost(unit: Element, page: URL): Post | null {
  const own = [...links(unit, page, (link) => ownOf(unit)(link) && !link.closest(TEXT))].map(({ url }) => placeOf(url))
  // Without a link of its own a post stands on its own page.
  const at = own.find((place) => place?.permalink.includes('/post/')) ?? (page.pathname.startsWith('/post/') ? placeOf(page) : null)
  return toPost('youtube', {
    kind: 'post',
    id: at?.post,
    ...basics(unit),
    permalink: at?.permalink,
    imageCount: unit.querySelectorAll('ytd-backstage-image-renderer img').length,
  })
}

const titleOf = (video: Element) => pick(video, ['#title h1', 'h1.title', 'h1', '#title'], hasText)

function readVideo(video: Element, page: URL): Post | null {
  const around = video.matches('ytd-watch-metadata') ? video : (video.closest('#primary, ytd-watch-flexy') ?? video)
  const name = pickName(around, OWNERS, (owner) => !owner.closest(COMMENTS))
  const at = placeOf(page)
  // Folded, only the beginning is shown; unfolded, that beginning may still be there.
  const texts = [...around.querySelectorAll(DESCRIPTION)].map((text) => textOf(text, { lines: true, skip: NOT_TEXT }))
  return toPost('youtube', {
    kind: 'post',
    id: at?.post,
    author: personOf(name, name),
    title: textOf(titleOf(video)),
    body: texts.reduce((longest, text) => (text.length > longest.length ? text : longest), ''),
    permalink: at?.permalink,
  })
}

const basics = (unit: Element) => ({
  author: authorOf(unit),
  body: textOf(textIn(unit), { lines: true, skip: NOT_TEXT }),
  publishedText: textOf(pick(unit, TIME, (time) => ownOf(unit)(time) && !time.closest(TEXT))),
})

/** The first comment of the thread that a reply stands in, where its own link is missing. */
function answered(unit: Element, page: URL): string | undefined {
  const replies = unit.closest('ytd-comment-replies-renderer, #replies')
  const first = [...(replies?.closest(THREAD)?.querySelectorAll(COMMENT) ?? [])].find((comment) => !replies?.contains(comment))
  return first && first !== unit && !concealed(first) ? readComment(first, page)?.id : undefined
}

const authorOf = (unit: Element): Author => {
  const name = nameIn(unit)
  const linked = name?.closest(CHANNEL) ?? name?.querySelector(CHANNEL)
  return personOf(name, linked ?? pick(unit, ['#author-thumbnail a[href], a#author-text'], ownOf(unit)))
}

function personOf(name: Element | null, link: Element | null): Author {
  const [, handle, channel] = /\/(?:@([^/?#]+)|channel\/([^/?#]+))/.exec(attribute(link, 'href')) ?? []
  const id = handle ?? channel
  return { name: nameOf(name) || id || '', id }
}

interface Place {
  /** Id of the video or post. */
  post: string
  permalink: string
}

/** Which video, short or post an address opens. */
function placeOf({ hostname, pathname, searchParams }: URL): Place | null {
  if (hostname !== 'www.youtube.com' && hostname !== 'youtube.com') return null
  const [path, id] = /^\/(?:shorts|post|live)\/([\w-]+)/.exec(pathname) ?? []
  if (path && id) return { post: id, permalink: `https://www.youtube.com${path}` }
  const video = /^\/watch\/?$/.test(pathname) ? searchParams.get('v') : null
  if (video && /^[\w-]{1,40}$/.test(video)) return { post: video, permalink: `https://www.youtube.com/watch?v=${video}` }
  const post = /\/(?:community|posts)\/?$/.test(pathname) ? searchParams.get('lb') : null
  return post && /^[\w-]{1,80}$/.test(post) ? { post, permalink: `https://www.youtube.com/post/${post}` } : null
}

/** A comment's own address: that of its video or post, with `lc`. */
function placeIn(unit: Element, page: URL): (Place & { comment: string }) | null {
  for (const { url } of links(unit, page, (link) => ownOf(unit)(link) && !link.closest(TEXT))) {
    const comment = url.searchParams.get('lc')
    const place = comment && /^[\w.-]{1,120}$/.test(comment) ? (placeOf(url) ?? placeOf(page)) : null
    if (!comment || !place) continue
    return { ...place, comment, permalink: `${place.permalink}${place.permalink.includes('?') ? '&' : '?'}lc=${comment}` }
  }
  return null
}
