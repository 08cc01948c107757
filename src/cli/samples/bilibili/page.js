/** Cards of the start page; a video with title and description; comments in nested open shadow roots. */

import { answersTo, atEnd, avatar, count, cover, discussion, el, followLinks, icon, load, notice, rich } from '../parts/feed.js'

const all = await load()
const videos = all.filter(({ kind }) => kind === 'post')
const VIDEO = /^\/video\/(BV[0-9A-Za-z]{10})\/?$/
const space = (uid) => `//space.bilibili.com/${uid}`
const coverOf = (video, sign = video.cover[0]) => cover(video.id, sign, '', [640, 400])

const text = (words) =>
  rich(words, '', [[/@[\p{L}\p{N}_-]+/u, (name) => el('a', { 'data-type': 'mention', href: '//space.bilibili.com/0' }, name)]])

// Elements of the comments. Each builds its tree late, and only where it comes near the screen.

/** An element whose open root is made from its `data` once it is about to be seen. */
class Part extends HTMLElement {
  connectedCallback() {
    if (this.shadowRoot || this.waiting) return
    this.waiting = new IntersectionObserver(
      (entries) => {
        if (!entries.some(({ isIntersecting }) => isIntersecting) || this.shadowRoot) return
        this.waiting.disconnect()
        this.attachShadow({ mode: 'open' })
        this.draw(el('style', null, COMMON + this.constructor.style))
      },
      { rootMargin: '200px' },
    )
    this.waiting.observe(this)
  }
}

const COMMON = `
  :host { display: block; min-height: 1px; }
  * { box-sizing: border-box; }
  a { color: inherit; text-decoration: none; }
  button { font: inherit; color: inherit; background: none; border: 0; padding: 0; cursor: pointer; }
  img { display: block; }
  .icon { fill: none; stroke: currentColor; stroke-width: 1.6; stroke-linecap: round; stroke-linejoin: round; }
`
const part = (tag, data, attributes) => Object.assign(el(tag, attributes), { data: data })

function define(tag, style, draw) {
  customElements.define(tag, class extends Part {
    static style = style
    draw(sheet) {
      this.shadowRoot.append(sheet, ...[draw.call(this, this.data)].flat().filter(Boolean))
    }
  })
}

const PAGE = 4
define('bili-comments', `
  #header { display: flex; align-items: baseline; gap: 10px; margin-bottom: 20px; }
  #title { font-size: 20px; font-weight: 600; }
  #count { color: var(--faint); font-size: 14px; }
  #commentbox { margin-bottom: 8px; padding: 12px 16px; border-radius: 8px; background: var(--sunk); color: var(--faint); font-size: 14px; }
  #end { padding: 28px 0; text-align: center; color: var(--faint); font-size: 13px; min-height: 76px; }
`, function ({ video }) {
  const waiting = answersTo(all, video.id)
  const feed = el('div', { id: 'feed' })
  const end = el('div', { id: 'end' })
  const more = () => {
    feed.append(...waiting.splice(0, PAGE).map((comment) => part('bili-comment-thread-renderer', { comment, video })))
    if (waiting.length > 0) return true
    end.textContent = feed.childElementCount > 0 ? '没有更多评论' : '还没有评论，来说两句'
    return false
  }
  // The first comments arrive after the frame.
  setTimeout(() => more() && atEnd(end, more, { margin: 100 }), 200)
  return [
    el('div', { id: 'header' }, el('span', { id: 'title' }, '评论'), el('span', { id: 'count' }, String(discussion(all, video.id).length))),
    el('div', { id: 'commentbox' }, '这里是评论区，不是无人区 :)'),
    el('div', { id: 'contents' }, feed),
    end,
  ]
})

define('bili-comment-thread-renderer', `
  :host { border-bottom: 1px solid var(--line); padding: 16px 0 12px; min-height: 90px; }
  #replies { margin-left: 52px; }
`, function ({ comment, video }) {
  const replies = discussion(all, comment.id)
  return [
    part('bili-comment-renderer', { comment, video }, { id: 'comment' }),
    el('div', { id: 'replies' }, replies.length > 0 && part('bili-comment-replies-renderer', { replies, video })),
    el('div', { id: 'spread-line' }),
  ]
})

const BODY = `
  #body { display: flex; gap: 12px; }
  #user-avatar { flex: none; }
  #main { flex: 1; min-width: 0; }
  #header { margin-bottom: 2px; }
`
const avatarLink = (comment) => el('a', { id: 'user-avatar', href: space(comment.uid), 'data-user-profile-id': comment.uid }, part('bili-avatar', { name: comment.author }))

define('bili-comment-renderer', BODY, ({ comment, video }) =>
  el('div', { id: 'body' },
    avatarLink(comment),
    el('div', { id: 'main' },
      el('div', { id: 'header' }, part('bili-comment-user-info', { comment, video })),
      el('div', { id: 'content' }, part('bili-rich-text', { words: comment.text })),
      el('div', { id: 'footer' }, part('bili-comment-action-buttons-renderer', { comment })),
    ),
  ),
)

define('bili-comment-reply-renderer', `${BODY} :host { padding: 8px 0; min-height: 60px; } bili-avatar { --size: 24px; }`, ({ comment, video }) =>
  el('div', { id: 'body' },
    avatarLink(comment),
    el('div', { id: 'main' },
      el('div', { id: 'header' }, part('bili-comment-user-info', { comment, video })),
      el('div', { id: 'content' }, part('bili-rich-text', { words: comment.text })),
      el('div', { id: 'footer' }, part('bili-comment-action-buttons-renderer', { comment })),
    ),
  ),
)

define('bili-comment-replies-renderer', `
  #view-more, #pagination { padding: 4px 0; color: var(--faint); font-size: 13px; }
  bili-text-button { display: inline-block; }
`, function ({ replies, video }) {
  const contents = el('div', { id: 'expander-contents' }, part('bili-comment-reply-renderer', { comment: replies[0], video }))
  const rest = replies.slice(1)
  const viewMore = rest.length > 0 && el('div', { id: 'view-more' }, `共${replies.length}条回复，`, part('bili-text-button', { words: '点击查看', press: () => {
    contents.append(...rest.map((comment) => part('bili-comment-reply-renderer', { comment, video })))
    viewMore.replaceWith(el('div', { id: 'pagination' }, '共1页'))
  } }))
  return el('div', { id: 'expander' }, contents, el('div', { id: 'expander-footer' }, viewMore))
})

define('bili-comment-user-info', `
  #info { display: flex; flex-wrap: wrap; align-items: center; gap: 2px 6px; font-size: 13.5px; }
  #user-name { color: var(--soft); font-weight: 500; }
  #user-level, #user-up { padding: 0 4px; border-radius: 3px; background: var(--sunk); color: var(--faint); font-size: 10px; line-height: 15px; }
  #user-up { background: var(--accent-fill); color: #fff; }
`, ({ comment, video }) =>
  el('div', { id: 'info' },
    el('div', { id: 'user-name', 'data-user-profile-id': comment.uid }, el('a', { href: space(comment.uid), target: '_blank' }, comment.author)),
    comment.uid === video.uid ? el('div', { id: 'user-up' }, 'UP') : el('div', { id: 'user-level' }, `LV${2 + (Number(comment.uid.slice(-1)) % 5)}`),
  ),
)

// The site writes this root a second time when its emoji have arrived.
customElements.define('bili-rich-text', class extends Part {
  static style = `
    #contents { margin: 0; font-size: 15px; line-height: 1.65; overflow-wrap: anywhere; white-space: pre-wrap; }
    #contents img { display: inline-block; width: 1.35em; height: 1.35em; margin: 0 1px; vertical-align: -.3em; }
    #contents a { color: var(--link); }
  `
  draw(sheet) {
    const words = () => el('p', { id: 'contents' }, text(this.data.words).map((node) => (typeof node === 'string' ? el('span', null, node) : node)))
    this.shadowRoot.append(sheet, words())
    setTimeout(() => this.shadowRoot.replaceChildren(sheet, words()), 400)
  }
})

define('bili-comment-action-buttons-renderer', `
  :host { margin-top: 4px; color: var(--faint); font-size: 13px; }
  #row { display: flex; align-items: center; gap: 18px; }
  #like button { display: flex; align-items: center; gap: 4px; }
`, ({ comment }) =>
  el('div', { id: 'row' },
    el('div', { id: 'pubdate' }, comment.time),
    el('div', { id: 'like' }, el('button', { type: 'button', 'aria-label': '点赞' }, icon('thumb', 15), el('span', { id: 'count' }, comment.likes > 0 ? count(comment.likes) : ''))),
    el('div', { id: 'reply' }, el('button', { type: 'button' }, '回复')),
  ),
)

define('bili-avatar', 'img { width: var(--size, 40px); height: var(--size, 40px); border-radius: 50%; }', ({ name }) => el('img', { src: avatar(name), alt: '' }))
define('bili-text-button', 'button { color: var(--link); }', ({ words, press }) => el('button', { type: 'button', onclick: press }, words))

// Start page.

const videoCard = (video) =>
  el('div.feed-card', null,
    el('div.bili-video-card.is-rcmd', null,
      el('div.bili-video-card__wrap', null,
        el('a.bili-video-card__image--link', { href: `https://www.bilibili.com/video/${video.id}`, target: '_blank' },
          el('div.bili-video-card__image', null,
            el('img', { src: coverOf(video), alt: '' }),
            el('div.bili-video-card__stats', null, icon('play', 14), el('span', null, video.plays), el('span', null, `弹幕 ${video.danmaku}`), el('span.bili-video-card__stats__duration', null, video.length)),
          ),
        ),
        el('div.bili-video-card__info', null,
          el('div.bili-video-card__info--right', null,
            el('h3.bili-video-card__info--tit', { title: video.title }, el('a', { href: `https://www.bilibili.com/video/${video.id}`, target: '_blank' }, video.title)),
            el('div.bili-video-card__info--bottom', null,
              el('a.bili-video-card__info--owner', { href: space(video.uid), target: '_blank' },
                el('span.bili-video-card__info--author', { title: video.author }, video.author),
                el('span.bili-video-card__info--date', null, `· ${video.time.slice(5, 10)}`),
              ),
            ),
          ),
        ),
      ),
    ),
  )

const grid = el('div.feed2-container')
const sentinel = el('div.feed-end')
const home = el('main.bili-feed4-layout', null, el('div.channels', null, ['推荐', '生活', '知识', '游戏', '影视', '美食', '数码', '动物圈', '科技'].map((name, n) => el(`span${n === 0 ? '.active' : ''}`, null, name))), grid, sentinel)
const PAGES = [6, 8, videos.length]
let page = 0
function more() {
  grid.append(...videos.slice(grid.childElementCount, PAGES[page]).map(videoCard))
  page++
  if (page < PAGES.length) return true
  sentinel.textContent = '没有更多了'
  return false
}

// Video.

function videoView(video) {
  const description = el('div.basic-desc-info', null, el('span.desc-info-text', null, video.text))
  const box = el('div.video-desc-container', null, description)
  if (video.text.split('\n').length > 3) {
    description.style.height = '84px'
    const toggle = el('div.toggle-btn', { role: 'button', tabindex: 0, onclick: () => {
      const open = description.style.height === 'auto'
      description.style.height = open ? '84px' : 'auto'
      toggle.firstChild.textContent = open ? '展开更多' : '收起'
    } }, el('span.toggle-btn-text', null, '展开更多'))
    box.append(toggle)
  }
  const next = videos[(videos.indexOf(video) + 1) % videos.length]
  const rail = [next, ...videos.filter((other) => other !== video && other !== next)].slice(0, 6)
  return el('div.video-container-v1', null,
    el('div.left-container', null,
      el('div.video-info-container', null,
        el('div.video-info-title', null, el('h1.video-title', { title: video.title }, video.title)),
        el('div.video-info-meta', null, el('div.video-info-detail-list', null, icon('play', 15), el('span.view-text', null, video.plays), el('span.dm-text', null, `弹幕 ${video.danmaku}`), el('span.pubdate-ip-text', null, video.time))),
      ),
      el('div.player-wrap', { id: 'playerWrap' }, el('img', { src: coverOf(video, ''), alt: '' }), el('span.player-button', null, icon('play', 34)), el('span.player-time', null, `00:00 / ${video.length}`)),
      el('div.video-toolbar-container', null, el('span', null, icon('thumb', 22), '点赞'), el('span', null, icon('plus', 22), '投币'), el('span', null, icon('star', 22), '收藏'), el('span', null, icon('repost', 22), '分享')),
      box,
      el('div', { id: 'commentapp' }, part('bili-comments', { video })),
    ),
    el('div.right-container', null,
      el('div.up-panel-container', null,
        el('div.up-info-container', null,
          el('a.up-avatar', { href: space(video.uid), target: '_blank' }, el('img', { src: avatar(video.author), alt: '' })),
          el('div.up-info--right', null, el('div.up-detail', null, el('a.up-name', { href: space(video.uid), target: '_blank' }, video.author)), el('div.follow-btn', null, '+ 关注')),
        ),
      ),
      el('div.rec-title', null, '接下来播放'),
      el('div.recommend-list-v1', null, rail.map(railCard)),
    ),
  )
}

const railCard = (video) =>
  el('div.video-page-card-small', null,
    el('div.card-box', null,
      el('div.pic-box', null, el('a', { href: `/video/${video.id}` }, el('img', { src: coverOf(video), alt: '' }), el('span.duration', null, video.length))),
      el('div.info', null,
        el('a', { href: `/video/${video.id}` }, el('p.title', { title: video.title }, video.title)),
        el('div.upname', null, el('a', { href: space(video.uid) }, el('span.name', null, video.author))),
        el('div.playinfo', null, `${video.plays}播放`),
      ),
    ),
  )

const main = el('div', { id: 'view' })
document.querySelector('#app').append(
  el('header.bili-header', null,
    el('a.logo', { href: '/' }, '哔哩哔哩'),
    el('nav', null, ['首页', '动画', '直播', '会员购'].map((name) => el('span', null, name))),
    el('label.search-box', null, el('input', { placeholder: '手擀面 放碱', 'aria-label': '搜索' }), icon('search', 17)),
    notice(),
  ),
  main,
)

function draw() {
  const video = videos.find(({ id }) => id === VIDEO.exec(location.pathname)?.[1])
  document.title = `${video?.title ?? '首页'} - 哔哩哔哩 · 示例页`
  main.replaceChildren(video ? videoView(video) : home)
  if (!video && page === 0) {
    more()
    atEnd(sentinel, more, { margin: 100 })
  }
  scrollTo(0, 0)
}

history.scrollRestoration = 'manual'
followLinks((url) => url.pathname === '/' || VIDEO.test(url.pathname))
addEventListener('popstate', draw)
draw()
