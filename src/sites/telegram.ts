/** t.me/s/…: the web preview of channels, and the widget of a single message. */

import type { Author, Post } from '../types.ts'
import type { Adapter } from './adapter.ts'
import { address, all, attribute, beside, hasText, hidden, nameOf, pick, pickName, textOf, toPost } from './read.ts'

const WRAP = '.tgme_widget_message_wrap, .js-widget_message_wrap'
/** Frames of a message, the one to trust first. */
const FRAMES = ['.tgme_widget_message', '.js-widget_message', '[data-post]', WRAP, '.tgme_widget_message_bubble']
const TEXTS = ['.js-message_text', '.tgme_widget_message_text', '[class*="message_text"]']
/** What a reader sees where nothing else is written. */
const QUESTION = '.tgme_widget_message_poll_question, [class*="poll_question"]'
const OPTIONS = '.tgme_widget_message_poll_option_text, [class*="poll_option_text"]'
const FILE = '.tgme_widget_message_document_title, [class*="document_title"]'
/** Words of others: the message that is answered, the page that is linked. */
const OTHERS =
  '.tgme_widget_message_reply, [class*="message_reply"], [class*="forwarded_from"], .tgme_widget_message_link_preview, [class*="link_preview"]'
const SERVICE = '.service_message'
const NAMES = [
  '.tgme_widget_message_author_name',
  '.tgme_widget_message_owner_name',
  '[class*="owner_name"], [class*="author_name"]',
  '.tgme_widget_message_author',
]
const CHANNEL = '.tgme_channel_info_header_title, .tgme_header_title'

export const telegram: Adapter = {
  id: 'telegram',
  names: { zh: 'Telegram', en: 'Telegram' },
  matches: ['https://t.me/*'],
  posts,
  read: (element, page) => (hidden(element) ? null : readMessage(element, page)),
  slot: (element) => beside(element, nameIn(element), textIn(element) ?? element),
  expects: ({ pathname, searchParams }) => /^\/s\/./.test(pathname) || searchParams.has('embed'),
}

function posts(root: ParentNode): Iterable<Element> {
  const units = new Set<Element>()
  for (const part of all(root, [...FRAMES, ...TEXTS, QUESTION, FILE].join())) {
    const unit = frameOf(part)
    if (unit && root.contains(unit)) units.add(unit)
  }
  return units
}

function frameOf(part: Element): Element | null {
  const wrap = part.closest(WRAP)
  for (const selector of FRAMES) {
    const frame = part.closest(selector) ?? wrap?.querySelector(selector)
    // An empty frame only carries the id: the words then stand beside it, in the wrap.
    if (frame && (isFilled(frame) || !wrap)) return frame
  }
  return null
}

/** Quicker than reading what may nest within itself. */
const isFilled = (part: Element): boolean => /\S/.test(part.textContent ?? '')
const own = (part: Element): boolean => !part.closest(OTHERS)
const textIn = (message: Element) => pick(message, TEXTS, (text) => own(text) && hasText(text))
const nameIn = (message: Element) => pickName(message, NAMES, (name) => own(name) && !name.closest(TEXTS.join()))

function readMessage(message: Element, page: URL): Post | null {
  if (message.closest(SERVICE) || message.querySelector(SERVICE)) return null
  const at = placeIn(message, page)
  const reply = message.querySelector('a.tgme_widget_message_reply, a[class*="message_reply"]')
  return toPost('telegram', {
    kind: 'post',
    id: at?.id,
    author: authorOf(message, at, page),
    body: textOf(textIn(message), { skip: OTHERS }) || unwritten(message),
    permalink: at && `https://t.me/${at.id}`,
    publishedText: textOf(pick(message, ['a[class*="message_date"] time', 'time'], own)),
    parentId: placeOf(address(attribute(reply, 'href'), page))?.id,
    imageCount: [...message.querySelectorAll('[class*="message_photo_wrap"]')].filter(own).length,
  })
}

/** A poll's question and answers, or the name of a file. */
function unwritten(message: Element): string {
  const question = pick(message, [QUESTION], own)
  const parts = question ? [question, ...message.querySelectorAll(OPTIONS)] : [...message.querySelectorAll(FILE)]
  return parts.filter(own).map((part) => textOf(part)).join('\n').trim()
}

function authorOf(message: Element, at: Place | undefined, page: URL): Author {
  const name = nameIn(message)
  const link = name?.closest('a') ?? name?.querySelector('a')
  const linked = /^\/(\w+)\/?$/.exec(address(attribute(link, 'href'), page)?.pathname ?? '')?.[1]
  return { name: nameOf(name ?? message.ownerDocument.querySelector(CHANNEL)) || at?.channel || '', id: linked ?? at?.channel }
}

interface Place {
  /** A message's number is its own only within its channel. */
  id: string
  channel: string
}

function placeIn(message: Element, page: URL): Place | undefined {
  const marked = message.closest('[data-post]') ?? message.querySelector('[data-post]')
  const stated = /^(\w+)\/(\d+)$/.exec(attribute(marked, 'data-post'))
  if (stated) return { id: stated[0], channel: stated[1]! }
  for (const link of message.querySelectorAll('a[class*="message_date"], a:has(time), [class*="photo_wrap"][href]')) {
    const at = own(link) ? placeOf(address(attribute(link, 'href'), page)) : undefined
    if (at) return at
  }
  return undefined
}

function placeOf(url: URL | null): Place | undefined {
  const [, channel, number] = /^\/(?:s\/)?(\w+|c\/\d+)\/(\d+)\/?$/.exec(url?.hostname === 't.me' ? url.pathname : '') ?? []
  return channel && number ? { id: `${channel}/${number}`, channel } : undefined
}
