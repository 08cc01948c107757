import type { Normalized } from '../text/normalize.ts'

/** Ids that the vocabulary begins with, in this order. */
export const SPECIAL = ['[PAD]', '[UNK]', '[CLS]', '[SEP]', '[MASK]', '[HAN]', '[SIGN]'] as const
const [, UNK, CLS, SEP, , HAN, SIGN] = SPECIAL.map((_, id) => id) as [number, number, number, number, number, number, number]

/** Longest window in tokens, and the parts of a window of a long text. */
export const WINDOW = 256
const HEAD = 40
const TAIL = 40
const BODY = WINDOW - HEAD - TAIL - 3
const OVERLAP = 32

/** One input of the model: `ids` and, for each, its offset in the normalised text (-1 for marks of our own). */
export interface Window {
  ids: number[]
  at: number[]
}

export type Vocabulary = ReadonlyMap<string, number>

/** @param tokens single characters in id order, after {@link SPECIAL}. */
export function vocabularyOf(tokens: readonly string[]): Vocabulary {
  return new Map(tokens.map((token, index) => [token, SPECIAL.length + index]))
}

/**
 * Normalised text → windows of character ids. A text that fits is one window. A longer one becomes several,
 * each with the beginning and the end of the whole around a piece of the middle: a frame ("别信这种广告") or an
 * offer in the last line is seen together with every piece.
 */
export function encode(normalized: Normalized, vocabulary: Vocabulary): Window[] {
  const ids: number[] = []
  const at: number[] = []
  let offset = 0
  for (const char of normalized.text) {
    ids.push(vocabulary.get(char) ?? unknown(char))
    at.push(offset)
    offset += char.length
  }
  const window = (...parts: [number, number][]): Window => {
    const one: Window = { ids: [CLS], at: [-1] }
    parts.forEach(([from, to], index) => {
      if (index > 0) {
        one.ids.push(SEP)
        one.at.push(-1)
      }
      for (let k = from; k < to; k++) {
        one.ids.push(ids[k]!)
        one.at.push(at[k]!)
      }
    })
    return one
  }
  if (ids.length < WINDOW) return [window([0, ids.length])]
  const windows: Window[] = []
  const end = ids.length - TAIL
  for (let from = HEAD; ; from += BODY - OVERLAP) {
    const start = Math.max(HEAD, Math.min(from, end - BODY))
    windows.push(window([0, HEAD], [start, Math.min(start + BODY, end)], [end, ids.length]))
    if (from + BODY >= end) return windows
  }
}

function unknown(char: string): number {
  if (/\p{Script=Han}/u.test(char)) return HAN
  return /[\p{L}\p{N}]/u.test(char) ? UNK : SIGN
}
