/** Home feed in a list that re-uses its rows; a post's page with comments and replies. */

import { answersTo, avatar, count, cover, discussion, el, followLinks, icon, load, notice, rich, set } from '../parts/feed.js'

const all = await load()
const posts = all.filter(({ kind }) => kind === 'post')
const quoteOf = (post) => all.find(({ kind, parent }) => kind === 'quote' && parent === post.id)
const HOME = /^\/(?:newlogin|mygroups)?$/
const POST = /^\/\d+\/([0-9A-Za-z]{9})$/

/** Longer texts end in 展开; what follows is not on the page until it is asked for. */
const FOLD = 140
const unfolded = new Set()

const user = (uid) => `/u/${uid}`
const address = (post) => `https://weibo.com/${post.uid}/${post.id}`
const shortTime = (time) => time.replace(/^2026-11-23 /, '今天 ').replace(/^2026-11-22 /, '昨天 ').replace(/^2026-/, '')

const text = (words) =>
  rich(words, '', [
    [/#[^#\n]+#/, (topic) => el('a', { href: `//s.weibo.com/weibo?q=${encodeURIComponent(topic)}` }, topic)],
    [/@[\p{L}\p{N}_-]+/u, (name) => el('a', { href: `/n/${name.slice(1)}`, usercard: `name=${name.slice(1)}` }, name)],
  ])

// Rows that are re-used, as RecycleScroller of vue-virtual-scroller does.

const BUFFER = 300
const GUESS = 260

class RecycleScroller {
  /** `make` builds a row once; `patch` puts another item into it. */
  constructor({ id, make, patch, ends }) {
    this.make = make
    this.patch = patch
    this.items = []
    this.heights = new Map()
    this.views = []
    this.wrapper = el('div.vue-recycle-scroller__item-wrapper')
    this.sentinel = el('div', { style: 'height: 1px' })
    this.node = el('div.vue-recycle-scroller.ready.page-mode.direction-vertical', { id },
      el('div.vue-recycle-scroller__slot'),
      this.wrapper,
      el('div.vue-recycle-scroller__slot', null, this.sentinel),
    )
    this.update = this.update.bind(this)
    this.sizes = new ResizeObserver((entries) => {
      let changed = false
      for (const { target } of entries) {
        const view = this.views.find(({ item }) => item === target)
        if (!view || view.index < 0 || !target.isConnected) continue
        const { id } = this.items[view.index]
        if (this.heights.get(id) === target.offsetHeight) continue
        this.heights.set(id, target.offsetHeight)
        changed = true
      }
      if (changed) this.update()
    })
    this.ending = ends && new IntersectionObserver((entries) => entries.some(({ isIntersecting }) => isIntersecting) && ends(), { rootMargin: '1500px' })
  }

  start() {
    addEventListener('scroll', this.update, { passive: true })
    addEventListener('resize', this.update)
    this.ending?.observe(this.sentinel)
    this.update()
  }

  stop() {
    removeEventListener('scroll', this.update)
    removeEventListener('resize', this.update)
    this.ending?.disconnect()
  }

  add(items) {
    this.items = [...this.items, ...items]
    this.update()
  }

  update() {
    if (!this.node.isConnected) return
    const top = this.wrapper.getBoundingClientRect().top
    const places = []
    let y = 0
    for (const { id } of this.items) {
      places.push(y)
      y += this.heights.get(id) ?? GUESS
    }
    const near = (index) => top + places[index] < innerHeight + BUFFER && top + places[index] + (this.heights.get(this.items[index].id) ?? GUESS) > -BUFFER
    this.wrapper.style.minHeight = `${y}px`
    for (const view of this.views) if (view.index >= 0 && !near(view.index)) this.park(view)
    for (const index of this.items.keys()) {
      if (!near(index)) continue
      const view = this.views.find((candidate) => candidate.index === index) ?? this.take(index)
      view.node.style.transform = `translateY(${places[index]}px)`
    }
  }

  /** A row that is not needed keeps its old content and waits off the screen. */
  park(view) {
    view.index = -1
    view.node.style.transform = 'translateY(-9999px)'
    view.node.style.opacity = '0'
    view.item.setAttribute('data-active', 'false')
  }

  take(index) {
    let view = this.views.find((candidate) => candidate.index < 0)
    if (!view) {
      const parts = this.make()
      const item = el('div.wbpro-scroller-item', null, parts.root)
      view = { index: -1, parts, item, node: el('div.vue-recycle-scroller__item-view', null, item) }
      this.views.push(view)
      this.wrapper.append(view.node)
      this.sizes.observe(item)
    }
    view.index = index
    view.node.style.opacity = ''
    set(view.item, { 'data-index': index, 'data-active': 'true' })
    this.patch(view.parts, this.items[index])
    return view
  }
}

// A card, built once and filled again and again.

function makeCard() {
  const part = {
    picture: el('img.woo-avatar-img', { alt: '' }),
    face: el('div.woo-avatar-main.woo-avatar-hover._avatar_ygi5b_9'),
    faceLink: el('a.ALink_none_1w6rm._avatarlink_ygi5b_21'),
    name: el('span'),
    nameLink: el('a.ALink_default_2ibt1._cut_1tpft_29._name_ygi5b_120'),
    badge: el('span.wbpro-auth-tag'),
    tag: el('span.wbpro-tag', null, '广告'),
    time: el('a._time_1tpft_33'),
    source: el('div._from_1tpft_45'),
    words: el('div._wbtext_1h76l_19'),
    content: el('div.wbpro-feed-content'),
    quote: null,
    pictures: null,
    counts: [0, 1, 2].map(() => el('span')),
    more: el('a._more_198wk_20'),
  }
  part.face.append(part.picture)
  part.faceLink.append(part.face)
  part.nameLink.append(part.name)
  part.content.append(el('div._text_ecgcn_80.wbpro-feed-ogText', null, part.words))
  part.root = el('article.woo-panel-main.woo-panel-top.woo-panel-right.woo-panel-bottom.woo-panel-left._wrap_ecgcn_2', { tabindex: 0 },
    el('div._body_ecgcn_63', null,
      el('header.woo-box-flex', null,
        part.faceLink,
        el('div.woo-box-item-flex._main_ygi5b_30', null,
          el('div._nick_ygi5b_25', null, part.nameLink, part.badge),
          el('div._info_1tpft_8', null, part.time, part.source, part.tag),
        ),
      ),
      part.content,
    ),
    el('footer', { 'aria-label': '转,评,赞' },
      el('div.woo-box-flex._bar_198wk_12', null,
        el('div._item_198wk_15._retweet_198wk_30', null, icon('repost', 18), part.counts[0]),
        set(part.more, { class: '_item_198wk_15 _more_198wk_20' }),
        el('button.woo-like-main._item_198wk_15', { type: 'button' }, icon('thumb', 18), part.counts[2]),
      ),
    ),
  )
  part.more.append(icon('comment', 18), part.counts[1])
  return part
}

function patchCard(part, post) {
  part.picture.src = avatar(post.author)
  set(part.face, { usercard: post.uid })
  set(part.faceLink, { href: user(post.uid), usercard: post.uid, 'aria-label': post.author })
  set(part.nameLink, { href: user(post.uid), usercard: post.uid })
  set(part.name, { title: post.author }).textContent = post.author
  part.badge.textContent = post.verified ?? ''
  part.badge.hidden = !post.verified
  // A true advert has no address of its own.
  set(part.time, { href: post.promoted ? false : address(post), title: post.time ?? false }).textContent = post.time ? shortTime(post.time) : ''
  part.source.textContent = post.source ? `来自 ${post.source}` : ''
  part.tag.hidden = !post.promoted
  set(part.more, { href: post.promoted ? false : address(post) })
  for (const [index, n] of [post.reposts, discussion(all, post.id).length, post.likes].entries()) part.counts[index].textContent = n > 0 ? count(n) : ['转发', '评论', '赞'][index]
  putText(part.words, post)

  part.quote?.remove()
  part.pictures?.remove()
  const quoted = quoteOf(post)
  part.quote = quoted ? quoteBox(quoted) : null
  part.pictures = picturesOf(post)
  part.content.append(...[part.quote, part.pictures].filter(Boolean))
}

function putText(box, post) {
  const long = post.text.length > FOLD && !location.pathname.endsWith(post.id)
  const open = !long || unfolded.has(post.id)
  const button = long && el(open ? 'span.collapse' : 'span.expand', { role: 'button', tabindex: 0, onclick: () => {
    button.textContent = '加载中'
    setTimeout(() => {
      if (!button.isConnected) return
      if (open) unfolded.delete(post.id)
      else unfolded.add(post.id)
      putText(box, post)
    }, 150)
  } }, open ? '收起' : '展开')
  // The site closes its texts with an invisible space.
  const words = open ? `${post.text}\u200b` : `${post.text.slice(0, FOLD - 4)}...`
  const lines = words.split('\n').flatMap((line, index) => [...(index > 0 ? [el('br')] : []), ...text(line)])
  box.replaceChildren(...lines, ...(button ? [button] : []))
}

function quoteBox(quote) {
  const words = el('div._wbtext_1h76l_19')
  putText(words, quote)
  return el('div.retweet._retweet_ecgcn_40', null,
    el('div._original_1h76l_40', null, el('a.ALink_default_2ibt1._nick_1h76l_50', { href: user(quote.uid), usercard: quote.uid }, `@${quote.author}`)),
    el('div._text_1h76l_2.wbpro-feed-reText', null, words),
    picturesOf(quote),
    el('div._info_1tpft_8', null, el('a._time_1tpft_33', { href: address(quote), title: quote.time }, shortTime(quote.time)), el('div._from_1tpft_45', null, `来自 ${quote.source}`)),
  )
}

const picturesOf = (post) =>
  post.images
    ? el('div.picture._row_1ndk9_3', null, Array.from({ length: post.images }, (_, n) => el('div.woo-picture-main.woo-picture-square', null, el('img.woo-picture-img', { src: cover(post.id + n, '', '', [400, 400]), alt: '' }))))
    : null

// A comment with its replies.

const makeComment = () => ({ root: el('div.wbpro-list') })

function patchComment({ root }, comment) {
  const replies = discussion(all, comment.id)
  const open = unfolded.has(comment.id)
  root.replaceChildren(
    el('div.item1', null,
      el('div.item1in.woo-box-flex', null,
        el('a.ALink_none_1w6rm', { href: user(comment.uid), usercard: comment.uid }, el('div.woo-avatar-main', { usercard: comment.uid }, el('img.woo-avatar-img', { src: avatar(comment.author), alt: '' }))),
        el('div.con1.woo-box-item-flex', null, wordsOf(comment), infoOf(comment)),
      ),
      replies.length > 0 && el('div.list2', null,
        (open ? replies : replies.slice(0, 1)).map((reply) => el('div.item2', null, el('div.con2', null, wordsOf(reply), infoOf(reply)))),
        !open && replies.length > 1 && el('div.item2', null, el('div.con2', null, el('div.text', null, el('a.more-replies', { href: location.pathname, onclick: (event) => {
          event.preventDefault()
          unfolded.add(comment.id)
          patchComment({ root }, comment)
        } }, `共${replies.length}条回复`)))),
      ),
    ),
  )
}

const wordsOf = (comment) => el('div.text', null, el('a.ALink_default_2ibt1', { href: user(comment.uid), usercard: comment.uid }, comment.author), ':', el('span', null, text(comment.text)))
const infoOf = (comment) =>
  el('div.info.woo-box-flex', null,
    el('div', null, `${shortTime(`2026-${comment.time}`)} ${comment.place}`),
    el('div.opt', null, icon('comment', 15), icon('thumb', 15), el('span', null, comment.likes > 0 ? String(comment.likes) : '')),
  )

// Views.

const column = el('main.Main_full_1dfQX')
const item = (name, words, current) => el(`div.nav-item${current ? '.active' : ''}`, null, icon(name, 20), el('span', null, words))
const HOT = ['入冬第一场雪', '绿皮车上的橘子', '土豆的一百种做法', '今晚有雾', '猫为什么推东西', '半马完赛毛巾', '酸种又死了', '期末周开始了']
document.querySelector('#app').append(
  el('div.frame', null,
    el('header.top-bar', null,
      el('a.logo', { href: '/' }, '微博'),
      el('label.search-box', null, icon('search', 17), el('input', { placeholder: '大家正在搜：入冬第一场雪', 'aria-label': '搜索' })),
      notice(),
    ),
    el('div.columns', null,
      el('nav.left-side', null, item('home', '首页', true), item('hot', '热门'), item('star', '特别关注'), item('comment', '消息'), item('person', '我的')),
      column,
      el('aside.right-side', null, el('div.hot-title', null, '微博热搜'), HOT.map((words, n) => el('div.hot-row', null, el('i', null, String(n + 1)), el('span', null, words)))),
    ),
  ),
)

const PAGE = 8
const home = new RecycleScroller({
  id: 'scroller',
  make: makeCard,
  patch: patchCard,
  ends() {
    if (loading || home.items.length >= posts.length) return
    loading = true
    setTimeout(() => {
      loading = false
      home.add(posts.slice(home.items.length, home.items.length + PAGE))
      if (home.items.length >= posts.length) homeView.lastChild.textContent = '没有更多内容了'
    }, 150)
  },
})
let loading = false
const homeView = el('div._homeview_1x2bq_3', null, home.node, el('div.feed-end'))
let homeScroll = 0
let list = null

function draw() {
  const id = POST.exec(location.pathname)?.[1]
  if (home.node.isConnected) homeScroll = lastScroll
  for (const scroller of [home, list]) scroller?.stop()
  list = null
  if (id) showPost(posts.find((post) => post.id === id))
  else {
    document.title = '微博 · 示例页'
    column.replaceChildren(homeView)
    if (home.items.length === 0) home.add(posts.slice(0, PAGE))
    home.start()
    scrollTo(0, homeScroll)
    home.update()
  }
}

function showPost(post) {
  const bar = el('div.back-bar', null, el('a', { href: '/' }, icon('back', 18), el('span', null, '返回')))
  scrollTo(0, 0)
  if (!post) return column.replaceChildren(bar, el('div.gone', null, '抱歉，此微博不存在'))
  document.title = `${post.author}的微博 · 示例页`
  const card = makeCard()
  patchCard(card, post)
  const comments = answersTo(all, post.id)
  list = new RecycleScroller({ id: 'comments', make: makeComment, patch: patchComment })
  column.replaceChildren(bar, card.root,
    el('section.comment-panel', null,
      el('div.comment-input', null, '发条友善的评论吧'),
      el('div.comment-tabs', null, el('span.active', null, '按热度'), el('span', null, '按时间')),
      comments.length > 0 ? list.node : el('div.gone', null, '还没有人评论哦'),
    ),
  )
  list.add(comments)
  list.start()
}

/** Where the feed stood before another view made the page short. */
let lastScroll = 0
addEventListener('scroll', () => home.node.isConnected && (lastScroll = scrollY), { passive: true })
history.scrollRestoration = 'manual'
followLinks((url) => HOME.test(url.pathname) || POST.test(url.pathname))
addEventListener('popstate', draw)
draw()
