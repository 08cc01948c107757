/** goofish.com: cards of home, search, profiles and recommendations; the page of an item. */

import type { Author, Post } from '../types.ts'
import type { Adapter } from './adapter.ts'
import { address, all, attribute, beside, hasText, hidden, nameOf, pick, pickName, textOf, toPost } from './read.ts'

const LINK = 'a[href*="/item?"], a[href*="/item/"], a[href*="item.htm?"]'
const WRAP = '[class*="cardWarp--"], [class*="cardWrap--"]'
const CARD = `[class*="feeds-item-wrap--"], ${WRAP}`
const TITLES = ['[class*="row1-wrap-title--"] [class*="main-title--"]', '[class*="main-title--"]', '[class*="row1-wrap-title--"]', '[class*="title--"]', '[class*="title" i]']
/** What stands in a card besides its title. */
const NOT_TITLE =
  '[class*="row2-wrap"], [class*="row3-wrap"], [class*="row4-wrap"], [class*="price"], [class*="seller-"], [class*="credit"], [class*="cpv--"], [class*="-tag"], [class*="tag--"], [class*="want"]'

const MAIN = '[class*="item-main-info--"]'
/** Boxes of a whole item, the one to trust first; recommendations may stand in the same one. */
const ITEMS = ['[class*="item-container--"]', '[class*="item-main-container--"]', MAIN, '[class*="notLoginContainer--"]']
const ITEM = ITEMS.join()
/** The seller's words; the platform's own remarks carry the same stem elsewhere. */
const WORDS = [
  ':is([class*="notLoginContainer--"]) :is([class^="desc--"], [class*=" desc--"])',
  ':is([class*="notLoginContainer--"]) [class*="main--"]',
  `:is(${MAIN}) :is([class^="desc--"], [class*=" desc--"])`,
  '[class*="main--"][class*="open--"]',
  `:is(${MAIN}) [class*="desc" i]:not([class*="price"])`,
  `:is(${MAIN}) :is([class^="main--"], [class*=" main--"])`,
  '[class^="desc--"], [class*=" desc--"]',
]
const NOT_WORDS = '[class*="price"], [class*="want"], [class*="labels--"], [class*="buttons--"], [class*="tips--"], [class*="expand"]'
const SELLER = 'a[href*="userId="]'
const NAMES = ['[class*="user-info-nick"]', '[class*="userNick"], [class*="user-nick"]', '[class*="sellerName"], [class*="seller-name"]', SELLER]

const NOISE = /^(?:[¥￥]?\s*[\d.,]+\s*万?(?:元|起)?|\d+(?:\.\d+)?万?\+?人(?:想要|收藏|看过)|包邮|全新|几乎全新|广告|已售出|卖掉了|验货宝|.{0,6}信用(?:极好|优秀|良好))$/

export const goofish: Adapter = {
  id: 'goofish',
  names: { zh: '闲鱼', en: 'Goofish (Xianyu)' },
  matches: ['https://www.goofish.com/*'],
  posts,
  read(element, page) {
    if (hidden(element)) return null
    return isCard(element) ? readCard(element, page) : readItem(element, page)
  },
  slot: (element) =>
    isCard(element) ? beside(element, null, cardTitle(element)) : beside(element, itemName(element), itemWords(element)),
  expects: ({ pathname }) => /^\/(?:$|search|item|personal|category|pc)/.test(pathname),
}

function posts(root: ParentNode): Iterable<Element> {
  const units = new Set<Element>()
  for (const part of all(root, [CARD, LINK, ITEM, ...WORDS].join())) {
    const unit = part.closest(`${CARD}, ${LINK}`) ? cardAround(part) : itemAround(part)
    if (unit) units.add(unit)
  }
  return units
}

/** Which item an address opens; what else stands in it only says how one came there. */
function itemAt(url: URL | null): { id: string; permalink: string } | null {
  if (!url || !/(?:^|\.)goofish\.com$/.test(url.hostname)) return null
  const id = /^\d{6,}$/.exec(url.searchParams.get('id') ?? url.searchParams.get('itemId') ?? '')?.[0] ?? /\/item\/(\d{6,})/.exec(url.pathname)?.[1]
  return id && /\/item(?:[/.]|$)/.test(url.pathname) ? { id, permalink: `https://www.goofish.com/item?id=${id}` } : null
}

const itemIn = (card: Element, page: URL | string) =>
  all(card, LINK).map((link) => itemAt(address(link.getAttribute('href'), page))).find((item) => item !== null) ?? null

// Cards: the link itself, or a wrap around one link. They name nobody.

function cardAround(part: Element): Element | null {
  const link = part.closest(LINK) ?? (part.matches(CARD) ? part.querySelector(LINK) : null)
  const card = link?.closest(CARD) ?? link ?? part.closest(CARD)
  const wrap = card?.parentElement?.closest(WRAP)
  return wrap && wrap.querySelectorAll(LINK).length === 1 ? wrap : card
}

/** Whether a part stands in such a box inside the unit. */
function within(part: Element, boxes: string, unit: Element): boolean {
  const box = part.closest(boxes)
  return box !== null && box !== unit && unit.contains(box)
}

const isCard = (element: Element): boolean => element.matches(`${CARD}, ${LINK}`) && cardAround(element) === element

const cardTitle = (card: Element): Element | null =>
  pick(card, TITLES, (part) => hasText(part) && !within(part, NOT_TITLE, card)) ??
  pick(card, ['[class*="row1-wrap-title--"][title]', '[class*="title"][title]'], (part) => attribute(part, 'title') !== '') ??
  longest(card)

/** A card of unknown form: its longest words in one piece that are no price, counter or label. */
function longest(card: Element): Element | null {
  let best: Element | null = null
  let most = 0
  for (const part of [card, ...[...card.querySelectorAll('*')].slice(0, 300)]) {
    if (within(part, NOT_TITLE, card) || part.querySelector(`div, p, li, section, ${NOT_TITLE}`)) continue
    const text = textOf(part)
    if (text.length > most && !NOISE.test(text)) [best, most] = [part, text.length]
  }
  return best
}

function readCard(card: Element, page: URL): Post | null {
  const title = cardTitle(card)
  const item = itemIn(card, page)
  const shown = textOf(title)
  const label = attribute(title?.closest('[title]') ?? null, 'title')
  // Where the item itself is open, its card is a copy with less in it.
  if (item ? item.id === itemAt(page)?.id : !card.matches(CARD)) return null
  const name = pickName(card, NAMES)
  return toPost('goofish', {
    kind: 'post',
    ...item,
    author: name ? sellerOf(name) : profileOwner(card, page),
    // The row may be cut off where its label is not.
    title: label.length > shown.length && label.startsWith(shown.replace(/(?:…|\.{3})$/, '')) ? label : shown,
    body: '',
  })
}

/** On a profile only the page says whose the items are. */
function profileOwner({ ownerDocument }: Element, page: URL): Author {
  if (!page.pathname.startsWith('/personal')) return { name: '' }
  const id = /^\d+$/.exec(page.searchParams.get('userId') ?? '')?.[0]
  return { name: /^(.{1,100})_闲鱼$/.exec(ownerDocument.title.trim())?.[1] ?? '', id }
}

// The page of an item.

function itemAround(part: Element): Element | null {
  const box = ITEMS.map((selector) => part.closest(selector)).find(Boolean) ?? null
  // Without a box that we know: the smallest that also names the seller.
  for (let at = box ? null : part.parentElement, depth = 0; at && depth < 6 && !at.querySelector(CARD); depth++, at = at.parentElement)
    if (pickName(at, NAMES)) return at
  return box ?? part
}

const notCard = (part: Element): boolean => !part.closest(`${CARD}, ${LINK}`)
const itemName = (item: Element) => pickName(item, NAMES, notCard)

/** The longest box with words: of its stem are also remarks of the platform. */
function itemWords(item: Element): Element | null {
  for (const selector of WORDS) {
    const words = all(item, selector).filter((part) => notCard(part) && !within(part, NOT_WORDS, item) && hasText(part) && itemAround(part) === item)
    const [first, ...others] = words
    if (first) return others.reduce((longest, part) => (textOf(part).length > textOf(longest).length ? part : longest), first)
  }
  return null
}

function readItem(item: Element, page: URL): Post | null {
  const words = itemWords(item)
  const name = itemName(item) ?? pickName(item.ownerDocument, NAMES.slice(0, 1), notCard)
  const open = itemAt(page)
  if (!words || (!name && !open)) return null
  const pictures = [...item.querySelectorAll('[class*="carouselItem"]:not(.slick-cloned) img')].map((picture) =>
    (attribute(picture, 'src') || attribute(picture, 'data-src')).replace(/\.(?:jpe?g|png|webp|heic).*$/i, ''),
  )
  return toPost('goofish', {
    kind: 'post',
    ...open,
    author: sellerOf(name),
    body: textOf(words, { skip: NOT_WORDS }),
    imageCount: new Set(pictures.filter(Boolean)).size,
  })
}

function sellerOf(name: Element | null): Author {
  const link = name?.closest(SELLER) ?? name?.querySelector(SELLER) ?? name?.closest('[class*="item-user"]')?.querySelector(SELLER)
  // The link around all that is said of the seller begins with the name.
  const written = name === link ? textOf(name).split('\n')[0] : nameOf(name)
  return { name: written ?? '', id: /[?&]userId=(\d+)/.exec(attribute(link, 'href'))?.[1] }
}
