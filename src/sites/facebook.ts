/** facebook.com groups: posts of the feed and on their own page, what they share, comments. All classes are opaque. */

import type { Author, Post } from '../types.ts'
import type { Adapter } from './adapter.ts'
import { all, attribute, before, beside, hasText, hidden, inside, links, nameOf, pick, pickName, textOf, toPost } from './read.ts'

const MESSAGES = ['[data-ad-rendering-role="story_message"]', '[data-ad-comet-preview="message"]', '[data-ad-preview="message"]']
const MESSAGE = MESSAGES.join()
const PROFILE = '[data-ad-rendering-role="profile_name"]'
const HEADING = 'h2, h3, h4'
/** Comments, and in some layouts posts. */
const ARTICLE = '[role="article"]'
const FEED = '[role="feed"]'
const UNITS = '[aria-posinset], [data-pagelet^="FeedUnit"]'
/** Names and times stand in spans. */
const LINE = 'div[dir="auto"]'
const NO_POST = '[role="navigation"], [role="banner"], [contenteditable="true"], form'
const CONTROL = `a, button, [role="button"], [role="toolbar"], [role="menu"], h1, ${HEADING}, ${PROFILE}`

const PERSON = 'a[href*="/user/"], a[href*="profile.php"], a[href*="/people/"]'
const NAMES = [
  `${PROFILE} :is(${PERSON})`,
  `:is(${HEADING}) :is(${PERSON})`,
  `${PROFILE} a`,
  `:is(${HEADING}) a`,
  `${PROFILE} strong, :is(${HEADING}) strong`,
  PERSON,
  PROFILE,
  HEADING,
]
const COMMENT_LABEL = /^(?:comment|reply) by\b|评论|評論|留言|回复|回覆/i
/** 张三的评论, 张三2天前的评论, 评论者：张三, "Reply by 张三 to 李四's comment 2 days ago". */
const LABELLED_NAME =
  /^(?:(?:comment|reply) by|(?:评论|回复)者[:：])\s*(.+?)(?:\s+(?:to|an?|about|\d+)\s.*|[,，].*)?$|^(.+?)\s*(?:\d+\s*\S{1,3}前)?(?:的|对).*(?:评论|評論|留言|回复|回覆)/i
const TIME =
  /^(?:刚刚|昨天|前天|今天|just now|yesterday|\d+\s*(?:秒|分钟|分鐘|小时|小時|天|周|週|个?月|年|[smhdwy]\b|min|hr|day)|(?:\d+年)?\d+月\d+日|[a-z]{3,9} \d{1,2}\b)/i

export const facebook: Adapter = {
  id: 'facebook',
  names: { zh: 'Facebook（脸书）', en: 'Facebook' },
  matches: ['https://www.facebook.com/*'],
  posts,
  read(element, page) {
    if (hidden(element)) return null
    if (isComment(element)) return readComment(element, page)
    const outer = outerOf(element)
    return outer ? readQuote(element, outer, page) : readPost(element, page)
  },
  slot(element) {
    const own = ownOf(element)
    return beside(element, isComment(element) ? commentName(element) : nameIn(element, own), wordsIn(element, own)[0] ?? null)
  },
  expects: ({ pathname }) => /^\/groups\/(?!(?:joins|discover|create|notifications)\b)[^/]+/.test(pathname),
}

function posts(root: ParentNode): Iterable<Element> {
  const found = new Set<Element>()
  for (const part of all(root, `${MESSAGE}, ${ARTICLE}, ${UNITS}, ${FEED} > *, ${PROFILE}`)) {
    const unit = part.closest(NO_POST) ? null : frameOf(part)
    if (!unit || found.has(unit)) continue
    found.add(unit)
    for (const box of quotesIn(unit)) found.add(box)
  }
  return [...found].filter((unit) => root.contains(unit))
}

/** The comment or the post that a part belongs to; a shared post counts as part of the one that shares it. */
function frameOf(part: Element): Element | null {
  const article = part.closest(ARTICLE)
  if (article && isComment(article)) return article
  const unit = part.closest(UNITS)
  if (unit ?? article) return unit?.parentElement?.closest(UNITS) ?? unit ?? article
  const card = childOfFeed(part)
  if (card && [...card.querySelectorAll(`${UNITS}, ${ARTICLE}`)].some((inner) => !isComment(inner))) return null
  // More than a post and what it shares: the feed's child is a list of its own.
  if (card && [PROFILE, MESSAGE].every((selector) => outermost(card, selector) <= 2)) return card
  return part.matches(`${MESSAGE}, ${PROFILE}`) ? boxAround(part) : null
}

const outermost = (root: Element, selector: string): number =>
  [...root.querySelectorAll(selector)].filter((part) => !part.parentElement?.closest(selector)).length

function childOfFeed(part: Element): Element | null {
  const feed = part.closest(FEED)
  let at: Element | null = part
  while (at && feed && at.parentElement !== feed) at = at.parentElement
  return feed && at
}

/** No frame that we know: the smallest box that holds a heading and words below it. */
function boxAround(part: Element): Element | null {
  const words = part.matches(MESSAGE)
  const fits = (other: Element) => !other.contains(part) && !part.contains(other) && (words ? before(other, part) : before(part, other))
  for (let at = part.parentElement, depth = 0; at && depth < 15 && !at.matches(FEED); at = at.parentElement, depth++)
    if ([...at.querySelectorAll(words ? `${HEADING}, ${PROFILE}` : `${MESSAGE}, ${LINE}`)].some(fits)) return at
  return null
}

/** A comment is an article without a heading. */
function isComment(article: Element): boolean {
  if (!article.matches(ARTICLE)) return false
  if (COMMENT_LABEL.test(attribute(article, 'aria-label'))) return true
  const own = (part: Element) => part.closest(ARTICLE) === article
  if ([...article.querySelectorAll('a[href*="comment_id="]')].some(own)) return true
  return !article.matches(UNITS) && ![...article.querySelectorAll(`${MESSAGE}, ${HEADING}, ${PROFILE}`)].some(own)
}

type Own = (part: Element) => boolean

/** What of a unit is its own: neither that of a comment below it nor of a post that it shares. */
function ownOf(unit: Element): Own {
  const quotes = quotesIn(unit)
  return (part) => !quotes.some((box) => box.contains(part)) && !inComment(part, unit)
}

function inComment(part: Element, unit: Element): boolean {
  const article = part.closest(ARTICLE)
  return article !== null && article !== unit && unit.contains(article) && isComment(article)
}

/** A shared post: from a second heading on, the smallest box that also holds words, and not the first heading. */
function quotesIn(unit: Element): Element[] {
  if (isComment(unit)) return []
  const names = unit.querySelector(PROFILE) ? `${PROFILE}, :is(${HEADING}):has(${PERSON})` : HEADING
  const [first, ...others] = [...unit.querySelectorAll(names)]
    .filter((heading) => !heading.closest(MESSAGE) && !inComment(heading, unit) && hasText(heading))
    .filter((heading) => !inside(heading.parentElement!, names, unit))
    .slice(0, 10)
  for (const heading of others)
    for (let at = heading.parentElement; at && first && !at.contains(first); at = at.parentElement)
      if ([...at.querySelectorAll(`${MESSAGE}, ${LINE}`)].some((part) => before(heading, part) && isWords(part, unit))) return [at]
  return []
}

/** The post that shares this one. */
function outerOf(unit: Element): Element | null {
  const frame = unit.parentElement && frameOf(unit.parentElement)
  if (frame) return frame !== unit && quotesIn(frame).includes(unit) ? frame : null
  // In a feed without frames what stands around a post is the list of posts.
  if (unit.matches(`${ARTICLE}, ${UNITS}`) || unit.closest(FEED)) return null
  for (let at = unit.parentElement, depth = 0; at && depth < 8; at = at.parentElement, depth++) if (quotesIn(at).includes(unit)) return at
  return null
}

const isWords = (part: Element, unit: Element): boolean =>
  !inComment(part, unit) && !inside(part, `${CONTROL}, ${NO_POST}`, unit) && hasText(part)

/** The message; comments, and posts on a coloured ground, have lines only. */
function wordsIn(unit: Element, own: Own): Element[] {
  const fits = (part: Element) => own(part) && isWords(part, unit)
  const message = pick(unit, MESSAGES, fits)
  if (message) return [message]
  const lines = [...unit.querySelectorAll(LINE)].filter((line) => fits(line) && !inside(line.parentElement!, LINE, unit))
  const loose = lines.length === 0 && isComment(unit) ? pick(unit, ['span[dir="auto"][lang]', '[lang]', 'span[dir="auto"]'], fits) : null
  return loose ? [loose] : lines
}

const bodyOf = (unit: Element, own: Own): string =>
  wordsIn(unit, own)
    .map((part) => textOf(part, { lines: true, skip: '[role="button"]' }))
    .filter(Boolean)
    .join('\n')

const nameIn = (unit: Element, own: Own) =>
  pickName(unit, NAMES, (name) => own(name) && !inside(name, `${MESSAGE}, ${LINE}`, unit) && !namesGroup(name))

/** On the home page a post is headed by its group. */
const namesGroup = (name: Element): boolean =>
  /\/groups\/[^/]+\/?(?:\?|$)/.test(attribute(name.closest('a') ?? name.querySelector('a'), 'href'))

const commentName = (unit: Element) => {
  const own = ownOf(unit)
  return pickName(
    unit,
    [PERSON, 'a[role="link"]', 'a[href]'],
    (link) => own(link) && !inside(link, `${LINE}, [lang]`, unit) && !/^(?:[#?]|$)|comment_id=/.test(attribute(link, 'href')),
  )
}

function readPost(unit: Element, page: URL): Post | null {
  const own = ownOf(unit)
  const name = nameIn(unit, own)
  // With neither it is a sorting box or an empty shell of the feed.
  if (!name && !pick(unit, MESSAGES, own)) return null
  return toPost('facebook', { kind: 'post', ...basics(unit, own, name), ...placeIn(unit, own, page) })
}

function readQuote(box: Element, outer: Element, page: URL): Post | null {
  const own = ownOf(box)
  return toPost('facebook', {
    kind: 'quote',
    ...basics(box, own, nameIn(box, own)),
    ...linkedIn(box, own, page),
    parentId: readPost(outer, page)?.id ?? placeIn(outer, ownOf(outer), page)?.id,
  })
}

function readComment(unit: Element, page: URL): Post | null {
  const own = ownOf(unit)
  const { author, ...rest } = basics(unit, own, commentName(unit))
  const at = linksOf(unit, own, page).map(commentAt).find(Boolean)
  const post = at?.post ?? postAround(unit, page)
  const labelled = LABELLED_NAME.exec(attribute(unit, 'aria-label'))
  return toPost('facebook', {
    kind: 'comment',
    ...rest,
    author: { ...author, name: author.name || (labelled?.[1] ?? labelled?.[2] ?? '').trim() },
    id: at?.id,
    permalink: at?.permalink || post?.permalink,
    parentId: at?.answers ?? post?.id,
  })
}

const basics = (unit: Element, own: Own, name: Element | null) => ({
  author: personOf(name),
  body: bodyOf(unit, own),
  // Times are often scrambled, and then not worth keeping.
  publishedText: [...unit.querySelectorAll('a')]
    .filter((link) => own(link) && !inside(link, `${MESSAGE}, ${LINE}`, unit))
    .flatMap((link) => [attribute(link, 'aria-label'), textOf(link)])
    .find((text) => text.length < 40 && TIME.test(text)),
  imageCount: [...unit.querySelectorAll('a[href*="/photo"] img')].filter(own).length,
})

function personOf(name: Element | null): Author {
  const href = attribute(name?.closest('a') ?? name?.querySelector('a'), 'href')
  const [, user, number, vanity] =
    /\/user\/(\w+)|profile\.php\?(?:.*&)?id=(\d+)|^(?:https:\/\/www\.facebook\.com)?\/([\w.]{3,})\/?(?:\?|$)/.exec(href) ?? []
  return { name: nameOf(name, '[role="button"]'), id: user ?? number ?? vanity }
}

interface Place {
  id: string
  permalink: string
}

/** Which post an address opens. */
function postAt({ hostname, pathname, searchParams }: URL): Place | null {
  if (!/^(?:(?:www|web|m)\.)?facebook\.com$/.test(hostname)) return null
  const site = 'https://www.facebook.com'
  const [, group, posted] = /^\/groups\/([\w.-]+)(?:\/(?:posts|permalink)\/(\w+))?/.exec(pathname) ?? []
  const inGroup = posted ?? /^\d+$/.exec(searchParams.get('multi_permalinks') ?? '')?.[0]
  if (group) return inGroup ? { id: inGroup, permalink: `${site}/groups/${group}/posts/${inGroup}/` } : null
  const [, owner, id] =
    /^\/([\w.]+)\/posts\/(?:[^/]+\/)?(\w+)\/?$/.exec(pathname) ??
    (/^\/(?:permalink|story)\.php$/.test(pathname) ? ['', searchParams.get('id'), searchParams.get('story_fbid')] : [])
  if (!owner || !id || !/^\w+$/.test(id)) return null
  const path = searchParams.has('story_fbid') ? `permalink.php?story_fbid=${id}&id=${encodeURIComponent(owner)}` : `${owner}/posts/${id}`
  return { id, permalink: `${site}/${path}` }
}

function commentAt(url: URL): (Place & { answers: string | undefined; post: Place | null }) | null {
  const [root, reply] = ['comment_id', 'reply_comment_id'].map((key) => /^[\w=-]{1,120}$/.exec(url.searchParams.get(key) ?? '')?.[0])
  if (!root) return null
  const post = postAt(url)
  const query = `comment_id=${root}${reply ? `&reply_comment_id=${reply}` : ''}`
  const permalink = post ? `${post.permalink}${post.permalink.includes('?') ? '&' : '?'}${query}` : ''
  return { id: reply ?? root, permalink, answers: reply ? root : undefined, post }
}

/** Where the links lead that are no part of the words. */
const linksOf = (unit: Element, own: Own, page: URL): URL[] =>
  [...links(unit, page, (link) => own(link) && !inside(link, `${MESSAGE}, ${LINE}`, unit))].map(({ url }) => url)

const linkedIn = (unit: Element, own: Own, page: URL): Place | null => linksOf(unit, own, page).map(postAt).find(Boolean) ?? null

/** A post's place: its time link, which may be empty until it is pointed at; then that of its pictures or its comments. */
function placeIn(unit: Element, own: Own, page: URL): Place | null {
  const linked = linkedIn(unit, own, page)
  if (linked) return linked
  const group = /^\/groups\/([\w.-]+)/.exec(page.pathname)?.[1]
  const sets = linksOf(unit, own, page).map(({ searchParams }) => /^(?:gm|pcb)\.(\d+)$/.exec(searchParams.get('set') ?? '')?.[1])
  const set = sets.find(Boolean)
  if (set) return { id: set, permalink: group ? `https://www.facebook.com/groups/${group}/posts/${set}/` : '' }
  const commented = linksOf(unit, (link) => inComment(link, unit), page).map((url) => commentAt(url)?.post).find(Boolean)
  return commented ?? (unit.closest(FEED) ? null : postAt(page))
}

/** The post that a comment stands below: the card around it, else the page's. */
function postAround(comment: Element, page: URL): Place | null {
  const frame = comment.parentElement && frameOf(comment.parentElement)
  return (frame && !isComment(frame) ? placeIn(frame, ownOf(frame), page) : null) ?? postAt(page)
}

