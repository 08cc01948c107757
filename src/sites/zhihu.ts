/** zhihu.com and its articles on zhuanlan.zhihu.com. */

import type { Author, Post } from '../types.ts'
import type { Adapter } from './adapter.ts'
import {
  address, all, attribute, before, beside, hasText, hidden, inside, jsonAttribute, links, nameOf, parentOf, pick,
  pickName, textOf, toPost,
} from './read.ts'

/** Answers, articles, pins and videos, in feed, search, question and profile. */
const ITEM = '.ContentItem, .AnswerItem, .ArticleItem, .PinItem, .ZVideoItem'
const NO_POST = '.UserItem, .TopicItem, .TopicLinkItem'
/** Search shows people and topics in frames like those of posts, with nothing but a name for title. */
const NAME_TITLE = '.ContentItem-title :is(.UserItem-name, .UserItem-title, .UserLink, .TopicLink)'
const ADVERTS = '.TopstoryItem--advertCard, .Pc-card, .Pc-word-new, .MHotFeedAd'
const NOISE = `.Recommendations-Main, .HotSearchCard, .Question-sideColumn, .GlobalSideBar, aside, ${ADVERTS}`
const HOT = '.HotItem'
/** Once above its answers, and once more in a bar that stays on screen. */
const QUESTION_TITLE = '.QuestionHeader-title'
const BAR = '.PageHeader, .AppHeader, header[role="banner"]'
const ARTICLE_TITLE = 'h1.Post-Title, .Post-Title'
/** A pin forwarded in another. */
const QUOTE = '[class*="OriginPin"], [class*="originPin"], [class*="originpin"]'
/** The words of a comment: today's, and the older layout's. */
const COMMENT = '.CommentContent, .CommentItemV2-content, .CommentItemV2 .CommentRichText'
const COMMENT_PLACES = '.Comments-container, .Modal-content, .CommentListV2, .CommentsV2'

const PERSON = 'a[href*="/people/"], a[href*="/org/"]'
const NAMES = [
  '.AuthorInfo-name .UserLink-link',
  '.AuthorInfo .UserLink-link',
  '.Post-Author .UserLink-link',
  '.AuthorInfo-name',
  '.Post-Author .UserLink',
  '.UserLink-link',
  `:is(${PERSON})`,
  '.UserLink',
]
const BODIES = ['.RichContent-inner .RichText', '.RichContent-inner', '.RichText', '.RichContent', '.ztext']
const HEAD = '.ContentItem-title, .ContentItem-actions'
const NOT_TEXT =
  '.ContentItem-more, .RichContent-actions, .ContentItem-actions, .ContentItem-time, .RichText-Ecommerce, [class^="KfeCollection"]'

export const zhihu: Adapter = {
  id: 'zhihu',
  names: { zh: '知乎', en: 'Zhihu' },
  matches: ['https://www.zhihu.com/*', 'https://zhuanlan.zhihu.com/*'],
  posts,
  read(element, page) {
    if (hidden(element)) return null
    if (isQuestion(element)) return readQuestion(element, page)
    const comment = commentText(element)
    if (comment) return readComment(element, comment, page)
    if (element.matches(QUOTE)) return readQuote(element, page)
    if (element.matches(HOT)) return readHot(element, page)
    if (isArticle(element)) return readArticle(element, page)
    return element.matches(ITEM) ? readItem(element, page) : null
  },
  slot(element) {
    if (isQuestion(element)) return beside(element, null, element.querySelector(QUESTION_TITLE))
    const comment = commentText(element)
    if (comment) return beside(element, commentAuthor(element, comment), comment)
    if (element.matches(HOT)) return beside(element, null, element.querySelector('.HotItem-content'))
    return beside(element, authorIn(element), bodyOf(element) ?? titleOf(element))
  },
  expects: ({ hostname, pathname }) =>
    hostname === 'zhuanlan.zhihu.com'
      ? pathname.startsWith('/p/')
      : /^\/(?:$|hot|follow|question\/\d|answer\/|pin\/|zvideo\/|people\/|org\/|search|topic\/|collection\/)/.test(pathname),
}

function posts(root: ParentNode): Iterable<Element> {
  const units = new Set<Element>()
  for (const element of all(root, [ITEM, HOT, ARTICLE_TITLE, QUESTION_TITLE, QUOTE, COMMENT].join())) {
    if (element.closest(NOISE)) continue
    const unit = element.matches(COMMENT)
      ? commentAround(element)
      : element.matches(ARTICLE_TITLE)
        ? articleAround(element)
        : element.matches(QUESTION_TITLE)
          ? questionAround(element)
          : isUnit(element)
            ? element
            : null
    if (unit) units.add(unit)
  }
  return units
}

function isUnit(element: Element): boolean {
  if (element.matches(NO_POST) || (!bodyOf(element) && element.querySelector(NAME_TITLE))) return false
  if (element.matches(QUOTE)) return !element.parentElement?.closest(QUOTE) && element.closest(ITEM) !== null
  return !element.parentElement?.closest(ITEM)
}

/** What of an item is its own: not its comments, not the pin it forwards. */
const ownOf = (unit: Element) => (part: Element): boolean =>
  !part.closest(`${COMMENT_PLACES}, ${NOISE}`) &&
  !commentPlace(part) &&
  (unit.matches(QUOTE) || !part.closest(QUOTE))

/** Comments may stand in a box without a known name. */
function commentPlace(part: Element): boolean {
  if (part.closest(COMMENT)) return true
  const marked = part.closest('[data-id]')
  return marked !== null && marked.querySelector(COMMENT) !== null && !marked.querySelector(ITEM) && !marked.matches(ITEM)
}

const titleOf = (unit: Element) => pick(unit, ['.ContentItem-title', 'h2', 'h1'], (title) => ownOf(unit)(title) && hasText(title))
const bodyOf = (unit: Element) =>
  pick(unit, BODIES, (body) => ownOf(unit)(body) && !inside(body, `${HEAD}, .AuthorInfo, .Post-Author, .ContentItem-meta`, unit))
const authorIn = (unit: Element) =>
  pickName(
    unit,
    NAMES,
    (name) => ownOf(unit)(name) && !inside(name, `${HEAD}, .RichContent, .RichText, .Post-RichTextContainer`, unit),
  )

function readItem(item: Element, page: URL): Post | null {
  const zop = jsonAttribute(item.matches('[data-zop]') ? item : item.querySelector(':scope > [data-zop]'), 'data-zop')
  const author = authorOf(item, zop)
  const at = addressOf(item, page, zop)
  let body = textOf(bodyOf(item), { skip: skipQuote })
  // A feed card may name its author only in front of the excerpt.
  if (!author.name && item.querySelector('.is-collapsed')) author.name = /^([^\s：]{1,30})：/.exec(body)?.[1] ?? ''
  body = withoutName(body, author.name)
  return toPost('zhihu', {
    kind: 'post',
    id: text(zop['itemId']) || attribute(item, 'name') || at?.id,
    author,
    title: textOf(titleOf(item)),
    body,
    permalink: at?.permalink,
    publishedText: textOf(pick(item, ['.ContentItem-time'], ownOf(item))),
  })
}

const skipQuote = `${NOT_TEXT}, ${QUOTE}, ${COMMENT_PLACES}`

function readQuote(box: Element, page: URL): Post | null {
  const author = authorOf(box)
  const at = linkedPost(box, page)
  const outer = box.closest(ITEM)
  return toPost('zhihu', {
    kind: 'quote',
    id: at?.id,
    author,
    body: withoutName(textOf(bodyOf(box) ?? box, { skip: `${NOT_TEXT}, .AuthorInfo, .UserLink` }), author.name),
    permalink: at?.permalink,
    parentId: outer ? readItem(outer, page)?.id : undefined,
  })
}

function readHot(item: Element, page: URL): Post | null {
  const at = linkedPost(item, page)
  return toPost('zhihu', {
    kind: 'post',
    id: at?.id,
    author: { name: '' },
    title: textOf(item.querySelector('.HotItem-title')),
    body: textOf(item.querySelector('.HotItem-excerpt')),
    permalink: at?.permalink,
  })
}

/** The head of a question's page, with what its asker wrote. */
function questionAround(title: Element): Element | null {
  if (title.closest(BAR)) return null
  return title.closest('.QuestionHeader') ?? title.closest('.QuestionHeader-content, .QuestionHeader-main') ?? title.parentElement
}

const isQuestion = (element: Element): boolean => {
  const title = element.querySelector(QUESTION_TITLE)
  return title !== null && questionAround(title) === element
}

/** The page does not name who asks. */
function readQuestion(head: Element, page: URL): Post | null {
  const permalink = questionAt(page)
  return toPost('zhihu', {
    kind: 'post',
    id: permalink?.replace(/^.*\//, ''),
    author: { name: '' },
    title: textOf(head.querySelector(QUESTION_TITLE)),
    body: textOf(pick(head, ['.QuestionRichText .RichText', '.QuestionRichText', '.QuestionHeader-detail .RichText', '.QuestionHeader-detail'], hasText), { skip: '.QuestionRichText-more' }),
    permalink,
  })
}

/** Article page: the smallest frame around the title that holds the text as well. */
function articleAround(title: Element): Element | null {
  for (let at = parentOf(title), depth = 0; at && depth < 8; at = parentOf(at), depth++)
    if (at.querySelector('.Post-RichTextContainer, .Post-RichText, .RichText')) return at
  return null
}

const isArticle = (element: Element): boolean => {
  const title = element.querySelector(ARTICLE_TITLE)
  return title !== null && articleAround(title) === element
}

function readArticle(article: Element, page: URL): Post | null {
  const zop = jsonAttribute(article.closest('[data-zop]') ?? article.querySelector('[data-zop]'), 'data-zop')
  const author = authorOf(article, zop)
  const at = postAt(page) ?? linkedPost(article, page)
  const body = pick(article, ['.Post-RichTextContainer .RichText', '.Post-RichTextContainer', '.Post-RichText', ...BODIES], ownOf(article))
  return toPost('zhihu', {
    kind: 'post',
    id: text(zop['itemId']) || at?.id,
    author,
    title: textOf(article.querySelector(ARTICLE_TITLE)),
    body: textOf(body, { skip: skipQuote }),
    permalink: at?.permalink,
    publishedText: textOf(pick(article, ['.ContentItem-time'], ownOf(article))),
  })
}

function authorOf(unit: Element, zop: Record<string, unknown> = {}): Author {
  const meta = unit.querySelector('.AuthorInfo meta[itemprop="name"], [itemprop="author"] meta[itemprop="name"]')
  const loose = unit.querySelector('meta[itemprop="name"]')
  // Loose, the same meta may also name the question.
  const other = loose?.closest('[itemprop*="uestion"]') ? '' : attribute(loose, 'content')
  return personOf(authorIn(unit), attribute(meta, 'content') || text(zop['authorName']) || other)
}

function personOf(name: Element | null, other = ''): Author {
  const link = name?.closest(PERSON) ?? name?.querySelector(PERSON)
  return { name: nameOf(name) || other, id: /\/(?:people|org)\/([^/?#]+)/.exec(attribute(link, 'href'))?.[1] }
}

/** Feeds put "name：" before an excerpt. */
function withoutName(body: string, name: string): string {
  if (!name || !body.startsWith(name)) return body
  const rest = body.slice(name.length)
  return /^\s*[:：]/.test(rest) ? rest.replace(/^\s*[:：]\s*/, '') : body
}

interface PostAddress {
  id: string
  permalink: string
}

/** Which post an address opens. A question's own address is no answer's. */
function postAt(url: URL): PostAddress | null {
  if (url.hostname === 'zhuanlan.zhihu.com' || url.hostname === 'www.zhihu.com') {
    const article = /^\/p\/(\d+)/.exec(url.pathname)?.[1]
    if (article) return { id: article, permalink: `https://zhuanlan.zhihu.com/p/${article}` }
  }
  if (url.hostname !== 'www.zhihu.com' && url.hostname !== 'zhihu.com') return null
  const [path, id] = /^\/(?:question\/\d+\/answer|answer|pin|zvideo)\/(\d+)/.exec(url.pathname) ?? []
  return path && id ? { id, permalink: `https://www.zhihu.com${path}` } : null
}

/** A dialog of comments on a question's page does not say whose they are; they can be found from there. */
function questionAt(page: URL): string | undefined {
  const path = /^\/question\/\d+/.exec(page.pathname)?.[0]
  return path && `https://www.zhihu.com${path}`
}

/** Addresses that a unit gives of itself: its links outside of the words, then its metas. */
function addresses(unit: Element, page: URL): URL[] {
  const own = ownOf(unit)
  const linked = [...links(unit, page, (link) => own(link) && !link.closest('.RichText'))].map(({ url }) => url)
  const stated = [...unit.querySelectorAll('meta[itemprop="url"]')].filter(own).map((meta) => address(attribute(meta, 'content'), page))
  return [...linked, ...stated.filter((url) => url !== null)]
}

const questionIn = (urls: readonly URL[]): string => urls.map(({ pathname }) => /^\/question\/(\d+)/.exec(pathname)?.[1]).find(Boolean) ?? ''

/** The first post that the unit leads to, a question if there is nothing else. */
function linkedPost(unit: Element, page: URL): PostAddress | null {
  const urls = addresses(unit, page)
  const post = urls.map(postAt).find((found) => found !== null)
  const question = questionIn(urls)
  return post ?? (question ? { id: question, permalink: `https://www.zhihu.com/question/${question}` } : null)
}

const TYPES = ['Article', 'Pin', 'ZVideo', 'Answer']

function addressOf(item: Element, page: URL, zop: Record<string, unknown>): PostAddress | null {
  const linked = linkedPost(item, page)
  const id = text(zop['itemId']) || attribute(item, 'name') || linked?.id
  if (!id || !/^\d+$/.test(id)) return linked
  if (linked && linked.id === id && !/\/question\/\d+$/.test(linked.permalink)) return linked
  switch ((text(zop['type']) || TYPES.find((type) => item.matches(`.${type}Item`)))?.toLowerCase()) {
    case 'article':
    case 'post':
      return { id, permalink: `https://zhuanlan.zhihu.com/p/${id}` }
    case 'pin':
      return { id, permalink: `https://www.zhihu.com/pin/${id}` }
    case 'zvideo':
      return { id, permalink: `https://www.zhihu.com/zvideo/${id}` }
    case 'answer': {
      const question = questionIn([...addresses(item, page), page])
      return { id, permalink: `https://www.zhihu.com/${question ? `question/${question}/` : ''}answer/${id}` }
    }
    default:
      return linked
  }
}

/** The element of a comment: its `[data-id]`, else the smallest box that also holds its author's name. */
function commentAround(words: Element): Element | null {
  if (words.parentElement?.closest(COMMENT)) return null
  const marked = words.closest('[data-id]')
  if (marked && !marked.querySelector(ITEM) && marked.querySelector(COMMENT) === words) return marked
  const old = words.closest('.CommentItemV2')
  if (old) return old
  let at = words.parentElement
  for (let depth = 0; at && depth < 6; depth++, at = at.parentElement) {
    if (at === marked || at.matches(COMMENT_PLACES) || at.querySelectorAll(COMMENT).length > 1) break
    if (pickName(at, [PERSON, '.UserLink'], (name) => !words.contains(name))) return at
  }
  return words.parentElement
}

/** The words of a comment, where the element is one. */
function commentText(element: Element): Element | null {
  const words = element.querySelector(COMMENT)
  return words && !element.matches(ITEM) && commentAround(words) === element ? words : null
}

/** First name behind the picture; the second, after an arrow, is whom it answers. */
function commentAuthor(unit: Element, words: Element): Element | null {
  return pickName(
    unit,
    [PERSON, '.UserLink-link', '.UserLink', '.AuthorInfo-name', 'img.Avatar, img[class*="vatar"]'],
    (name) => !name.closest(COMMENT) && before(name, words),
  )
}


function readComment(unit: Element, words: Element, page: URL): Post | null {
  const post = postAround(unit, page)
  const name = commentAuthor(unit, words)
  return toPost('zhihu', {
    kind: 'comment',
    id: commentId(unit),
    author: personOf(name, attribute(name, 'alt')),
    body: textOf(words, { skip: NOT_TEXT }),
    permalink: post?.permalink ?? questionAt(page),
    parentId: answered(unit, page) ?? post?.id,
  })
}

/** In the older layout the id may stand on the list item around the comment. */
const commentId = (unit: Element): string =>
  attribute(unit, 'data-id') ||
  attribute(unit.matches('.CommentItemV2') ? unit.closest('.NestComment--child, .NestComment--rootComment, li') : null, 'data-id')

/** The comment that this one stands under. */
function answered(unit: Element, page: URL): string | undefined {
  const around = unit.parentElement?.closest('[data-id]')
  const nest = unit.closest('.NestComment--child, .NestComment-child')?.parentElement?.closest('.NestComment') ?? unit.closest('.NestComment')
  const words = (around && !around.querySelector(ITEM) ? around : nest)?.querySelector(COMMENT)
  const root = words && commentAround(words)
  if (!root || root === unit) return undefined
  const rootWords = commentText(root)
  return rootWords ? readComment(root, rootWords, page)?.id : undefined
}

/** The post below which a comment stands; a dialog knows it only by the page's address. */
function postAround(unit: Element, page: URL): PostAddress | null {
  const item = unit.parentElement?.closest(ITEM)
  if (!item) return postAt(page)
  const post = readItem(item, page)
  return post ? { id: post.id, permalink: post.permalink } : null
}

const text = (value: unknown): string => (typeof value === 'string' || typeof value === 'number' ? String(value) : '')
