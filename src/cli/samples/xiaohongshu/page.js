/** Explore feed of cards with a title only; a note as dialog over it or as a page of its own; its comments. */

import { answersTo, atEnd, avatar, count, cover, discussion, el, followLinks, go, icon, load, notice, rich, seed } from '../parts/feed.js'

const all = await load()
const notes = all.filter(({ kind }) => kind === 'post')
const NOTE = /^\/explore\/([0-9a-f]{24})$/
const noteAt = (url) => NOTE.exec(url.pathname)?.[1]

const token = (id) => `AB${btoa(String(seed(id) * 7919)).slice(0, 16)}Qx7Lk2vT=`
const noteLink = (id) => `/explore/${id}?xsec_token=${encodeURIComponent(token(id))}&xsec_source=pc_feed`
const profile = (uid) => `/user/profile/${uid}`
const shapeOf = (note) => [[600, 800], [600, 620], [600, 740]][seed(note.id) % 3]
const coverOf = (note, slide = 0) => cover(note.id + (slide || ''), note.cover[0], slide ? '' : note.cover[1], shapeOf(note))

const text = (words) =>
  rich(words, 'note-content-emoji', [
    [/#[^\s#]+/, (tag) => el('a.tag', { id: 'hash-tag', href: `/search_result?keyword=${encodeURIComponent(tag.slice(1))}` }, tag)],
    [/^回复 \S+ ：/, (lead) => el('span', null, '回复 ', el('span.nickname', null, lead.slice(3, -2)), ' ：')],
  ])

// Frame of the page.

const main = el('div.main-content')
const item = (name, words, current) => el(`div.side-item${current ? '.active' : ''}`, null, icon(name, 22), el('span', null, words))
document.querySelector('#app').append(
  el('div.layout', null,
    el('header.header-container', null,
      el('a.logo', { href: '/explore' }, '小红书'),
      el('label.search-box', null, el('input', { placeholder: '搜索小红书', 'aria-label': '搜索' }), icon('search', 18)),
      notice(),
    ),
    el('div.main-container', null,
      el('nav.side-bar', null, item('home', '发现', true), item('plus', '发布'), item('bell', '通知'), item('person', '我')),
      main,
    ),
  ),
)

// Feed: absolutely placed cards; those far from the screen are taken out.

const FAR = 900
const PAGES = [14, 19, notes.length]
const channels = ['推荐', '穿搭', '美食', '家居', '职场', '旅行', '健身', '情感']
const container = el('div.feeds-container')
const sentinel = el('div.feeds-loading')
const feed = el('div.feeds-page', { id: 'exploreFeeds' },
  el('div.channel-container', null, channels.map((name, i) => el(`div.channel${i === 0 ? '.active' : ''}`, null, name))),
  container,
  sentinel,
)
/** Cards that were loaded, with their element while it is on the page. */
const cards = []
let page = 0

function cardOf(note, index) {
  const [width, height] = shapeOf(note)
  const cardNode = el('section.note-item', { 'data-width': width, 'data-height': height, 'data-index': index },
    el('div', null,
      el('a', { href: `/explore/${note.id}`, style: 'display: none' }),
      el('a.cover.mask.ld', { href: noteLink(note.id), style: `aspect-ratio: ${width} / ${height}` }, el('img', { src: coverOf(note), alt: '' })),
      el('div.footer', null,
        note.title && el('a.title', { href: noteLink(note.id) }, el('span', null, note.title)),
        el('div.author-wrapper', null,
          el('a.author', { href: profile(note.uid) },
            el('img.author-avatar', { src: avatar(note.author), alt: '' }),
            el('div.name-time-wrapper', null, el('div.name', null, note.author), el('div.time', null, note.time.replace(/ .*/, ''))),
          ),
          el('span.like-wrapper', null, icon('like', 16, 'like-icon'), el('span.count', null, count(note.likes))),
        ),
      ),
    ),
  )
  sizes.observe(cardNode)
  return cardNode
}

const sizes = new ResizeObserver((entries) => {
  let changed = false
  for (const { target } of entries) {
    const card = cards.find(({ node }) => node === target)
    if (!card || !target.isConnected || card.height === target.offsetHeight) continue
    card.height = target.offsetHeight
    changed = true
  }
  if (changed) place()
})

function place() {
  if (!container.isConnected) return
  const wide = container.clientWidth
  const columns = wide > 1080 ? 5 : wide > 820 ? 4 : wide > 600 ? 3 : 2
  const gap = wide > 600 ? 20 : 10
  const width = (wide - gap * (columns - 1)) / columns
  const ends = Array.from({ length: columns }, () => 0)
  const top = container.getBoundingClientRect().top
  for (const [index, card] of cards.entries()) {
    if (!card.node && (card.height === undefined || card.width !== width)) mount(card, index, width)
    const column = ends.indexOf(Math.min(...ends))
    const y = ends[column]
    const [x, near] = [column * (width + gap), top + y < innerHeight + FAR && top + y + card.height > -FAR]
    if (near && !card.node) mount(card, index, width)
    if (card.node && card.width !== width) {
      card.node.style.width = `${width}px`
      card.width = width
      card.height = card.node.offsetHeight
    }
    if (near) card.node.style.transform = `translate(${x}px, ${y}px)`
    else if (card.node) {
      sizes.unobserve(card.node)
      card.node.remove()
      card.node = null
    }
    ends[column] = y + card.height + gap
  }
  container.style.height = `${Math.max(...ends)}px`
}

function mount(card, index, width) {
  card.node = cardOf(card.note, index)
  card.node.style.width = `${width}px`
  container.append(card.node)
  card.width = width
  card.height = card.node.offsetHeight
}

function more() {
  for (const note of notes.slice(cards.length, PAGES[page])) cards.push({ note, node: null, height: undefined, width: 0 })
  page++
  place()
  if (page < PAGES.length) return true
  sentinel.textContent = '没有更多了'
  return false
}
addEventListener('scroll', place, { passive: true })
addEventListener('resize', place)

let started = false
function showFeed() {
  if (!feed.isConnected) main.replaceChildren(feed)
  if (!started) {
    started = true
    more()
    atEnd(sentinel, more, { margin: 300 })
  }
  place()
}

// Note.

function noteOf(note) {
  const comments = el('div.list-container')
  const end = el('div.end-container')
  const scroller = el('div.note-scroller', null,
    el('div.note-content', null,
      note.title && el('div.title', { id: 'detail-title' }, note.title),
      el('div.desc', { id: 'detail-desc' }, el('span.note-text', null, text(note.text))),
      el('div.bottom-container', null, el('span.date', null, `${note.id === notes[0].id ? '编辑于 ' : ''}${note.time}`)),
    ),
    el('div.divider.interaction-divider'),
    el('div.comments-el', null, commentsOf(note, comments, end)),
  )
  const heart = el('span.like-wrapper', null, icon('like', 22, 'like-icon'), el('span.count', null, count(note.likes)))
  const node = el('div.note-container', { id: 'noteContainer' },
    el('div.media-container', null, slidesOf(note)),
    el('div.interaction-container', null,
      el('div.author-container', null,
        el('div.author-wrapper', null,
          el('div.info', null,
            el('a', { href: profile(note.uid) }, el('img.avatar-item', { src: avatar(note.author), alt: '' })),
            el('a.name', { href: profile(note.uid) }, el('span.username', null, note.author)),
          ),
          el('button.follow-button', { type: 'button' }, '关注'),
        ),
      ),
      scroller,
      el('div.interactions.engage-bar', null,
        el('div.engage-bar-container', null,
          el('div.input-box', null, '说点什么…'),
          el('div.interact-container', null, el('div.left', null, heart, el('span.collect-wrapper', null, icon('star', 22), el('span.count', null, count(Math.round(note.likes / 3)))), el('span.chat-wrapper', null, icon('comment', 22), el('span.count', null, String(discussion(all, note.id).length))))),
        ),
      ),
    ),
  )
  return { node, start: () => startComments(note, scroller, comments, end) }
}

/** A carousel keeps copies of its last and first picture at the ends. */
function slidesOf(note) {
  const many = note.images > 1
  const slide = (n, copy) =>
    el(`div.swiper-slide${copy ? '.swiper-slide-duplicate' : ''}`, { 'data-swiper-slide-index': n }, el('img.note-slider-img', { src: coverOf(note, n), alt: '' }))
  const numbers = Array.from({ length: note.images }, (_, n) => n)
  const wrapper = el('div.swiper-wrapper', null, many && slide(note.images - 1, true), numbers.map((n) => slide(n)), many && slide(0, true))
  const dots = numbers.map(() => el('i.dot'))
  let at = 0
  const show = (n) => {
    at = (n + note.images) % note.images
    wrapper.style.transform = `translateX(${-(at + (many ? 1 : 0)) * 100}%)`
    dots.forEach((dot, index) => dot.classList.toggle('active', index === at))
  }
  show(0)
  const arrow = (name, label, by) => el(`button.arrow.arrow-${name}`, { type: 'button', 'aria-label': label, onclick: () => show(at + by) }, icon(name, 18))
  return el('div.swiper.note-slider', null, wrapper, many && [arrow('back', '上一张', -1), arrow('next', '下一张', 1), el('div.dots', null, dots)])
}

function commentsOf(note, list, end) {
  const total = discussion(all, note.id).length
  if (total === 0) return el('div.comments-container', null, el('div.no-comments', null, el('p.no-comments-text', null, '这是一片荒地，点击评论')))
  return el('div.comments-container', null, el('div.total', null, `共 ${total} 条评论`), list, end)
}

/** Comments come as the note's own box scrolls, not the window. */
function startComments(note, scroller, list, end) {
  const waiting = answersTo(all, note.id)
  const next = () => {
    list.append(...waiting.splice(0, 3).map(parentComment))
    if (waiting.length > 0) return true
    end.textContent = '- THE END -'
    return false
  }
  if (waiting.length > 0 && next()) atEnd(end, next, { root: scroller, margin: 40 })
}

function parentComment(comment) {
  const [first, ...rest] = discussion(all, comment.id)
  const list = first && el('div.list-container', null, commentItem(first, true))
  const showMore = rest.length > 0 && el('div.show-more', { role: 'button', tabindex: 0, onclick: () => {
    // Replies that come later are not wrapped and carry no id.
    list.append(...rest.map(rowOf))
    showMore.remove()
  } }, `展开 ${rest.length} 条回复`)
  return el('div.parent-comment', null, commentItem(comment), first && el('div.reply-container', null, list, showMore))
}

const commentItem = (comment, sub) => el(`div.comment-item${sub ? '.comment-item-sub' : ''}`, { id: `comment-${comment.id}` }, rowOf(comment))

const rowOf = (comment) =>
  el('div.comment-inner-container', null,
    el('div.avatar', null, el('a', { href: profile(comment.uid) }, el('img.avatar-item', { src: avatar(comment.author), alt: '' }))),
    el('div.right', null,
      el('div.author-wrapper', null, el('div.author', null, el('a.name', { 'data-user-id': comment.uid, href: profile(comment.uid) }, comment.author), comment.byAuthor && el('span.tag', null, '作者'))),
      el('div.content', null, el('span.note-text', null, text(comment.text))),
      el('div.info', null,
        el('div.date', null, el('span', null, comment.time), comment.place && el('span.location', null, comment.place)),
        el('div.interactions', null,
          el('div.like', null, el('span.like-wrapper', null, icon('like', 15, 'like-icon'), el('span.count', null, comment.likes > 0 ? String(comment.likes) : '赞'))),
          el('div.reply', null, icon('comment', 15), el('span.count', null, '回复')),
        ),
      ),
    ),
  )

// Which view the address names.

let dialog = null
function closeDialog() {
  dialog?.remove()
  dialog = null
  document.body.classList.remove('has-dialog')
}
const leave = () => (history.state?.inside ? history.back() : go('/explore'))

function draw() {
  const id = noteAt(location)
  closeDialog()
  document.title = '小红书 · 示例页'
  if (!id) return showFeed()
  const note = notes.find((candidate) => candidate.id === id)
  if (!note) return main.replaceChildren(el('div.not-found-wrapper', null, el('p', null, '当前笔记暂时无法浏览'), el('a', { href: '/explore' }, '返回首页')))
  document.title = `${note.title ?? note.text} - 小红书 · 示例页`
  const { node, start } = noteOf(note)
  if (feed.isConnected) {
    dialog = el('div.note-detail-mask', { onclick: (event) => event.target === event.currentTarget && leave() }, node, el('button.close-circle', { type: 'button', 'aria-label': '关闭', onclick: leave }, icon('close', 18)))
    document.body.append(dialog)
    document.body.classList.add('has-dialog')
  } else main.replaceChildren(el('div.outer-link-container', null, node))
  start()
}

if (location.pathname === '/') history.replaceState(null, '', '/explore')
followLinks((url) => noteAt(url) || url.pathname === '/explore')
addEventListener('popstate', draw)
addEventListener('keydown', ({ key }) => key === 'Escape' && dialog && leave())
draw()
