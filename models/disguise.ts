/**
 * Writes a text the way people dodge filters, for training: the label never changes with the spelling.
 * Both sides are disguised alike, since debtors misspell on purpose too.
 */
import simplifiedTable from 'opencc-js/dict/STCharacters'
import { pinyin } from 'pinyin-pro'
import { COMPOSE } from '../src/text/variants.ts'

/** One character of the text and whether it belongs to the evidence. */
export interface Letter {
  char: string
  evidence: boolean
}

export type Random = () => number

/** Small seeded generator (mulberry32), so that training files can be made again. */
export function randomOf(seed: number): Random {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let t = Math.imul(state ^ (state >>> 15), state | 1)
    t = (t + Math.imul(t ^ (t >>> 7), t | 61)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32
  }
}

const HAN = /\p{Script=Han}/u
const TRADITIONAL = new Map(simplifiedTable.split('|').map((pair) => pair.split(' ') as [string, string]))
const SPLIT = new Map([...COMPOSE].map(([pair, whole]) => [whole, pair]))

/** Words that filters look for: disguised more often than the rest of a text. */
const WATCHED =
  '催收 反催收 停息 挂账 协商 分期 延期 逾期 网贷 信用卡 征信 修复 贷款 借款 黑户 白户 流水 包装 背债 债务 负债 法务 律师 维权 投诉 退保 保险 代理 银行 还款 利息 减免 ' +
  '证明 病历 公章 话术 模板 教程 加盟 收徒 微信 加微 电话 私信 主页 免费 咨询 上岸 强制 爆通讯录 起诉 大数据 下款 放款 中介 资质 全额 减息 二次 个性化 结清'
const WATCHED_WORDS = WATCHED.split(' ')

const WORD_SIGNS: Record<string, string[]> = {
  微信: ['薇❤', 'V', 'vx', '威芯', '微❤', 'wx', '卫星', '薇芯', '绿泡泡', 'VX'],
  加: ['➕', '佳', '伽', '+', '咖'],
  钱: ['💰', '米', '💵', 'money', '毛爷爷'],
  信用卡: ['💳', 'xyk', '信用咔', 'X卡'],
  电话: ['☎️', '📞', '殿话'],
  手机: ['📱'],
  房: ['🏠', '🏡'],
  车: ['🚗'],
  律师: ['lvshi', '侓师', 'LS', '律🦁'],
  银行: ['🏦', 'yh', '银hang', '印行'],
  私信: ['丝信', 'si信', '私❤', '思信', '📩'],
  看: ['👀', '康'],
  逾期: ['yq', '俞期', '雨期', '愉期', '余期'],
  网贷: ['wd', '罔贷', '忘贷', '🕸贷', 'w贷'],
  征信: ['zx', '怔信', '政信', '🔍信', 'zheng信'],
  催收: ['cs', '崔收', '催shou', '摧收', '吹收', '小崔'],
  协商: ['xs', '鞋商', '协伤', '谐商'],
  分期: ['fq', '分琪', '分齐', '份期'],
  延期: ['延琪', '延7', 'yan期'],
  投诉: ['投素', 'ts', '透诉', '头诉'],
  停息: ['tx', '停熄', '亭息', '停X'],
  挂账: ['gz', '挂帐', '卦账', '挂zhang'],
  贷款: ['dk', '货款', '袋款', '贷kuan', '💰款'],
  咨询: ['咨寻', '资询', 'zx', '滋询'],
}

let homophones: Map<string, string[]> | undefined
/** Characters of the vocabulary with the same sound, tone apart. */
function homophonesOf(char: string, vocabulary: Iterable<string>): string[] {
  if (!homophones) {
    const bySound = new Map<string, string[]>()
    const all = [...vocabulary].filter((one) => HAN.test(one))
    homophones = new Map()
    for (const one of all) {
      const sound = soundOf(one)
      bySound.set(sound, [...(bySound.get(sound) ?? []), one])
    }
    for (const one of all) homophones.set(one, bySound.get(soundOf(one))!.filter((other) => other !== one))
  }
  return homophones.get(char) ?? []
}
const soundOf = (char: string): string => pinyin(char, { toneType: 'none' })

const SEPARATORS = [' ', '.', '·', '*', '-', '/', '|', '_', '、', '～', '❤️', '🌟', '🔥', '💥', '🈹', '㊙️', '◆', '，']
const INVISIBLE = ['\u200b', '\u200d', '\u2060', '\ufeff', '\u00ad']

const pick = <T>(random: Random, list: readonly T[]): T => list[Math.floor(random() * list.length)]!

/** A stretch of letters [from, to) and what is done to it. */
type Trick = (letters: Letter[], random: Random, vocabulary: Iterable<string>) => Letter[]

const each = (change: (char: string, random: Random, vocabulary: Iterable<string>) => string): Trick =>
  (letters, random, vocabulary) =>
    letters.flatMap(({ char, evidence }) => [...change(char, random, vocabulary)].map((one) => ({ char: one, evidence })))
const between = (signs: readonly string[]): Trick => (letters, random) => {
  const sign = pick(random, signs)
  return letters.flatMap((letter, i) =>
    i === 0 ? [letter] : [...[...sign].map((char) => ({ char, evidence: letter.evidence && letters[i - 1]!.evidence })), letter],
  )
}
const one = (change: (char: string, random: Random, vocabulary: Iterable<string>) => string): Trick => (letters, random, vocabulary) => {
  const at = Math.floor(random() * letters.length)
  return letters.flatMap((letter, i) =>
    i === at ? [...change(letter.char, random, vocabulary)].map((char) => ({ char, evidence: letter.evidence })) : [letter],
  )
}
const homophone = (char: string, random: Random, vocabulary: Iterable<string>): string => {
  const list = homophonesOf(char, vocabulary)
  return list.length > 0 ? pick(random, list) : char
}
const full = (char: string): string => {
  const code = char.charCodeAt(0)
  return code > 0x20 && code < 0x7f ? String.fromCharCode(code + 0xfee0) : char
}

/** Tricks for one watched word, each as often as it is met. */
const WORD_TRICKS: Trick[] = [
  one(homophone), one(homophone), one(homophone),
  one((char) => (HAN.test(char) ? soundOf(char) : char)),
  each((char) => (HAN.test(char) ? soundOf(char)[0]! : char)),
  one((char) => SPLIT.get(char) ?? char),
  between(SEPARATORS), between(SEPARATORS),
  between(INVISIBLE),
  each((char) => TRADITIONAL.get(char) ?? char),
  one((char, random) => char + pick(random, ['🈹', '🈲', '㊙', '️', '\u0336', '🔥', '❌'])),
  (letters) => (letters.length > 1 ? [letters[1]!, letters[0]!, ...letters.slice(2)] : letters),
  (letters, random) => (letters.length > 1 ? letters.filter((_, i) => i !== Math.floor(random() * letters.length)) : letters),
]

/** Positions of watched words, longest first at each place. */
function watchedAt(chars: string, random: Random, share: number): { from: number; to: number; word: string }[] {
  const found: { from: number; to: number; word: string }[] = []
  const words = [...new Set([...WATCHED_WORDS, ...Object.keys(WORD_SIGNS)])].sort((a, b) => b.length - a.length)
  for (let at = 0; at < chars.length; at++) {
    const word = words.find((candidate) => chars.startsWith(candidate, at))
    if (!word) continue
    if (random() < share) found.push({ from: at, to: at + word.length, word })
    at += word.length - 1
  }
  return found
}

/** Disguises letters of one text; `share` of the watched words and a few others are changed. */
export function disguise(letters: Letter[], random: Random, vocabulary: Iterable<string>, share = 0.7): Letter[] {
  // Astral characters are one letter but two units: keep places in letters by standing them in with one unit.
  const chars = letters.map(({ char }) => (char.length === 1 ? char : '\ufffc')).join('')
  const places = watchedAt(chars, random, share)
  for (let extra = Math.floor(random() * 3); extra > 0; extra--) {
    const from = Math.floor(random() * chars.length)
    const to = Math.min(chars.length, from + 2)
    if (places.every((place) => to <= place.from || from >= place.to) && /^\p{Script=Han}+$/u.test(chars.slice(from, to))) {
      places.push({ from, to, word: chars.slice(from, to) })
    }
  }
  places.sort((a, b) => a.from - b.from)
  const out: Letter[] = []
  let at = 0
  for (const { from, to, word } of places) {
    out.push(...letters.slice(at, from))
    const part = letters.slice(from, to)
    const signs = WORD_SIGNS[word]
    if (signs && random() < 0.5) {
      const evidence = part.some((letter) => letter.evidence)
      out.push(...[...pick(random, signs)].map((char) => ({ char, evidence })))
    } else out.push(...pick(random, WORD_TRICKS)(part, random, vocabulary))
    at = to
  }
  out.push(...letters.slice(at))
  const whole = random()
  if (whole < 0.12) return each((char) => TRADITIONAL.get(char) ?? char)(out, random, vocabulary)
  if (whole < 0.18) return each(full)(out, random, vocabulary)
  return out
}
