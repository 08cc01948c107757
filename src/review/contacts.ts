import { linksIn, mailsIn } from './contact-addresses.ts'
import { type Certainty, inFigures, readName, readNumber, wholeText } from './contact-codes.ts'

export const CONTACT_KINDS = ['wechat', 'qq', 'group', 'phone', 'line', 'telegram', 'official', 'at', 'mail', 'link'] as const
export type ContactKind = (typeof CONTACT_KINDS)[number]
/** One identity however it was written: `wechat:abc123`, `qq:12345678`, `phone:13800138000`, `link:host/path`. */
export type Contact = `${ContactKind}:${string}`

/** Words for a way to be reached, in normalised text. */
interface Label {
  kind: 'wechat' | 'qq' | 'group' | 'phone' | 'line' | 'telegram'
  /** Means nothing else: a code may follow at once. */
  plain?: string
  /** Means other things as well: a code counts only after a colon, or where the text asks to be added. */
  veiled?: string
  reads: ('number' | 'name')[]
}
const LABELS: readonly Label[] = [
  {
    kind: 'wechat',
    plain: '微信|[薇威维徽溦嶶葳]信|[微薇威徽]芯|[vw][信芯心]|[微薇威v][❤♥]|[微薇威]x|[vw][\\s.·-]?x(?!id_)|wechat|weixin|绿泡泡',
    veiled: '[微薇威徽溦葳]|卫星|🛰|v|[❤♥💚]',
    reads: ['number', 'name'],
  },
  { kind: 'qq', plain: 'q[\\s.·-]?q|扣扣|叩叩|抠抠|蔻蔻', veiled: '企鹅|🐧|球球|秋秋|扣|q', reads: ['number'] },
  { kind: 'group', plain: '(?:q+|扣扣?|叩叩|企鹅)\\s?[群裙]|[群裙]号', veiled: '[群裙]|qun', reads: ['number'] },
  { kind: 'phone', veiled: '电话|手机|热线|联系方式|☎|📞|📱|📲|tel|dh', reads: ['number'] },
  { kind: 'telegram', plain: 'telegram|纸飞机', veiled: 'tg|电报|飞机|✈', reads: ['name'] },
  { kind: 'line', veiled: 'line|赖', reads: ['name'] },
]

/** Asks to be added, before a label. */
const ASKS = /(?:[+加佳伽咖迦茄进]|联系|私信?|咨询|滴|戳|找)(?:一下|下|个|我|俺|老师|客服|助理)?的?[^\p{L}\p{N}]{0,3}$/u
/** What may stand between a label and its code. */
const JOINT = /^(?:\s?(?:同?号码?|账号|id|是|为|微信|vx?|qq|电话|手机|\/)){0,3}[^\p{L}\p{N}*]{0,4}/u
const POINTS = /[:=→➡👉☞👇⬇]|号|id|是|为/u

const patterns = LABELS.flatMap(({ kind, plain, veiled, reads }) =>
  [{ words: plain, isPlain: true }, { words: veiled, isPlain: false }]
    .filter(({ words }) => words)
    .map(({ words, isPlain }) => ({ kind, reads, isPlain, pattern: new RegExp(`(?<![a-z\\d])(?:${words})`, 'gu') })),
)

function labelledIn(text: string, found: (contact: Contact) => void): void {
  for (const { kind, reads, isPlain, pattern } of patterns) {
    for (const match of text.matchAll(pattern)) {
      const after = match.index + match[0].length
      const joint = JOINT.exec(text.slice(after, after + 24))![0]
      const asked = ASKS.test(text.slice(Math.max(0, match.index - 8), match.index))
      const certainty: Certainty = asked ? 'asked' : POINTS.test(joint) ? 'pointed' : 'none'
      const code = text.slice(after + joint.length, after + joint.length + 60)
      const number = readNumber(code, certainty !== 'none')
      // A mobile number names one person under any label.
      if (number && isMobile(number)) found(`phone:${number}`)
      else if (kind === 'phone' || (!isPlain && certainty === 'none')) continue
      else if (number && reads.includes('number')) found(`${kind}:${number}`)
      else if (!number && reads.includes('name')) {
        const name = readName(code.replace(/^@/, ''), certainty)
        if (name) found(`${kind}:${name}`)
      }
    }
  }
}

const isMobile = (number: string): boolean => /^1[3-9]\d{9}$/.test(number)

/** Without a label only in the shapes that people give a telephone number: in one piece, 3-4-4, or figure by figure. */
const PHONES = [
  /(?<![\d*_a-z.#-]|[\d.][ -])(?:\+?86[ -]?)?(1[3-9]\d[ \-._·]?\d{4}[ \-._·]?\d{4})(?![\d*_a-z]|[.-]\d| \d{3})/g,
  /(?<![\d*]|\d[^\p{L}\p{N}]{1,2})(1[^\p{L}\p{N}\n*]{1,2}[3-9](?:[^\p{L}\p{N}\n*]{1,2}\d){9})(?![^\p{L}\p{N}]{0,2}\d|[^\p{L}\p{N}]?\*)/gu,
  /(?<![\d*_a-z.#-]|[\d.][ -])(09\d\d[ -]?\d{3}[ -]?\d{3})(?![\d*_a-z]|[.-]\d)/g,
  /(\+(?:852|853|886|60|65)[ -]?\d{2,4}[ -]?\d{3,4}(?:[ -]?\d{2,4})?)(?![\d*])/g,
]
/** Numbers of things, not of people. */
const NUMBERED = /(?:单|案|编|卡|证|账|尾|流水|序列|合同|型|批)号?[^\p{L}\p{N}]{0,3}$|金额[^\p{L}\p{N}]{0,2}$/u

function phonesIn(text: string, found: (contact: Contact) => void): void {
  for (const written of new Set([text, inFigures(text)])) {
    for (const pattern of PHONES) {
      for (const match of written.matchAll(pattern)) {
        if (NUMBERED.test(written.slice(Math.max(0, match.index - 6), match.index))) continue
        const number = match[1]!.replace(/[^\d+]/g, '')
        found(`phone:${number.replace(/^\+8860?/, '0')}`)
      }
    }
  }
}

const OFFICIAL = /(?:公[众粽仲重]号|公号|gzh)(?:\s?(?:名字?|名称|叫|是|搜索?|搜一搜|:)[\s:]{0,2}([「“"【《『]?)|\s?([「“"【《『]))(?!搜|回复|菜单|点击|后台|里|内)([\p{L}\p{N}_-]{2,20})/gu
const AT = /(?:找|[+加]|私信?|关注|联系|滴|戳|咨询|认准|[👉➡])\s?@([\p{L}\p{N}_-]{2,30})(?![\p{L}\p{N}_@.-])/gu
/** Roles, not names. */
const ROLE = /^(?:群主|管理|所有人|全体|官方|客服|我|你|您|他|她|大家|再|作者|博主|楼主|up主?)/

/**
 * Everything in a text by which its author can be reached, each once. For linking cases only: honest posts hold
 * contacts as well, and none is ever a reason to flag.
 */
export function contactsOf(original: string): Contact[] {
  const text = wholeText(original)
  const contacts = new Set<Contact>()
  const found = (contact: Contact): unknown => contacts.add(contact)
  labelledIn(text, found)
  phonesIn(text, found)
  for (const [name] of text.matchAll(/(?<![a-z\d])wxid_[a-z\d]{6,20}/g)) found(`wechat:${name}`)
  for (const [, , , name] of text.matchAll(OFFICIAL)) found(`official:${name}`)
  for (const [, name] of text.matchAll(AT)) if (!ROLE.test(name!)) found(`at:${name}`)
  for (const { name, host } of mailsIn(text)) found(host === 'qq.com' && /^\d{5,11}$/.test(name) ? `qq:${name}` : `mail:${name}@${host}`)
  for (const link of linksIn(text)) found(`link:${link}`)
  return [...contacts]
}

export const kindOf = (contact: Contact): ContactKind => contact.slice(0, contact.indexOf(':')) as ContactKind
export const codeOf = (contact: Contact): string => contact.slice(contact.indexOf(':') + 1)

/** The code with no more than its first two and last two characters; of a short one only the first. */
export function masked(contact: Contact): string {
  const code = [...codeOf(contact)]
  return code.length > 5 ? `${code.slice(0, 2).join('')}…${code.slice(-2).join('')}` : `${code[0] ?? ''}…`
}
