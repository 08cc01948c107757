import { normalize } from '../text/normalize.ts'

/** Figures as people write them, beside the Arabic ones; the normaliser has made 〇 a 0. */
const FIGURES: Readonly<Record<string, string>> = {
  零: '0', 一: '1', 二: '2', 三: '3', 四: '4', 五: '5', 六: '6', 七: '7', 八: '8', 九: '9',
  壹: '1', 幺: '1', 贰: '2', 叁: '3', 肆: '4', 伍: '5', 陆: '6', 柒: '7', 捌: '8', 玖: '9',
}
const HAN = Object.keys(FIGURES).join('')
const FIGURE = new RegExp(`[${HAN}]`, 'g')
const LONG_RUN = new RegExp(`([a-z\\d${HAN}])\\1\\1`)

/** The text with Arabic figures only, letter for letter as long as before. */
export const inFigures = (text: string): string => text.replace(FIGURE, (sign) => FIGURES[sign]!)

/** Normalised, but with every figure of a long run: the normaliser keeps three of them, and 888888 is not 888. */
export function wholeText(original: string): string {
  const { text, starts, ends } = normalize(original)
  if (!LONG_RUN.test(text)) return text
  let whole = ''
  for (let at = 0; at < text.length; at++) {
    const unit = text[at]!
    const isRun = LONG_RUN.test(unit.repeat(3)) && text[at - 1] === unit && text[at - 2] === unit
    const source = isRun ? [...original.slice(starts[at], ends[at])].filter((sign) => normalize(sign).text === unit) : []
    whole += unit.repeat(Math.max(1, source.length))
  }
  return whole
}

/** What follows a number that counts something. */
const UNIT = /^[^\S\n]*(?:[元块万千百亿个位次条家笔年月日天号楼度岁人名件期分秒点集张台辆斤米赞粉阅浏播%+]|[wk]\b|rmb)/
/** What hides the rest of a code: such a code names nobody. */
const HIDDEN = /^[*✱…]|^\.\.\./
/** Between figures that belong together, where none stands alone. */
const TIES = /^[ \-._·—]{1,2}$/

const MOBILE = /^1[3-9]\d{9}$/
const DAY = /^(?:19|20)\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])$/

/**
 * The number at the start of a text, also broken up by signs: a mobile one however it is broken, any other of 6 to 11
 * figures in one piece, or in several where `certain` says that a code must follow.
 */
export function readNumber(text: string, certain: boolean): string | undefined {
  const run = new RegExp(`^[\\d${HAN}]+(?:[^\\p{L}\\p{N}\\n*]{1,2}[\\d${HAN}]+)*`, 'u').exec(text)?.[0]
  if (!run) return undefined
  const groups: string[] = []
  const ties: string[] = []
  // A Han figure after Arabic ones may begin the next word, as in “…678一起”: it is a group of its own.
  for (const [, tie = '', group] of run.matchAll(new RegExp(`([^\\d${HAN}]*)(\\d+|[${HAN}]+)`, 'g'))) {
    ties.push(tie)
    groups.push(inFigures(group!))
  }
  let mobile = ''
  let read = 0
  for (const [at, group] of groups.entries()) {
    mobile += group
    read += ties[at]!.length + group.length
    if (mobile.length > 11) break
    if (MOBILE.test(mobile)) return UNIT.test(text.slice(read)) && at > 0 ? undefined : mobile
  }
  const [first = '', second] = groups
  const alone = second === undefined || ties[1] === '' || /\s/.test(ties[1]!)
  if (first.length >= 6 && alone) {
    const rest = text.slice(first.length)
    const counts = UNIT.test(rest) || HIDDEN.test(rest) || (!certain && DAY.test(first))
    return counts || first.length > 11 || first.startsWith('0') ? undefined : first
  }
  const number = groups.join('')
  const tied = groups.every((group) => group.length === 1) || (ties.slice(1).every((tie) => TIES.test(tie)) && !/^(?:19|20)\d\d$/.test(first))
  const rest = text.slice(run.length)
  return certain && tied && number.length >= 6 && number.length <= 11 && !UNIT.test(rest) && !HIDDEN.test(rest) ? number : undefined
}

const NAME = new RegExp(`^(?=[a-z\\d_${HAN}-]{6})([a-z\\d](?:[a-z\\d_-]|[${HAN}]{2,}|[${HAN}](?=[a-z\\d]))*)(?![a-z\\d_@*✱…]|\\.[a-z.])`)
const SPELLED = /^[a-z](?:[^\p{L}\p{N}\n*]{1,2}[a-z\d]){5,19}(?![a-z\d*]|[^\p{L}\p{N}\n]{1,2}[*])/u

/** How sure the words before it are that a code follows: not at all, after a colon or a like sign, or after 加 as well. */
export type Certainty = 'none' | 'pointed' | 'asked'

/** The account name at the start of a text: 6 to 20 letters, figures, _ and -. */
export function readName(text: string, certainty: Certainty): string | undefined {
  const written = NAME.exec(text)?.[0] ?? (certainty === 'none' ? undefined : SPELLED.exec(text)?.[0].replace(/[^a-z\d]/g, ''))
  if (!written) return undefined
  const name = inFigures(written)
  if (name.length < 6 || name.length > 20 || /xxx|^\d+$/.test(name)) return undefined
  // 5000rmb, 64gb
  if (/^\d/.test(name) && (certainty === 'none' || /^\d+[a-z]{1,4}$/.test(name))) return undefined
  if (/[\d_]/.test(name)) return name
  // Letters alone may be a word of a sentence.
  return certainty === 'none' || /^\s[a-z]{2,}/.test(text.slice(written.length)) ? undefined : name
}
