/** What the four sample feeds share: making nodes, drawn pictures, the texts, and addresses without a reload. */

/** Makes an element: `el('a.title', { href }, 'words', child)`. Strings become text nodes, false and null nothing. */
export function el(name, attributes, ...children) {
  const [tag, ...classes] = name.split('.')
  const element = document.createElement(tag)
  if (classes.length > 0) element.setAttribute('class', classes.join(' '))
  set(element, attributes)
  element.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== false))
  return element
}

export function set(element, attributes = {}) {
  for (const [key, value] of Object.entries(attributes ?? {})) {
    if (key.startsWith('on')) element.addEventListener(key.slice(2), value)
    else if (value === false || value === null || value === undefined) element.removeAttribute(key)
    else element.setAttribute(key, value === true ? '' : String(value))
  }
  return element
}

/** Posts, comments and quotes of this site, in the order of its feed. */
export async function load(name = 'posts') {
  const response = await fetch(`/${name}.json`)
  return response.json()
}

export const answersTo = (all, id) => all.filter(({ kind, parent }) => kind === 'comment' && parent === id)

/** Everything below a post: its comments and what answers them. */
export const discussion = (all, id) => answersTo(all, id).flatMap((comment) => [comment, ...discussion(all, comment.id)])

/** 12900 → 1.3万 */
export const count = (n) => (n >= 10_000 ? `${(n / 10_000).toFixed(1).replace(/\.0$/, '')}万` : String(n))

// Pictures. All are drawn here: nothing is loaded from anywhere.

export function seed(words) {
  let hash = 2166136261
  for (const sign of words) hash = Math.imul(hash ^ sign.codePointAt(0), 16777619)
  return (hash ^ (hash >>> 15)) >>> 0
}

const picture = (width, height, body) =>
  `data:image/svg+xml,${encodeURIComponent(`<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}">${body}</svg>`)}`
const escape = (words) => words.replace(/[&<>"]/g, (sign) => `&#${sign.charCodeAt(0)};`)
const COLOUR = `font-family="'Noto Color Emoji','Apple Color Emoji','Segoe UI Emoji'"`
const FACE = `font-family="'Noto Sans CJK SC','PingFang SC','Microsoft YaHei',sans-serif"`

/** A person's picture: the first sign of the name on a quiet colour. */
export function avatar(name) {
  const hue = seed(name) % 360
  const sign = [...name].find((letter) => /[\p{L}\p{N}]/u.test(letter)) ?? '·'
  return picture(
    80,
    80,
    `<defs><linearGradient id="g" x2="1" y2="1"><stop stop-color="hsl(${hue} 40% 66%)"/><stop offset="1" stop-color="hsl(${(hue + 30) % 360} 36% 54%)"/></linearGradient></defs><rect width="80" height="80" fill="url(#g)"/>` +
      `<text x="40" y="53" font-size="36" font-weight="500" fill="#fff" text-anchor="middle" ${FACE}>${escape(sign)}</text>`,
  )
}

/** A photograph's place: two soft hues, a hill or two, and what the post is about. */
export function cover(key, sign = '', words = '', [width, height] = [600, 800]) {
  const n = seed(key)
  const hue = n % 360
  const other = (hue + 28 + (n % 40)) % 360
  const small = Math.min(width, height)
  const lift = height * (0.62 + (n % 17) / 100)
  const hill = (top, bend, light) =>
    `<path d="M0 ${top} C ${width * 0.3} ${top - bend}, ${width * 0.6} ${top + bend}, ${width} ${top - bend / 2} V ${height} H 0 Z" fill="hsl(${other} 32% ${light}%)" opacity=".55"/>`
  return picture(
    width,
    height,
    `<defs><linearGradient id="g" x1="0" y1="0" x2=".6" y2="1"><stop stop-color="hsl(${hue} 50% 90%)"/><stop offset="1" stop-color="hsl(${other} 38% 78%)"/></linearGradient></defs>` +
      `<rect width="${width}" height="${height}" fill="url(#g)"/>` +
      `<circle cx="${width * (0.2 + (n % 60) / 100)}" cy="${height * 0.17}" r="${small * 0.12}" fill="#fff" opacity=".5"/>` +
      hill(lift, height * 0.09, 72) +
      hill(lift + height * 0.13, -height * 0.07, 64) +
      (sign ? `<text x="${width / 2}" y="${height * (words ? 0.5 : 0.56)}" font-size="${small * 0.26}" text-anchor="middle" ${COLOUR}>${sign}</text>` : '') +
      (words
        ? `<text x="${width / 2}" y="${height * 0.5 + small * 0.19}" font-size="${small * 0.088}" font-weight="600" letter-spacing="3" fill="hsl(${hue} 34% 26%)" text-anchor="middle" ${FACE}>${escape(words)}</text>`
        : ''),
  )
}

const FACES = {
  '[doge]': '🐶', '[笑哭]': '😂', '[笑哭R]': '😂', '[哭惹R]': '😭', '[大哭]': '😭', '[泪]': '😢', '[允悲]': '😿', '[怒]': '😠', '[微笑]': '🙂', '[爱你]': '🥰',
  '[哈哈]': '😆', '[赞R]': '👍', '[偷笑R]': '🤭', '[害羞R]': '☺️', '[石化R]': '🗿', '[派对R]': '🥳', '[萌萌哒R]': '🥺', '[捂脸]': '🤦', '[捂眼]': '🙈', '[感谢]': '🙏', '[打call]': '🙌',
}
const EMOJI = new RegExp(Object.keys(FACES).map((name) => name.replace(/[[\]]/g, '\\$&')).join('|'))

/** A text as nodes: `[doge]` as a picture, and what `parts` (pattern → maker of an element) finds. */
export function rich(text, emojiClass, parts = []) {
  const makers = [[EMOJI, (name) => el('img', { class: emojiClass || null, src: picture(24, 24, `<text x="12" y="19.5" font-size="20" text-anchor="middle" ${COLOUR}>${FACES[name]}</text>`), alt: name, title: name })], ...parts]
  const nodes = []
  let rest = text
  while (rest) {
    let first
    for (const [pattern, make] of makers) {
      const found = pattern.exec(rest)
      if (found && (!first || found.index < first.found.index)) first = { found, make }
    }
    if (!first) break
    if (first.found.index > 0) nodes.push(rest.slice(0, first.found.index))
    nodes.push(first.make(first.found[0]))
    rest = rest.slice(first.found.index + first.found[0].length)
  }
  return rest ? [...nodes, rest] : nodes
}

// Signs of the interface.

const SIGNS = {
  search: 'M11 4a7 7 0 1 0 0 14 7 7 0 0 0 0-14Zm5 12 5 5',
  home: 'M4 11 12 4l8 7v9h-5v-6H9v6H4Z',
  hot: 'M12 3c1 4 5 5 5 10a5 5 0 0 1-10 0c0-2 1-3 2-4 0 2 1 3 2 3 1-3-1-5 1-9Z',
  bell: 'M6 17V11a6 6 0 0 1 12 0v6l2 2H4Zm4 3h4',
  person: 'M12 4a4 4 0 1 0 0 8 4 4 0 0 0 0-8ZM4 21c0-5 4-7 8-7s8 2 8 7',
  like: 'M12 20S4 15 4 9a4 4 0 0 1 8-1 4 4 0 0 1 8 1c0 6-8 11-8 11Z',
  thumb: 'M7 21V10l4-7c2 0 3 1 3 3l-1 4h5c2 0 3 1 2 3l-2 6c0 1-1 2-2 2Zm0 0H4V10h3',
  comment: 'M4 5h16v11h-8l-4 4v-4H4Z',
  repost: 'M4 12V8h14l-4-4M20 12v4H6l4 4',
  star: 'm12 4 2.5 5.2 5.5.8-4 4 1 5.6-5-2.7-5 2.7 1-5.6-4-4 5.5-.8Z',
  plus: 'M12 5v14M5 12h14',
  close: 'm6 6 12 12M18 6 6 18',
  back: 'm14 5-7 7 7 7',
  next: 'm10 5 7 7-7 7',
  up: 'm5 15 7-8 7 8Z',
  play: 'M8 5v14l11-7Z',
  arrow: 'M9 6v12l8-6Z',
}
const SVG = 'http://www.w3.org/2000/svg'

export function icon(name, size = 20, className = '') {
  const svg = document.createElementNS(SVG, 'svg')
  const path = document.createElementNS(SVG, 'path')
  set(svg, { viewBox: '0 0 24 24', width: size, height: size, class: `icon ${className}`.trim(), 'aria-hidden': 'true' })
  path.setAttribute('d', SIGNS[name])
  svg.append(path)
  return svg
}

/** The line that says what this page is. */
export const notice = () => el('span.sample-notice', { title: '本页由本机提供，人物、机构和文字均为虚构' }, '示例页 · 内容均为虚构')

// Addresses.

/** Changes the address without a load, as the sites do, and draws what it names. */
export function go(path, state = {}) {
  history.pushState(state, '', path)
  dispatchEvent(new PopStateEvent('popstate', { state }))
}

/** Links to this host are followed within the page where `serves` knows them; all others lead nowhere. */
export function followLinks(serves) {
  addEventListener('click', (event) => {
    const link = event.composedPath().find((node) => node instanceof HTMLAnchorElement)
    if (!link || !link.href || event.defaultPrevented || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey) return
    event.preventDefault()
    const url = new URL(link.href)
    if (url.host === location.host && serves(url)) go(url.pathname + url.search, { inside: true })
  })
}

/** Calls `more` whenever the end of a list comes near, until it answers false. */
export function atEnd(sentinel, more, { root = null, margin = 600 } = {}) {
  const observer = new IntersectionObserver(
    async (entries) => {
      if (!entries.some(({ isIntersecting }) => isIntersecting)) return
      observer.unobserve(sentinel)
      // The sites answer after a moment, too.
      await new Promise((done) => setTimeout(done, 120))
      if (more() === false) observer.disconnect()
      else observer.observe(sentinel)
    },
    { root, rootMargin: `0px 0px ${margin}px` },
  )
  observer.observe(sentinel)
  return observer
}
