/** www.douban.com: lists of group topics, the topic and its comments. */

import type { Author, Post } from '../types.ts'
import type { Adapter } from './adapter.ts'
import { all, attribute, beside, firstAttribute, hasText, hidden, links, nameOf, pick, pickName, textOf, toPost } from './read.ts'

const TOPIC_LINK = 'a[href*="/group/topic/"], a[href*="douban.com/topic/"]'
/** Frames of a topic in a list, the one to trust first. */
const ROWS = ['tr, .channel-item', 'li', '[class*="topic-item"]']
const ABSTRACTS = ['.block p', '.block', '[class*="abstract"]', '.content']

/** Where a topic's own words stand, newest form first. */
const BODIES = ['.topic-richtext', '.rich-content', '#link-report .topic-content', '#link-report', '.topic-content']
const TOPIC = '#topic-content, .topic-content, .topic-doc, #link-report, .topic-richtext, .rich-content'

const COMMENT = '.comment-item, .reply-item, .topic-reply > li, #comments > li, li[data-cid]'
const COMMENT_TEXTS = ['.reply-content', '.reply-doc > p', '.reply-doc .markdown', '.comment-content', 'p', '.reply-doc']
/** Comments that were liked most stand above all others, and once more in their place. */
const POPULAR = '#popular-comments, .popular-bd'
const QUOTE = '.reply-quote'
const QUOTE_TEXTS = ['.short', '.all', '.reply-quote-content']

const PEOPLE = 'a[href*="/people/"]'
/** Who has left has a name without a link. */
const COMMENT_NAMES = ['.bg-img-green h4 a', 'h4 a', `.reply-doc ${PEOPLE}`, PEOPLE, 'h4', '.user-face img[alt]']
const TOPIC_NAMES = ['.from a', `h3 ${PEOPLE}`, '.user-face img[alt]', PEOPLE]
const NOT_TEXT =
  '.reply-quote, .cmt-img, .operation-div, .operation_div, .comment-report, .comment-vote, .lnk-reply, [class*="toggle"], .pubdate, .pubtime, ' +
  '.infobox, .topic-opt, .sns-bar, .image-caption-hint, h1, h3, h4, .bg-img-green, .user-face'
const TIMES = '.pubtime, .time'
const GONE = /^[[【]?(?:该|此)?(?:评论|回应|回复|内容|话题)?(?:已被?|由于)[^\n]{0,12}(?:删除|隐藏|折叠)[^\n]{0,6}$/

export const douban: Adapter = {
  id: 'douban',
  names: { zh: '豆瓣小组', en: 'Douban groups' },
  matches: ['https://www.douban.com/*'],
  posts,
  read(element, page) {
    if (hidden(element)) return null
    if (element.matches(QUOTE)) return readQuote(element, page)
    if (element.matches(COMMENT)) return readComment(element, page)
    return isTopic(element) ? readTopic(element, page) : readRow(element, page)
  },
  slot(element) {
    if (element.matches(QUOTE)) return beside(element, quoted(element), quoteText(element))
    if (element.matches(COMMENT)) return beside(element, commentAuthor(element), commentText(element))
    return isTopic(element)
      ? beside(element, topicAuthor(element), topicText(element))
      : beside(element, rowAuthor(element), rowTitle(element))
  },
  expects: ({ pathname }) => /^\/(?:group\/(?:$|explore|search|topic\/\d|[^/]+\/?(?:discussion)?$)|topic\/\d)/.test(pathname),
}

function posts(root: ParentNode): Iterable<Element> {
  const units = new Set<Element>()
  for (const element of all(root, [COMMENT, QUOTE, TOPIC, TOPIC_LINK].join())) {
    const unit = element.matches(`${COMMENT}, ${QUOTE}`)
      ? element
      : element.matches(TOPIC)
        ? !element.closest(COMMENT) && topicAround(element)
        : rowAround(element)
    if (unit) units.add(unit)
  }
  return units
}

/** The row of a list that this link names a topic of; links in texts and beside the list name none. */
function rowAround(link: Element): Element | null {
  if (link.closest(`${TOPIC}, ${COMMENT}, .aside, nav, .paginator, .tabs`)) return null
  return ROWS.map((row) => link.closest(row)).find((row) => row !== null) ?? link.closest('h2, h3, h4')?.parentElement ?? null
}

const rowTitle = (row: Element) =>
  pick(row, [`.title :is(${TOPIC_LINK})`, `.td-subject :is(${TOPIC_LINK})`, `h3 :is(${TOPIC_LINK})`, TOPIC_LINK], hasText)
const rowAuthor = (row: Element) => pickName(row, [PEOPLE])

function readRow(row: Element, page: URL): Post | null {
  const title = rowTitle(row)
  if (!title || rowAround(title) !== row) return null
  const at = [...links(title, page)].map(({ url }) => topicAt(url)).find((found) => found !== null)
  return toPost('douban', {
    kind: 'post',
    id: at?.id,
    author: person(rowAuthor(row)),
    title: wholeTitle(title),
    body: textOf(pick(row, ABSTRACTS, hasText)),
    permalink: at?.permalink,
    publishedText: textOf(pick(row, ['td.time', '.td-time', '.pubtime', '.time'])),
  })
}

/** Lists cut long titles; the whole one is the link's `title`. */
function wholeTitle(title: Element): string {
  const written = textOf(title)
  const whole = attribute(title, 'title')
  return whole.startsWith(written.replace(/\s*(?:\.{2,}|…+)$/, '')) ? whole : written
}

/** The outermost frame of the topic's words that is known; else the smallest that names somebody. */
function topicAround(part: Element): Element {
  let topic = part
  for (let outer = part.parentElement?.closest(TOPIC); outer; outer = outer.parentElement?.closest(TOPIC)) topic = outer
  if (topicAuthor(topic)) return topic
  for (let at = topic.parentElement, depth = 0; at && depth < 4; at = at.parentElement, depth++) if (topicAuthor(at)) return at
  return topic
}

const isTopic = (element: Element): boolean => all(element, TOPIC).some((part) => !part.closest(COMMENT) && topicAround(part) === element)
const topicText = (topic: Element) =>
  pick(topic, BODIES, (body) => !body.closest(COMMENT)) ?? (topic.matches(BODIES.join()) ? topic : null)
const topicAuthor = (topic: Element) =>
  pickName(topic, TOPIC_NAMES, (name) => !name.closest(`${COMMENT}, .rich-content, .topic-richtext, .aside, .topic-content p`))

function readTopic(topic: Element, page: URL): Post | null {
  const body = topicText(topic)
  const at = topicAt(page)
  const title = pick(topic.ownerDocument, ['#content h1', '.article h1', 'h1'], hasText)
  // A long title is cut in the heading and stands whole above the text.
  const whole = textOf(pick(topic, ['.infobox .tablecc'])).replace(/^标题[:：]\s*/, '')
  return toPost('douban', {
    kind: 'post',
    id: at?.id,
    author: person(topicAuthor(topic)),
    title: whole || textOf(title),
    body: textOf(body, { skip: NOT_TEXT }),
    permalink: at?.permalink,
    publishedText: textOf(pick(topic, ['.create-time', '.color-green', '.pubtime'], (time) => !time.closest(COMMENT))),
    imageCount: body?.querySelectorAll('img').length ?? 0,
  })
}

const ownOf = (comment: Element) => (part: Element) => part.closest(COMMENT) === comment && !part.closest(QUOTE)
const commentAuthor = (comment: Element) =>
  pickName(comment, COMMENT_NAMES, (name) => ownOf(comment)(name) && !name.closest('.reply-content') && (!name.matches('h4') || nameOf(name, TIMES) !== ''))
const commentText = (comment: Element) => pick(comment, COMMENT_TEXTS, ownOf(comment))

function readComment(comment: Element, page: URL): Post | null {
  const id = commentId(comment)
  // The copy above; the comment may also stand on another page, then the copy is all there is.
  if (comment.closest(POPULAR) && commentsOf(comment).some((other) => !other.closest(POPULAR) && commentId(other) === id)) return null
  const body = textOf(commentText(comment), { skip: NOT_TEXT })
  if (GONE.test(body)) return null
  const at = topicAt(page)
  const author = person(commentAuthor(comment))
  const outer = comment.parentElement?.closest(COMMENT)
  return toPost('douban', {
    kind: 'comment',
    id,
    author: { name: author.name, id: author.id ?? attribute(comment, 'data-author-id') },
    body,
    permalink: at?.permalink,
    publishedText: textOf(pick(comment, ['.pubtime', '.time'], ownOf(comment))),
    parentId: (outer && commentId(outer)) || at?.id,
    imageCount: [...comment.querySelectorAll('.cmt-img img')].filter(ownOf(comment)).length,
  })
}

const commentsOf = (comment: Element): Element[] => [...comment.ownerDocument.querySelectorAll(COMMENT)]
const commentId = (comment: Element): string =>
  firstAttribute(comment, ['data-cid', 'data-id']) || attribute(comment, 'id').replace(/^\D+/, '')

/** Of the comment that is answered a short form is shown, or the whole if the reader asked for it. */
const quoteText = (quote: Element) => pick(quote, QUOTE_TEXTS, (text) => hasText(text) && !hidden(text))
const quoted = (quote: Element) => pickName(quote, [`.pubdate ${PEOPLE}`, PEOPLE, '.pubdate'])

function readQuote(quote: Element, page: URL): Post | null {
  const comment = quote.closest(COMMENT)
  const parent = comment && readComment(comment, page)
  if (!parent) return null
  const body = textOf(quoteText(quote), { skip: NOT_TEXT })
  return toPost('douban', {
    kind: 'quote',
    // Many may quote the same words.
    id: `${parent.id}-quote`,
    author: person(quoted(quote)),
    body: GONE.test(body) ? '' : body,
    permalink: parent.permalink,
    parentId: parent.id,
  })
}

function person(name: Element | null): Author {
  const link = name?.closest(PEOPLE) ?? name?.querySelector(PEOPLE)
  return { name: nameOf(name, TIMES) || attribute(name, 'alt'), id: /\/people\/([^/?#]+)/.exec(attribute(link, 'href'))?.[1] }
}

function topicAt(url: URL): { id: string; permalink: string } | null {
  const [, path, id] = url.hostname === 'www.douban.com' ? (/^\/((?:group\/)?topic)\/(\d+)/.exec(url.pathname) ?? []) : []
  return path && id ? { id, permalink: `https://www.douban.com/${path}/${id}/` } : null
}
