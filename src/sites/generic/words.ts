/** Words that pages of all kinds are made of: tags, the names of classes, times, buttons and counters as they are written. */

export const words = (list: string): ReadonlySet<string> => new Set(list.split(' '))

/** A function whose answers are kept, so that what stands on a page in many places is thought over once. */
export function remembered<T>(answer: (text: string) => T, most = 5_000): (text: string) => T {
  const answers = new Map<string, T>()
  return (text) => {
    let known = answers.get(text)
    if (known === undefined) {
      if (answers.size >= most) answers.clear()
      answers.set(text, (known = answer(text)))
    }
    return known
  }
}

const NEVER = words('script style template noscript svg math canvas video audio iframe object select textarea input label legend option datalist head title meta link')
const FRAME_TAGS = words('nav menu aside')
const TIMES = words('time relative-time time-ago')
const HEADINGS = words('h1 h2 h3 h4 h5 h6')
const PARAGRAPHS = words('p blockquote pre')
const INLINE = words('span font b strong em i u a br code mark small sub sup')
const ROWS = words('article li tr tbody table dd section a')

/** What a tag says by its name. */
export interface Tag {
  name: string
  /** Nothing in it is ever text of the page. */
  never: boolean
  frame: boolean
  time: boolean
  heading: boolean
  paragraph: boolean
  inline: boolean
  row: boolean
  /** It may hold a post: no paragraph, heading or part of a line. */
  block: boolean
}

export const tagOf = remembered(
  (name): Tag => ({
    name,
    never: NEVER.has(name),
    frame: FRAME_TAGS.has(name),
    time: TIMES.has(name),
    heading: HEADINGS.has(name),
    paragraph: PARAGRAPHS.has(name),
    inline: INLINE.has(name),
    row: ROWS.has(name),
    block: !PARAGRAPHS.has(name) && !HEADINGS.has(name) && (!INLINE.has(name) || name === 'a'),
  }),
)

export const FRAME_ROLES = words('navigation banner contentinfo search searchbox tablist menu menubar toolbar complementary tooltip')

export const PERSON_LINK =
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
export const TO = /(?:回复|@|\bto|\bre:?)$/i

/** No label of a page is longer; what is written to make a pattern slow is not tried against it. */
const LABEL = 200
const labelled = (pattern: RegExp) => remembered((text) => text.length <= LABEL && pattern.test(text))

export const isTime = labelled(WHEN)
export const isFollow = labelled(FOLLOW)
export const isPrice = labelled(PRICE)
export const isNobody = labelled(NOBODY)
/** Whether a text is the label of one button or counter, or of several in a row. */
export const isAct = remembered((text) => text.length <= LABEL && (FOLLOW.test(text) || ACT.test(text) || text.split(/\s+/).every((word) => ACT.test(word))))

/** Three narrow letters weigh about as much as a wide one; eighths add up without a rest. */
export function lettersOf(text: string): number {
  let eighths = 0
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i)
    if (code >= 0x2e80) eighths += code >= 0xd800 && code < 0xe000 ? 4 : code > 0x303f && code < 0xff00 ? 8 : 0
    else if ((code > 96 && code < 123) || (code > 47 && code < 58) || (code > 64 && code < 91) || (code > 0xbf && code < 0x2000)) eighths += 3
  }
  return eighths / 8
}
