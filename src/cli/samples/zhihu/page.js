/** Feed of excerpts that open in place; a question with its answers; comments below a card and in a dialog. */

import { answersTo, atEnd, avatar, count, discussion, el, followLinks, icon, load, notice, rich } from '../parts/feed.js'

const [all, questions] = await Promise.all([load(), load('questions')])
const posts = all.filter(({ kind }) => kind === 'post')
const QUESTION = /^\/question\/(\d+)(?:\/answer\/(\d+))?$/
const PIN = /^\/pin\/(\d+)$/
const HOME = /^\/(?:follow|hot)?$/

const person = (uid) => `//www.zhihu.com/people/${uid}`
const linkOf = ({ type, question, id }) =>
  type === 'answer' ? `/question/${question}/answer/${id}` : type === 'pin' ? `//www.zhihu.com/pin/${id}` : `//zhuanlan.zhihu.com/p/${id}`
const KIND = { answer: 'AnswerItem', article: 'ArticleItem', pin: 'PinItem' }
/** Signs of a text that a feed shows before it is opened. */
const EXCERPT = 96
const LONG_ANSWER = 420

const text = (words) => rich(words, 'sticker')
const paragraphs = (words) => words.split('\n').map((line) => el('p', { 'data-pid': '' }, text(line)))

// A card.

function contentItem(post, { titled, collapsed }) {
  const zop = { authorName: post.author, itemId: post.type === 'pin' ? post.id : Number(post.id), title: post.title ?? '', type: post.type }
  const node = el(`div.ContentItem.${KIND[post.type]}`, { name: post.id, itemprop: post.type === 'answer' ? 'suggestedAnswer' : false, 'data-zop': JSON.stringify(zop) })
  const meta = (name, content) => el('meta', { itemprop: name, content })
  const words = el('span.RichText.ztext.CopyrightRichText-richText.css-14nvvry', { itemprop: 'text' })
  const inner = el('div.RichContent-inner', null, words)
  const author = authorInfo(post)
  const body = el('div.RichContent')
  const more = el('button.Button.ContentItem-more', { type: 'button' })
  const long = post.text.length > EXCERPT + 20

  const open = () => {
    body.classList.remove('is-collapsed')
    inner.classList.remove('RichContent-inner--collapsed')
    words.replaceChildren(...paragraphs(post.text))
    if (!author.isConnected) node.insertBefore(author, body)
    more.replaceChildren('收起')
    more.onclick = close
    body.append(...(long ? [more] : []), time, bar)
  }
  const close = () => {
    body.classList.add('is-collapsed')
    author.remove()
    time.remove()
    words.replaceChildren(...text(`${post.author}：${post.text.slice(0, EXCERPT).replace(/\n/g, ' ')}…`))
    more.replaceChildren('阅读全文', icon('up', 10, 'down'))
    more.onclick = open
    inner.append(more)
    body.append(bar)
  }
  const time = el('div', null, el('div.ContentItem-time', null, el('a', { href: linkOf(post), target: '_blank' }, el('span', { 'data-tooltip': `发布于 ${post.time}`, 'aria-label': `发布于 ${post.time}` }, `${post.type === 'answer' && post.likes > 2000 ? '编辑' : '发布'}于 ${post.time}`))))
  const bar = actions(post, node)

  body.append(inner)
  node.append(meta('url', `https:${linkOf(post).replace(/^\/(?!\/)/, '//www.zhihu.com/')}`), meta('dateCreated', `${post.time.replace(' ', 'T')}:00.000Z`), meta('upvoteCount', post.likes))
  if (titled && post.title) node.append(el('h2.ContentItem-title', null, el('div', null, el('a', { href: linkOf(post), 'data-za-detail-view-element_name': 'Title', onclick: (event) => {
    // Articles live under another name: here they open in place.
    if (post.type !== 'article') return
    event.preventDefault()
    open()
  } }, post.title))))
  node.append(body)
  if (collapsed && long) close()
  else if (!collapsed && post.text.length > LONG_ANSWER) clamp()
  else open()
  return node

  /** On a question's page the whole text is there, only cut by its box. */
  function clamp() {
    open()
    body.classList.add('is-collapsed', 'RichContent--unescapable')
    inner.classList.add('RichContent-inner--collapsed')
    more.replaceChildren('展开阅读全文', icon('up', 10, 'down'))
    more.onclick = () => {
      body.classList.remove('is-collapsed', 'RichContent--unescapable')
      inner.classList.remove('RichContent-inner--collapsed')
      more.replaceChildren('收起')
      more.onclick = clamp
    }
  }
}

const authorInfo = (post) =>
  el('div.ContentItem-meta', null,
    el('div.AuthorInfo.AnswerItem-authorInfo', { itemprop: 'author', itemscope: true },
      el('meta', { itemprop: 'name', content: post.author }),
      el('meta', { itemprop: 'url', content: `https:${person(post.uid)}` }),
      el('span.UserLink.AuthorInfo-avatarWrapper', null, el('a.UserLink-link', { href: person(post.uid) }, el('img.Avatar.AuthorInfo-avatar', { src: avatar(post.author), alt: post.author }))),
      el('div.AuthorInfo-content', null,
        el('div.AuthorInfo-head', null, el('span.UserLink.AuthorInfo-name', null, el('a.UserLink-link', { href: person(post.uid) }, post.author))),
        post.about && el('div.AuthorInfo-detail', null, el('div.AuthorInfo-badgeText', null, post.about)),
      ),
    ),
  )

function actions(post, node) {
  const total = discussion(all, post.id).length
  let opened = null
  const toggle = () => {
    if (opened) {
      opened.remove()
      opened = null
    } else node.append((opened = commentsBelow(post)))
  }
  return el('div.ContentItem-actions', null,
    el('span', null, el('button.Button.VoteButton', { type: 'button', 'aria-label': `赞同 ${post.likes}` }, icon('up', 12), `赞同 ${count(post.likes)}`)),
    el('button.Button.ContentItem-action', { type: 'button', onclick: toggle }, icon('comment', 16), total > 0 ? `${total} 条评论` : '添加评论'),
    el('button.Button.ContentItem-action', { type: 'button' }, icon('star', 16), '收藏'),
    el('button.Button.ContentItem-action', { type: 'button' }, icon('like', 16), '喜欢'),
  )
}

// Comments.

const INLINE = 1

function commentsBelow(post) {
  const roots = answersTo(all, post.id)
  const total = discussion(all, post.id).length
  return el('div.Comments-container', null,
    el('div.css-1k10w8f', null,
      el('div.css-1onritu', null, el('div.css-k8i00s', null, total > 0 ? `${total} 条评论` : '还没有评论'), el('div.css-1iazx5e', null, '默认', ' · ', '最新')),
      el('div.css-18ld3w0', null, roots.slice(0, INLINE).map((comment) => commentOf(comment, post))),
      roots.length > INLINE && el('div.css-vurnku', null, el('button.Button.css-wu78cf', { type: 'button', onclick: () => commentDialog(post) }, '点击查看全部评论')),
    ),
  )
}

function commentDialog(post) {
  const list = el('div.css-34podr')
  const end = el('div.css-1mgwtqi')
  const modal = el('div.Modal-wrapper.css-1aq8hf9', { onclick: (event) => event.target === event.currentTarget && shut() },
    el('div.Modal.css-fullScreen', { role: 'dialog', 'aria-label': '评论' },
      el('div.Modal-content', { id: 'comment-dialog' },
        el('div.css-1wq6v87', null, el('div.css-tpyajk', null, `${discussion(all, post.id).length} 条评论`), el('button.Modal-closeButton', { type: 'button', 'aria-label': '关闭', onclick: shut }, icon('close', 20))),
        el('div.css-1uvmi3h', null, list, end),
      ),
    ),
  )
  const waiting = answersTo(all, post.id)
  const next = () => {
    list.append(...waiting.splice(0, 4).map((comment) => commentOf(comment, post)))
    return waiting.length > 0
  }
  function shut() {
    modal.remove()
    removeEventListener('popstate', shut)
    removeEventListener('keydown', byKey)
    document.body.classList.remove('has-dialog')
  }
  const byKey = ({ key }) => key === 'Escape' && shut()
  document.body.append(modal)
  document.body.classList.add('has-dialog')
  addEventListener('popstate', shut)
  addEventListener('keydown', byKey)
  if (next()) atEnd(end, next, { root: list.parentElement, margin: 40 })
}

/** Replies stand inside the element of the comment that opened the thread. */
function commentOf(comment, post) {
  const [first, ...rest] = discussion(all, comment.id)
  const replies = first && el('div.css-16zdamy', null, rowOf(first, comment, post))
  const showMore = rest.length > 0 && el('button.Button.css-vurnku', { type: 'button', onclick: () => {
    replies.append(...rest.map((reply) => rowOf(reply, comment, post)))
    showMore.remove()
  } }, `展开其他 ${rest.length} 条回复`)
  const node = el('div', { 'data-id': comment.id }, partsOf(comment, null, post))
  if (replies) node.append(replies, ...(showMore ? [showMore] : []))
  return node
}

const rowOf = (reply, root, post) => el('div', { 'data-id': reply.id }, partsOf(reply, reply.parent === root.id ? null : all.find(({ id }) => id === reply.parent), post))

function partsOf(comment, answered, post) {
  const name = ({ author, uid }) => el('div.css-1tww9qq', null, el('a.css-10u695f', { href: `https:${person(uid)}`, target: '_blank' }, author))
  return el('div.css-jp43l4', null,
    el('div.css-1jll2aj', null, el('a', { href: `https:${person(comment.uid)}`, target: '_blank' }, el('img.Avatar.css-1b8sfs1', { src: avatar(comment.author), alt: comment.author }))),
    el('div.css-14nvvry', null,
      el('div.css-z0cc58', null, name(comment), comment.uid === post.uid && el('span.css-8v0dsd', null, '作者'), answered && [icon('arrow', 10, 'ZDI ZDI--ArrowRightAlt16'), name(answered)]),
      el('div.CommentContent.css-1jpzztt', null, text(comment.text)),
      el('div.css-x1xlu5', null, el('span', null, comment.time), ' · ', el('span', null, comment.place), el('span.css-140jo2', null, icon('comment', 14), '回复'), el('span.css-140jo2', null, icon('like', 14), String(comment.likes))),
    ),
  )
}

// Views.

const main = el('div.App-main')
const ORDER = [0, 1, 8, 2, 4, 7, 5, 3, 9, 10, 6, 11]
const FEED = ORDER.map((n) => posts[n])
const list = el('div.Topstory-recommend')
const sentinel = el('div.feed-end')
const sides = ['如何评价今年的初雪？', '有哪些适合一个人吃的锅？', '为什么猫喜欢推杯子？', '第一次养酸种怎么养不死？']
const sideBar = () => el('aside.GlobalSideBar', null, el('div.Card.side', null, el('div.side-title', null, '大家都在看'), sides.map((words) => el('div.side-row', null, words))))
const home = el('div.Topstory-container', null, el('div.Topstory-mainColumn', null, el('div', { id: 'TopstoryContent' }, el('div.ListShortcut', null, list)), sentinel), sideBar())
let shown = 0

function more() {
  list.append(...FEED.slice(shown, shown + 5).map((post) => el('div.Card.TopstoryItem.TopstoryItem-isRecommend', null, el('div.Feed', null, contentItem(post, { titled: true, collapsed: post.type !== 'pin' })))))
  shown += 5
  if (shown < FEED.length) return true
  sentinel.textContent = '没有更多内容了'
  return false
}

function questionView(question, answerId) {
  const answers = posts.filter((post) => post.question === question.id).sort((a, b) => b.likes - a.likes)
  const first = answers.find(({ id }) => id === answerId)
  const rest = answers.filter((answer) => answer !== first)
  const row = (answer) => el('div.List-item', { tabindex: 0 }, el('div', null, contentItem(answer, { titled: false, collapsed: false })))
  return [
    el('div.QuestionHeader', null,
      el('div.QuestionHeader-content', null,
        el('div.QuestionHeader-topics', null, question.topics.map((topic) => el('span.Tag', null, topic))),
        el('h1.QuestionHeader-title', null, question.title),
        question.detail && el('div.QuestionHeader-detail', null, el('div.QuestionRichText', null, el('span.RichText.ztext', { itemprop: 'text' }, question.detail))),
        el('div.QuestionHeader-footer', null, el('span.primary', null, '关注问题'), el('span', null, '写回答'), el('span', null, '邀请回答')),
      ),
    ),
    el('div.Question-main', null,
      el('div.Question-mainColumn', null,
        first && el('a.Card.ViewAll', { href: `/question/${question.id}` }, `查看全部 ${answers.length} 个回答`),
        first && el('div.Card.AnswerCard', null, el('div.QuestionAnswer-content', null, contentItem(first, { titled: false, collapsed: false }))),
        rest.length > 0 && el('div.Card.AnswersNavWrapper', { id: 'QuestionAnswers-answers' }, el('div.List-header', null, first ? '更多回答' : `${answers.length} 个回答`), el('div', { role: 'list' }, rest.map(row))),
      ),
      el('div.Question-sideColumn', null, el('div.Card.side', null, el('div.side-title', null, '相关问题'), questions.filter((other) => other !== question).map((other) => el('a.side-row', { href: `/question/${other.id}` }, other.title)))),
    ),
  ]
}

const bar = el('header.AppHeader', null,
  el('div.AppHeader-inner', null,
    el('a.logo', { href: '/' }, '知乎'),
    el('nav.AppHeader-Tabs', null, el('span', null, '关注'), el('span.active', null, '推荐'), el('span', null, '热榜')),
    el('label.search-box', null, el('input', { placeholder: '搜索你感兴趣的内容', 'aria-label': '搜索' }), icon('search', 17)),
    notice(),
  ),
)
document.querySelector('#app').append(bar, main)

let lastScroll = 0
let homeScroll = 0
function draw() {
  const [, questionId, answerId] = QUESTION.exec(location.pathname) ?? []
  const question = questions.find(({ id }) => id === questionId)
  const pin = posts.find(({ id }) => id === PIN.exec(location.pathname)?.[1])
  if (home.isConnected) homeScroll = lastScroll
  document.title = `${question?.title ?? '首页'} - 知乎 · 示例页`
  if (question) main.replaceChildren(...questionView(question, answerId))
  else if (pin) main.replaceChildren(el('div.Topstory-container', null, el('div.Topstory-mainColumn', null, el('div.Card.TopstoryItem', null, contentItem(pin, { titled: false, collapsed: false }))), sideBar()))
  else main.replaceChildren(home)
  if (home.isConnected && shown === 0) {
    more()
    atEnd(sentinel, more)
  }
  scrollTo(0, home.isConnected ? homeScroll : 0)
}

addEventListener('scroll', () => home.isConnected && (lastScroll = scrollY), { passive: true })
history.scrollRestoration = 'manual'
followLinks((url) => HOME.test(url.pathname) || QUESTION.test(url.pathname) || PIN.test(url.pathname))
addEventListener('popstate', draw)
draw()
