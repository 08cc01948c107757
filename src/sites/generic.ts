/**
 * Reads any page by its structure: what someone said, found by the names, times and buttons that stand around it and
 * by what repeats, and one long text where there is one. It knows no site, so it stands in where a site changed its
 * form, and on sites that a user switched on.
 */

import type { Post } from '../types.ts'
import type { Adapter } from './adapter.ts'
import { address, attribute, beside, concealed, hidden, isElement, nameOf, textOf, toPost } from './read.ts'

const words = (list: string) => new Set(list.split(' '))
const NEVER = words('script style template noscript svg math canvas video audio iframe object select textarea input label legend option datalist head title meta link')
const FRAME_TAGS = words('nav menu aside')
const FRAME_ROLES = words('navigation banner contentinfo search searchbox tablist menu menubar toolbar complementary tooltip')
const TIMES = words('time relative-time time-ago')
const HEADINGS = words('h1 h2 h3 h4 h5 h6')
const PARAGRAPHS = words('p blockquote pre')
const INLINE = words('span font b strong em i u a br code mark small sub sup')
const ROWS = words('article li tr tbody table dd section a')

/** Words that sites of all kinds use in classes and ids; a compound is what its last word says. */
const PERSON = /^(?:name|fn|byline|owner|commenter|poster|member|writer)$|(?:author|user|nick|username|nickname|uname)s?$/
const TIME = words('time date datetime timestamp ago pubdate published')
const BODY = words('content contents text txt body message postmessage desc description summary excerpt commtext')
const TITLE = words('title tit subject headline')
const SMALL = words('author user username name badge level label tag time date btn button tip')
const AVATAR = words('avatar face portrait userpic')
const FRAME = words('aside sidebar sidecolumn breadcrumb breadcrumbs pagination pager navbar nav menu dropdown tooltip related copyright skeleton')
const PERSON_LINK =
  /\/(?:u|user|users|people|person|members?|profiles?|space|authors?|org)\/(?:profile\/)?(?:[^/?#]+|\d+\/[^/?#]+)\/?(?:[?#]|$)|\/@[^/?#]+\/?(?:[?#]|$)|^(?:https?:)?\/\/(?:space|my|home|i)\.[^/]+\/\d+\/?(?:[?#]|$)|[?&](?:uid|user_?id|mode=viewprofile|user)=|space-uid-|\b(?:member|profile)\.php\?|(?:^|\/)user\?id=/i

const whole = (prefix: string, forms: string[], suffix: string) => new RegExp(`^${prefix}(?:${forms.join('|')})${suffix}$`, 'iu')
/** A time as pages write it, with what they say before it, and a place or device behind it. */
const WHEN = whole(
  String.raw`[·•|\s]*(?:(?:发布|发表|编辑|回复|更新|修改|创建)(?:于|时间)?|posted|edited|on|at)?\s*[:：]?\s*`,
  [
    String.raw`刚刚|\d+\s*(?:秒钟?|分钟?|小时|天|周|个?月|年)之?前|\d+\s*(?:分钟|小时|天)|(?:今天|昨天|前天|星期.|周.)(?:\s*\d{1,2}:\d{2})?`,
    String.raw`\d{1,2}[-/.]\d{1,2}[-/.]\d{4}(?:,?\s+\d{1,2}:\d{2})?(?:\s*[ap]m)?|(?:\d{2,4}\s*[-/.年]\s*)?\d{1,2}\s*[-/.月]\s*\d{1,2}日?(?:\s*,?\s*\d{1,2}:\d{2}(?::\d{2})?)?`,
    String.raw`\d{4}-\d{2}-\d{2}T[\d:.]+Z?|\d{1,2}:\d{2}(?::\d{2})?|\d+\s*(?:s|m|h|d|w|mo|y)(?:\s+ago)?|just now|yesterday|today`,
    String.raw`(?:an?\s|\d+)\s*(?:secs?|mins?|hrs?|seconds?|minutes?|hours?|days?|weeks?|months?|years?)(?:\s+ago)?`,
    String.raw`(?:\w{3,9},?\s+)?(?:\d{1,2}\s+)?(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.?\s+\d{1,4}(?:,?\s+\d{4})?(?:,?\s+(?:at\s+)?\d{1,2}:\d{2}(?::\d{2})?\s*(?:[ap]m)?)?`,
  ],
  String.raw`(?:[\s·•・|]+.{0,20})?`,
)
/** What stands on buttons, counters and badges. */
const ACT = whole(
  String.raw`[[(（#\s]*`,
  [
    String.raw`(?:回复|回应|评论|留言|点?赞同?|[顶踩]|喜欢|收藏|转发|分享|举报|投诉|引用|浏览|阅读|播放|人气|热度|点击|查看)\s*[:：(（]?\s*[\d.,]*\s*[万kK+]*`,
    String.raw`(?:全部|展开|收起|查看|共|热门|最新|精彩)*(?:其他|更多)?\s*[\d.,]*\s*[万kK亿+]*\s*[条个次人]?(?:回复|回答|评论|留言|赞同?|喜欢|转发|浏览|阅读|收藏|播放|观看)?`,
    String.raw`只看(?:他|她|楼主|该作者)|删除|编辑|楼主|沙发|板凳|地板|置顶(?:评论)?|广告|推广|作者|热评|铁粉|已编辑|默认|最[新热早]|按[时热]\S|第?\s*\d+\s*[楼#层]`,
    String.raw`(?:来自|发布于|ip\s*属地)[\s:：]*\S.{0,14}`,
    String.raw`(?:\d[\d.,]*\s*[km]?\s*)?(?:reply|replies|likes?|shares?|comments?|report|permalink|more|retweets?|reposts?|quote|save|award|embed|edit|delete|(?:up|down)?votes?|flag|hide|points?|views?|(?:show|read|load) more)`,
  ],
  String.raw`[\])）\s]*`,
)
const FOLLOW = /^[+＋\s]*(?:(?:取消|互相|已|加)?关注|发消息|私信|加好友|follow(?:ing)?|message|subscribe)$|^(?:粉丝|followers?)?\s*[:：]?\s*[\d.,]+\s*[万kK]?\s*(?:粉丝|followers?)$/iu
const PRICE = /^(?:[¥￥$€£]\s*[\d.,]+\s*[万kK]?(?:元|\/.{1,4})?|[\d.,]+\s*万?元(?:\/.{1,4})?|(?:价格)?面议)$/u
const NOBODY = /^(?:登[录陆]|注册|我的?|首页|log ?in|sign ?(?:in|up)|register|home|by|(?:posted|published|updated)(?: on| by)?|[^\p{L}]+)$/iu
/** Before a name: whom a text answers or names, not who wrote it. */
const TO = /(?:回复|@|\bto|\bre:?)$/i

/** Letters are counted by their width: a text this long stands for itself, and names and other parts are no longer. */
const LONG = 100
const NAME = 20
const SHORT = 18
/** Boxes looked at; a page with more is read in part. */
const MOST = 60_000

/** What stands below a box, less the units that were cut out of it. */
class Tally {
  /** Letters outside of links and in them; of both, those marked as text. */
  plain = 0
  linked = 0
  said = 0
  /** Headings, and links long enough to be one; headings that are links. */
  titles = 0
  headed = 0
  people = 0
  times = 0
  acts = 0
  follows = 0
  pictures = 0

  get words(): number {
    return this.plain + this.linked
  }

  add(other: Tally): void {
    this.plain += other.plain
    this.linked += other.linked
    this.said += other.said
    this.titles += other.titles
    this.headed += other.headed
    this.people += other.people
    this.times += other.times
    this.acts += other.acts
    this.follows += other.follows
    this.pictures += other.pictures
  }
}

/** An element as the page shows it. */
interface Box {
  element: Element
  hint: Hint
  parent: Box | null
  children: Box[]
  /** Its place in page order, and the place behind all below it. */
  at: number
  end: number
  /** Letters of its own text nodes, of all below, and of the running text below, less the deeper it is. */
  own: number
  letters: number
  prose: number
  part: 'person' | 'guess' | 'label' | 'time' | 'act' | 'face' | null
  tally: Tally
  /** The box to cut out, where someone says something in here. */
  open: Box | null
  /** It is a unit, or a list of them: no part of the unit around it. */
  cut: boolean
}

interface Unit {
  box: Box
  around: Unit | null
  page: Page
}

/** What one look at a page found. */
interface Page {
  boxes: Box[]
  frames: Set<Element>
  roots: ShadowRoot[]
  units: Map<Element, Unit>
}

/** The last look: to read a unit is to know which others stand in it. */
let known: Page = { boxes: [], frames: new Set(), roots: [], units: new Map() }

export const generic: Adapter = {
  id: 'web',
  names: { zh: '通用读取', en: 'Generic reader' },
  matches: [],
  posts(root) {
    const page = find(root)
    if (root.nodeType === 9) known = page
    return page.units.keys()
  },
  read(element, page) {
    const unit = hidden(element) ? undefined : unitAt(element)
    return unit ? readUnit(unit, page) : null
  },
  slot: (element) => beside(element, nameIn(ownBoxes(unitAt(element)))?.element ?? null, null),
  roots: () => known.roots,
  expects: () => false,
}

/** A row that was filled anew since the last look is looked at again. */
function unitAt(element: Element): Unit | undefined {
  const unit = known.units.get(element)
  const isFresh = unit && unit.page.boxes[unit.box.at + 1]?.element.isConnected !== false
  return isFresh ? unit : find(element).units.get(element)
}

function find(root: ParentNode): Page {
  const page = walk(root.nodeType === 9 ? (root as Document).body : isElement(root) ? root : null)
  const found: Found = { cut: new Set(), headlines: new Set(), handles: new Set() }
  // From the last to the first: a box comes after all that stands in it.
  for (let at = page.boxes.length - 1; at >= 0; at--) {
    const box = page.boxes[at]!
    box.end = box.children.at(-1)?.end ?? at + 1
    settle(box, found)
    weigh(box, found.handles)
  }
  const { cut, headlines } = found
  if (page.boxes[0]?.open) cutOut(page.boxes[0], cut, false)
  const text = longText(page.boxes, cut)
  if (text) cut.add(text)
  const around: Unit[] = []
  // Bare titles in a list are posts where there is nothing else, and other people's headlines elsewhere.
  for (const box of [...(cut.size > 0 ? cut : headlines)].sort((a, b) => a.at - b.at)) {
    while (around.length > 0 && around.at(-1)!.box.end <= box.at) around.pop()
    const { people, acts, titles, linked } = box.tally
    if ((around.at(-1)?.box.tally.plain ?? 0) > LONG * 2 && people + acts === 0 && !isComment(box)) {
      // A dated list in a long text is a part of it; linked titles there lead to other texts.
      if (box.parent && (titles === 0 || linked < 3)) box.cut = box.parent.cut = false
      continue
    }
    const unit: Unit = { box, page, around: around.at(-1) ?? null }
    page.units.set(box.element, unit)
    around.push(unit)
  }
  return page
}

/** What settles while a page is gone through. */
interface Found {
  cut: Set<Box>
  headlines: Set<Box>
  /** Names written as `@name`, where a person's address may end in the same. */
  handles: Set<string>
}

/** All boxes in page order. The stack is our own: a page may nest deeper than calls can. */
function walk(top: Element | null): Page {
  const page: Page = { boxes: [], frames: new Set(), roots: [], units: new Map() }
  const steps: [Element, Box | null][] = top ? [[top, null]] : []
  while (steps.length > 0 && page.boxes.length < MOST) {
    const [element, parent] = steps.pop()!
    if (NEVER.has(element.localName) || concealed(element)) continue
    const hint = hintOf(element)
    if (parent && isFrame(element, hint, page.boxes.length)) {
      page.frames.add(element)
      continue
    }
    const box: Box = { element, hint, parent, children: [], at: page.boxes.length, end: 0, own: 0, letters: 0, prose: 0, part: null, tally: new Tally(), open: null, cut: false }
    page.boxes.push(box)
    parent?.children.push(box)
    if (element.shadowRoot) page.roots.push(element.shadowRoot)
    const first = steps.length
    if (element.localName === 'pre') box.own = lettersOf(element.textContent ?? '')
    else
      for (const node of shownIn(element)) {
        if (node.nodeType === 3) box.own += lettersOf((node as Text).data)
        else if (node.nodeType === 1) steps.push([node as Element, box])
      }
    for (let i = first, j = steps.length - 1; i < j; i++, j--) [steps[i], steps[j]] = [steps[j]!, steps[i]!]
  }
  return page
}

function shownIn(element: Element): Iterable<Node> {
  const slotted = element.localName === 'slot' ? ((element as HTMLSlotElement).assignedNodes?.() ?? []) : []
  return slotted.length > 0 ? slotted : (element.shadowRoot ?? element).childNodes
}

/** What stands around the content of a page: menus, side columns, its head and foot. */
function isFrame(element: Element, hint: Hint, at: number): boolean {
  const { localName } = element
  if (FRAME_TAGS.has(localName) || hint.frame || FRAME_ROLES.has(attribute(element, 'role'))) return true
  if (localName !== 'header' && localName !== 'footer') return false
  return element.parentElement?.localName === 'body' || (at < 200 && element.querySelector('nav, input, form') !== null)
}

/** Three narrow letters weigh about as much as a wide one; eighths add up without a rest. */
function lettersOf(text: string): number {
  let letters = 0
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i)
    if (code >= 0x2e80) letters += code >= 0xd800 && code < 0xe000 ? 1 / 2 : code > 0x303f && code < 0xff00 ? 1 : 0
    else if ((code > 96 && code < 123) || (code > 47 && code < 58) || (code > 64 && code < 91) || (code > 0xbf && code < 0x2000)) letters += 3 / 8
  }
  return letters
}

type Hint = Record<'person' | 'time' | 'body' | 'title' | 'avatar' | 'comment' | 'frame', boolean>
const hints = new Map<string, Hint>()

function hintOf(element: Element): Hint {
  const key = `${element.getAttribute('class') ?? ''} ${element.id} ${element.getAttribute('itemprop') ?? ''} ${element.getAttribute('rel') ?? ''}`
  let hint = hints.get(key)
  if (!hint) {
    const written = key.slice(0, 300)
    const names = written.replace(/([a-z])([A-Z])/g, '$1-$2').toLowerCase().split(/\s+/)
    // Hashes and numbers say nothing; what stands behind `--` may be a part or a state.
    const compounds = [...names, ...names.map((name) => name.replace(/--.*/, ''))].map((name) => name.split(/[^a-z0-9]+/).filter((word) => word !== '' && !/\d/.test(word)))
    const ends = (set: Set<string>) => compounds.some((compound) => set.has(compound.at(-1) ?? ''))
    const endsLarge = (set: Set<string>) => compounds.some((compound) => set.has(compound.at(-1) ?? '') && !compound.some((word) => SMALL.has(word) || (set === BODY && TITLE.has(word))))
    hint = {
      person: compounds.some((compound) => PERSON.test(compound.at(-1) ?? '')),
      time: ends(TIME),
      body: endsLarge(BODY),
      title: endsLarge(TITLE),
      avatar: compounds.some((compound) => compound.some((word) => AVATAR.has(word))),
      comment: /comment|repl(?:y|ies)/.test(written),
      frame: compounds.some((compound) => !/^(?:with|has|no)$/.test(compound[0] ?? '') && (FRAME.has(compound.at(-1) ?? '') || FRAME.has(compound.slice(-2).join('')))),
    }
    if (hints.size > 5_000) hints.clear()
    hints.set(key, hint)
  }
  return hint
}

/** Adds up what stands in a box, and cuts out what proves to be a unit or a list of them. */
function settle(box: Box, { cut, headlines }: Found): void {
  const { children, tally } = box
  tally.plain = box.own
  if (children.every(({ open, cut, tally }) => !open && !cut && tally.words === 0)) {
    // Most boxes: nothing is said below.
    for (const child of children) tally.add(child.tally)
    if (tally.people > 0 && tally.words > 0) box.open = box
    return
  }
  const full = children.filter(({ open }) => open)
  const [first, second] = full
  const like = first ? children.filter((child) => child.open ?? (!child.cut && child.tally.words >= 3 && isBlock(child) && (alike(child, first) || (second && alike(child, second))))) : []
  const members = like.filter(({ open, tally }) => open ?? (isPosted(tally) || (tally.titles > 0 && tally.linked >= 3)))
  const taken = new Set(like)
  const others = children.filter((child) => !taken.has(child))
  const posts = untold(others)
  const isBare = posts.every(({ tally }) => tally.plain <= 4 && tally.said + tally.pictures === 0)
  for (const post of posts) cutOut(post, isBare ? headlines : cut, true)
  for (const child of others) if (!child.cut) tally.add(child.tally)
  if (!first) {
    box.cut = posts.length > 0
    if (!box.cut && tally.people > 0 && tally.words > 0) box.open = box
    return
  }
  const lead = new Tally()
  lead.plain = box.own
  for (const child of children.slice(0, children.indexOf(first))) lead.add(child.tally)
  // Someone has already spoken, and this is what they answer to, quote, or are answered.
  const isSaid = lead.people > 0 && (lead.said > 0 || lead.plain >= 2)
  const isQuote = lead.said >= 2 && first.tally.said >= 2
  if (like.length + posts.length > 1) {
    const isHead = !isSaid && second !== undefined && !alike(first, second) && !isComplete(first) && (tally.said > 0 || tally.plain > first.tally.plain)
    for (const member of members) if (!isHead || member !== first) cutOut(member, cut, true)
    if (isHead) tally.add(first.tally)
    box.cut = !isHead && !isSaid
    box.open = box.cut ? null : box
  } else if (isSaid || isQuote || !belongs(first, lead, tally, box)) {
    cutOut(first, cut, isSaid)
    if (isSaid || (tally.people > 0 && tally.words > 0)) box.open = box
  } else {
    box.open = tally.words + tally.people + tally.times + tally.acts + tally.pictures > 0 ? box : first.open
    tally.add(first.tally)
  }
}

const isBlock = ({ element: { localName } }: Box): boolean => !PARAGRAPHS.has(localName) && !HEADINGS.has(localName) && (!INLINE.has(localName) || localName === 'a')

/** Words that stand as those of posts do, with or without a name. */
const isPosted = ({ said, times, pictures }: Tally): boolean => said >= 8 || times + pictures > 0

/** A text with a time or buttons needs no more to be a post. */
const isComplete = ({ tally }: Box): boolean => (tally.said >= 12 || tally.plain > 25) && tally.times + tally.acts > 0

/** Whether what stands around the only text that someone says is a part of it, as a body is of its head. */
function belongs({ tally }: Box, lead: Tally, rest: Tally, box: Box): boolean {
  if (rest.words === 0) return true
  if (rest.words === lead.words && lead.titles > 0 && tally.titles === 0 && lead.words < 40) return true
  if (tally.titles > 0 && tally.plain < 60 && rest.people === 0 && rest.said > tally.words * 2 && lead.words === 0) return true
  if (isComplete(box.children.find(({ tally: of }) => of === tally)!)) return false
  if (rest.plain <= 12 && rest.linked <= 6) return true
  if ((rest.linked > rest.plain && rest.linked > rest.said) || rest.people > 0) return false
  return rest.said > 0 || rest.times + rest.acts > 0 || ROWS.has(box.element.localName) || rest.plain > tally.plain
}

/** Children that are alike and look like posts of nobody: with a time, or with a link for a title. */
function untold(children: readonly Box[]): Box[] {
  if (children.length < 2) return []
  const rivals = children.filter((child) => !child.cut && isBlock(child) && child.tally.words >= 3)
  const sure = rivals.filter(({ tally: { words, plain, linked, said, titles, headed, times, pictures } }) => (times > 0 && words >= 8) || (titles > 0 && linked >= 3 && linked >= plain && (pictures > 0 || said >= 8)) || (headed > 0 && plain >= 15))
  if (sure.length < 2) return []
  const like = rivals.filter((child) => alike(child, sure[0]!) && (child.tally.titles > 0 || isPosted(child.tally)))
  const isRow = ROWS.has(sure[0]!.element.localName) || (sure.length === rivals.length && sure[0]!.element.classList.length > 0)
  return like.length >= (isRow ? 2 : 3) && like.length >= rivals.length * 0.6 && sure.length >= like.length * 0.3 ? like : []
}

function alike(a: Box, b: Box): boolean {
  if (a.element.getAttribute('class') !== null && a.element.getAttribute('class') === b.element.getAttribute('class')) return true
  const [of, other] = [a.element.classList, b.element.classList]
  if (a.element.localName === b.element.localName && /^(?:article|li|tr)$|-/.test(a.element.localName)) return true
  if (of.length === 0 || other.length === 0) return of.length === other.length && a.element.localName === b.element.localName && shapeOf(a) === shapeOf(b)
  let common = 0
  for (const name of of) if (other.contains(name)) common++
  return common > Math.min(of.length, other.length) / 2
}

/** Marks of ours are boxes without letters, and change nothing. */
const shapeOf = ({ children }: Box): string => [...new Set(children.flatMap(({ element, letters, tally }) => (letters > 0 || tally.pictures > 0 ? [element.localName] : [])))].join()

/** Takes a unit out of what is around it, and keeps it where it is more than a name with its buttons. */
function cutOut(box: Box, cut: Set<Box>, isRepeated: boolean): void {
  const unit = box.open ?? box
  box.cut = unit.cut = true
  const { people, said, plain, titles, times, acts, follows, pictures } = unit.tally
  if (people > 0 && follows > 0 && said + times === 0 && plain < 60) return
  if (plain < 2 && said + titles === 0) return
  if (isRepeated || said > 0 || plain > 25 || times + acts + pictures > 0) cut.add(unit)
}

const COUNT = { person: 'people', guess: 'people', label: 'people', time: 'times', act: 'acts', face: 'pictures' } as const

/** What a box is, once all in it is known: a name, a time, a button, or words. */
function weigh(box: Box, handles: Set<string>): void {
  const { element, children, hint, tally, own } = box
  const name = element.localName
  box.letters = children.reduce((sum, child) => sum + child.letters, own)
  box.part = box.cut ? null : partOf(box, handles)
  // In a row of links, one of them may lead to your own page.
  const isMenu = tally.people > 0 && tally.plain + tally.said + tally.times === 0 && children.length > 2 && children.every((child) => [child, child.children[0]].some((link) => link?.element.localName === 'a'))
  if (box.part || isMenu) box.open = null
  if (isMenu) tally.people = 0
  if (box.part) {
    box.tally = new Tally()
    box.tally[box.part === 'act' && FOLLOW.test(textIn(element)) ? 'follows' : COUNT[box.part]] = 1
    return
  }
  if (name === 'img') tally[/^\[.{1,12}\]$|^\p{Extended_Pictographic}/u.test(attribute(element, 'alt')) ? 'plain' : 'pictures'] = 1
  const isHeading = tally.words > 0 && (HEADINGS.has(name) || hint.title)
  if ((isHeading && tally.linked > tally.plain) || (name === 'a' && tally.titles > 0)) tally.headed = 1
  if (isHeading || (name === 'a' && tally.words >= 5)) tally.titles = 1
  if (PARAGRAPHS.has(name) || (hint.body && (tally.people === 0 || tally.times === 0) && tally.acts < 4 && tally.plain > 0 && box.at > 0)) tally.said = tally.words
  if (name === 'a') [tally.linked, tally.plain] = [tally.words, 0]
  if (children.length === 0 && own > 0 && own < 6 && PRICE.test(textIn(element))) tally.times = 1
  if (tally.people + tally.said === 0 && tally.times > 0 && tally.words > 0 && tally.words <= 9 && box.end - box.at <= 12) guessName(box)
  box.prose = own
  for (const child of children) if (!child.cut) box.prose += isProse(child) ? Math.max(child.tally.plain, child.prose) : child.prose * 0.8
}

const textIn = (element: Element): string => element.textContent?.trim() ?? ''
const isProse = ({ element: { localName }, own, letters }: Box): boolean => PARAGRAPHS.has(localName) || HEADINGS.has(localName) || INLINE.has(localName) || own > letters / 2

function partOf(box: Box, handles: Set<string>): Box['part'] {
  const { element, hint, letters, children, parent, tally } = box
  const name = element.localName
  if (name === 'img') return hint.avatar || /头像|avatar/i.test(attribute(element, 'alt')) ? 'face' : null
  if (TIMES.has(name) || element.hasAttribute('datetime')) return 'time'
  if (letters > NAME || box.end - box.at > 8) return null
  const link = name === 'a' ? attribute(element, 'href') : ''
  if (letters === 0) {
    if (PERSON_LINK.test(link)) return attribute(element, 'aria-label') ? 'label' : 'face'
    return hint.avatar && children.length === 0 ? 'face' : null
  }
  const text = textIn(element)
  // A word in the midst of a sentence is a part of the sentence.
  const isInline = INLINE.has(name) && parent !== null
  const inSaid = isInline && (parent.hint.body || PARAGRAPHS.has(parent.element.localName))
  const inMarked = inSaid && !element.hasAttribute('class') && !element.id
  const isSentence = (room: number) => inMarked || (isInline && parent.own >= room)
  const isWhen = letters <= SHORT && (WHEN.test(text) || (hint.time && /\d|[今昨前]天|刚刚/.test(text))) && (!hint.body || hint.time || /\d.*\d.*\d/.test(text))
  if (isWhen && tally.people + tally.acts + tally.follows === 0 && !inMarked && !isSentence(10)) return 'time'
  if (/^[@＠][\w.-]+$/.test(text)) handles.add(text.slice(1))
  if (tally.people + tally.times > 0) return null
  const isFirst = near(element, 'previousSibling') === ''
  const isLinked = PERSON_LINK.test(link) || handles.has(/([^/?#]*)\/?(?:[?#].*)?$/.exec(link)?.[1] || ' ')
  const isNamed = isLinked || (hint.person && !HEADINGS.has(name) && letters <= 14) || (!INLINE.has(name) && /^[@＠][^\s@]{1,30}$/.test(text))
  const isCalled = link !== '' && isFirst && /^[:：]/.test(near(element, 'nextSibling'))
  const isOwn = inMarked ? isFirst && parent.own < 1 : !isSentence(isLinked && !inSaid ? 10 : 4)
  if ((tally.acts === 0 || link !== '') && (isCalled || (isNamed && isOwn)) && isSpeaker(element, text)) return 'person'
  if (name === 'button' || attribute(element, 'role') === 'button') return 'act'
  if (text === '' || letters > SHORT || isSentence(4) || hint.body || PARAGRAPHS.has(name) || HEADINGS.has(name) || children.length > 3) return null
  return FOLLOW.test(text) || ACT.test(text) || text.split(/\s+/).every((word) => ACT.test(word)) ? 'act' : null
}

/** Whether a name is that of who speaks, not of whom is spoken to. */
function isSpeaker(element: Element, text: string): boolean {
  const before = near(element, 'previousSibling')
  if (TO.test(before) || NOBODY.test(text)) return false
  return !/^[@＠]/.test(text) || (before === '' && lettersOf(near(element, 'nextSibling')) < 4)
}

/** The text right beside an element, where it is a short one in the same line; blank nodes, such as our marks, are none. */
function near(element: Element, side: 'previousSibling' | 'nextSibling'): string {
  for (let at = element[side]; at; at = at[side]) {
    if (at.nodeType === 1 && side === 'nextSibling' && !INLINE.has((at as Element).localName)) return ''
    const text = (at as Element).firstElementChild?.firstElementChild ? '…' : at.nodeType === 8 ? '' : (at.textContent ?? '').slice(0, 200).trim()
    if (text !== '') return text
  }
  return ''
}

/** The only words in one box with a time, and before it, are who spoke then; `@name` may say it again. */
function guessName(box: Box): void {
  const leaves: Box[] = []
  const gather = ({ children }: Box): void => {
    for (const child of children)
      if (child.part === null) {
        if (child.own > 0) leaves.push(child)
        gather(child)
      } else if (child.part === 'time' && leaves.length === 0) leaves.push(child)
  }
  gather(box)
  const [first, ...others] = leaves
  const text = first ? textIn(first.element) : ''
  if (!first || first.part || first.tally.titles > 0 || first.hint.body || NOBODY.test(text) || !/^[^\d:：]*\p{L}[^:：]*$/u.test(text)) return
  if (others.some(({ element }) => !/^[@＠]\S+$/.test(textIn(element)))) return
  for (const leaf of leaves) {
    const { plain, linked } = leaf.tally
    for (let up: Box = leaf; ; up = up.parent!) {
      up.tally.plain -= plain
      up.tally.linked -= linked
      up.tally.titles = 0
      if (leaf === first) up.tally.people++
      if (up === box) break
    }
    leaf.part = leaf === first ? 'guess' : 'act'
  }
}

/** The block that holds most of the running text outside of all units, with the title above it. */
function longText(boxes: readonly Box[], cut: ReadonlySet<Box>): Box | null {
  const taken = new Uint8Array(boxes.length + 1)
  for (const { at, end } of cut) taken.fill(1, at, end)
  let best: Box | null = null
  for (const box of boxes) if (!taken[box.at] && box.prose > (best?.prose ?? LONG)) best = box
  for (let up = best?.parent; best && up && up.at > 0 && !up.cut && up.tally.plain < best.prose * 1.3 && up.tally.linked - best.tally.linked < best.prose / 8; up = up.parent) best = up
  return best
}

/** Boxes of a unit without those of other units in it. */
function ownBoxes(unit: Unit | undefined): Box[] {
  const own: Box[] = []
  if (unit)
    for (let { at } = unit.box; at < unit.box.end; at++) {
      const box = unit.page.boxes[at]!
      if (box.cut && box !== unit.box) at = box.end - 1
      else own.push(box)
    }
  return own
}

/** Who speaks; a place that stands with the time below the text is nobody. */
function nameIn(own: readonly Box[]): Box | undefined {
  const said = own.find(({ part, tally }) => part === null && tally.said + tally.titles > 0 && tally.people === 0)?.at ?? Infinity
  return (
    own.find(({ part, at }) => part === 'person' || (part === 'guess' && at < said)) ??
    own.find(({ part }) => part === 'label') ??
    own.find(({ part, element }) => part === 'face' && nameOf(element) !== '')
  )
}

function readUnit(unit: Unit, page: URL): Post | null {
  const own = ownBoxes(unit)
  const time = own.find(({ part }) => part === 'time')
  const title = titleIn(unit.box, own)
  const skipped = beyondText(unit, own, title)
  const skip = (element: Element) => skipped.has(element) || unit.page.frames.has(element)
  const link = linkOf(own, time, title, page)
  const id = idOf(unit.box) ?? (link && `${link.pathname}${link.search}`)
  const body = title === unit.box ? '' : textOf(unit.box.element, { skip: (element) => element === title?.element || skip(element) })
  return toPost(generic.id, {
    kind: (unit.around && unit.box.tally.titles === 0) || isComment(unit.box) ? 'comment' : 'post',
    author: { name: nameOf(nameIn(own)?.element ?? null, skip).replace(/^by\s+|\s+(?:@|[·•|]\s).*$/giu, '') },
    title: textOf(title?.element, { skip }),
    body: body.split('\n').filter((line) => line === '' || /[\p{L}\p{N}\p{Extended_Pictographic}]/u.test(line)).join('\n').replace(/^[\s:：·|,，]+|\s[\s–—·|-]*$/g, ''),
    id: id && `${page.hostname}:${id}`,
    permalink: link?.href,
    publishedText: textOf(time?.element),
  })
}

/** The heading above the words, or the one link that is all of them. */
function titleIn({ tally }: Box, own: readonly Box[]): Box | undefined {
  let before = 0
  for (let i = 0; i < own.length && before <= 12; i++) {
    const box = own[i]!
    if (box.part) i += box.end - box.at - 1
    else if (i > 0 && box.tally.titles > 0 && (HEADINGS.has(box.element.localName) || box.hint.title) && box.tally.words <= 60) return box
    else before += box.own
  }
  return tally.plain <= 4 ? own.findLast(({ element, tally: { titles, words }, end, at }) => element.localName === 'a' && titles > 0 && words >= tally.words * 0.7 && end - at <= 6) : undefined
}

/** What of a unit is not its text: other units, names, times, buttons, and the few words that stand with them. */
function beyondText({ box: unit, page: { boxes } }: Unit, own: readonly Box[], title: Box | undefined): Set<Element> {
  const skipped = new Set<Element>()
  for (const { part, element } of own) if (part) skipped.add(element)
  for (let at = unit.at + 1; at < unit.end; at++) {
    if (!boxes[at]!.cut) continue
    skipped.add(boxes[at]!.element)
    at = boxes[at]!.end - 1
  }
  let left = unit.tally.words
  const isMarked = unit.tally.said > 0
  for (const isNamed of [false, true]) {
    let end = 0
    for (const box of own) {
      const { words, people, times, acts, follows, titles, said } = box.tally
      if (box === unit || box === title || box.at < end || words === 0 || words >= left || titles > 0) continue
      if (said > 0 && (said * 2 >= words || said * 2 >= unit.tally.said)) continue
      if (isNamed ? people === 0 : people > 0 || times + acts + follows === 0) continue
      if (words > (isNamed && isMarked ? 40 : 12) || (!isMarked && box.children.some((child) => child.tally.words > 5 && isBlock(child)))) continue
      skipped.add(box.element)
      left -= words
      end = box.end
    }
  }
  // Where the text is marked, the odd words behind it are the page's.
  let isBehind = false
  let end = 0
  for (const box of own) {
    if (box.at < end) continue
    const { words, said, titles } = box.tally
    if (said > 0 && box.children.every(({ tally }) => tally.said < said)) isBehind = true
    if (skipped.has(box.element) || (said > 0 && said === words)) end = box.end
    else if (isBehind && said + titles === 0 && words > 0 && words <= 8) {
      skipped.add(box.element)
      end = box.end
    }
  }
  return skipped
}

/** The address of the post itself: behind its time or its title, else the first that names a post by number. */
function linkOf(own: readonly Box[], time: Box | undefined, title: Box | undefined, page: URL): URL | undefined {
  const links = own.flatMap((box) => {
    const href = box.element.localName === 'a' ? attribute(box.element, 'href') : ''
    const url = href.includes('#') || PERSON_LINK.test(href) ? null : address(href, page)
    return url && url.hostname === page.hostname && url.pathname.length > 1 && url.pathname + url.search !== page.pathname + page.search ? [{ box, url }] : []
  })
  const holds = (outer: Box, inner: Box) => outer.at <= inner.at && inner.end <= outer.end
  const of = (part: Box | undefined) => part && links.find(({ box }) => holds(box, part) || holds(part, box))
  return (of(time) ?? of(title) ?? links.find(({ url }) => /\d{4,}/.test(url.pathname + url.search)))?.url
}

const ID_NAME = /^(?:data-)?(?:(?:post|comment|reply|answer|thread|topic|item|msg|message|article|note|object)[-_]?)?id$|^data-fullname$|^name$|^mid$/

/** What the page calls this unit, on the unit or on what wraps nothing else. */
function idOf(unit: Box): string | undefined {
  for (let box: Box | null = unit, depth = 0; box && depth < 4 && (box === unit || !box.cut || box.open === unit); box = box.parent, depth++)
    for (const { name, value } of box.element.attributes)
      if (ID_NAME.test(name) && /^[a-z_-]*\d{3,}$|^[\w-]*\d[\w-]{8,63}$/i.test(value)) return value.replace(/^[a-z_-]+(?=\d+$)/i, '')
  return undefined
}

function isComment(unit: Box): boolean {
  for (let box: Box | null = unit, depth = 0; box && depth < 4; box = box.parent, depth++) if (box.hint.comment) return true
  return false
}
