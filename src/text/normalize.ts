import traditional from 'opencc-js/dict/TSCharacters'
import { BARE_RADICALS, COMPOSE, ENCLOSED, LOOKALIKES, SIGNS } from './variants.ts'

/** Text as the model reads it, with the way back to what the page shows. */
export interface Normalized {
  text: string
  /** For each UTF-16 unit of `text`: first unit of the original that made it. */
  starts: Uint32Array
  /** For each UTF-16 unit of `text`: the unit after the last one of the original that made it. */
  ends: Uint32Array
}

/** Traditional → simplified, character by character, so that the map back stays one to one. Source: OpenCC. */
const SIMPLIFIED = new Map(traditional.split('|').map((pair) => pair.split(' ') as [string, string]))

/** Longest run of one character that is kept. */
const RUN = 3

/** Most letters that one sign stands for: ㌖ is a word of six; ﷺ, a phrase of eighteen, stays one sign. */
const LETTERS = 6

/** Formats, marks over letters, unassigned and private characters, Hangul fillers, skin tones. */
const INVISIBLE = /\p{Cf}|\p{Mn}|\p{Me}|\p{Co}|\p{Cn}|\p{Emoji_Modifier}|[\u115F\u1160\u3164\uFFA0]/u
const HAN = /\p{Script=Han}/u
const WORD = /[\p{L}\p{N}]/u

const folded = new Map<string, string>()

/** One code point as the model reads it: '' when it only decorates. */
function fold(char: string): string {
  const known = folded.get(char)
  if (known !== undefined) return known
  const result = foldUncached(char)
  if (folded.size < 20_000) folded.set(char, result)
  return result
}

function foldUncached(char: string): string {
  if (char === '\n') return char
  const code = char.codePointAt(0)!
  if (code >= 0xd800 && code <= 0xdfff) return ''
  if (INVISIBLE.test(char)) return ''
  const sign = ENCLOSED[char] ?? SIGNS[char]
  if (sign !== undefined) return sign
  // Enclosed CJK signs that readers do not take for the character inside: decoration, not text.
  if ((code >= 0x3200 && code <= 0x32ff) || (code >= 0x1f200 && code <= 0x1f2ff)) return ''
  // Squared and circled Latin capitals that Unicode leaves undecomposed: 🅐-🅩, 🅰-🆉.
  if (code >= 0x1f150 && code <= 0x1f169) return String.fromCharCode(0x61 + code - 0x1f150)
  if (code >= 0x1f170 && code <= 0x1f189) return String.fromCharCode(0x61 + code - 0x1f170)
  // Dingbat digits ❶-❿ ➀-➉ ➊-➓ ⓫-⓴.
  if (code >= 0x2776 && code <= 0x2793) return String(((code - 0x2776) % 10) + 1)
  const plain = char.normalize('NFKC').toLowerCase()
  if (plain.length > LETTERS) return char
  let out = ''
  for (const part of plain) {
    if (INVISIBLE.test(part)) continue
    out += LOOKALIKES[part] ?? SIMPLIFIED.get(part) ?? (/\s/.test(part) ? ' ' : part)
  }
  return out
}

/** Characters of the text under work, with their source ranges. */
class Chars {
  chars: string[] = []
  starts: number[] = []
  ends: number[] = []
  push(char: string, start: number, end: number): void {
    this.chars.push(char)
    this.starts.push(start)
    this.ends.push(end)
  }
}

function foldAll(text: string): Chars {
  const out = new Chars()
  let at = 0
  for (const char of text) {
    const end = at + char.length
    for (const part of fold(char)) out.push(part, at, end)
    at = end
  }
  return out
}

/** 亻崔 → 催, also with a space between when the left part is no character of its own. */
function joinSplit(from: Chars): Chars {
  const out = new Chars()
  for (let i = 0; i < from.chars.length; i++) {
    const left = from.chars[i]!
    const gap = BARE_RADICALS.has(left) && from.chars[i + 1] === ' ' ? 2 : 1
    const whole = COMPOSE.get(left + (from.chars[i + gap] ?? ''))
    if (whole) {
      out.push(whole, from.starts[i]!, from.ends[i + gap]!)
      i += gap
    } else out.push(left, from.starts[i]!, from.ends[i]!)
  }
  return out
}

/** 停.息.挂.账 → 停息挂账: three or more single Han characters with the same sign between them. */
function joinSpaced(from: Chars): Chars {
  const { chars } = from
  const isHan = (i: number) => i < chars.length && HAN.test(chars[i]!)
  const isSign = (i: number) => i < chars.length && chars[i] !== '\n' && !WORD.test(chars[i]!)
  const drop = new Uint8Array(chars.length)
  for (let i = 0; i + 4 < chars.length; i++) {
    if (!isHan(i) || !isSign(i + 1) || !isHan(i + 2)) continue
    const sign = chars[i + 1]
    let end = i + 2
    while (chars[end + 1] === sign && isHan(end + 2)) end += 2
    if (end >= i + 4) for (let k = i + 1; k < end; k += 2) drop[k] = 1
    i = end - 1
  }
  const out = new Chars()
  for (let i = 0; i < chars.length; i++) if (!drop[i]) out.push(chars[i]!, from.starts[i]!, from.ends[i]!)
  return out
}

/** One space or line break for many, no more than {@link RUN} of a character in a row, no blank ends. */
function collapse(from: Chars): Chars {
  const out = new Chars()
  let run = 0
  for (let i = 0; i < from.chars.length; i++) {
    const char = from.chars[i]!
    const last = out.chars.length - 1
    if (char === ' ' || char === '\n') {
      if (last < 0) continue
      if (out.chars[last] === ' ' || out.chars[last] === '\n') {
        if (char === '\n') out.chars[last] = '\n'
        continue
      }
    }
    run = last >= 0 && out.chars[last] === char ? run + 1 : 1
    if (run > RUN) out.ends[last] = from.ends[i]!
    else out.push(char, from.starts[i]!, from.ends[i]!)
  }
  const last = out.chars.length - 1
  if (last >= 0 && (out.chars[last] === ' ' || out.chars[last] === '\n')) {
    out.chars.pop()
    out.starts.pop()
    out.ends.pop()
  }
  return out
}

/**
 * Undoes evasive spelling as far as that is safe; the only place that does. Runs in linear time.
 * Homophones and initials stay as they are: undoing them would change innocent text, so the model learns them.
 */
export function normalize(original: string): Normalized {
  const { chars, starts, ends } = collapse(joinSpaced(joinSplit(foldAll(original))))
  const text = chars.join('')
  const from = new Uint32Array(text.length)
  const to = new Uint32Array(text.length)
  let at = 0
  chars.forEach((char, i) => {
    for (let k = 0; k < char.length; k++, at++) {
      from[at] = starts[i]!
      to[at] = ends[i]!
    }
  })
  return { text, starts: from, ends: to }
}
