import { normalize } from '../text/normalize.ts'

/** Characters that are compared at once. */
const GRAM = 5
/** Shorter texts are alike by chance, and say nothing of who wrote them. */
const SHORTEST = 12
/**
 * At this Jaccard index two texts are one template: one letter in fifteen may differ, since each changed letter costs
 * five grams on both sides.
 */
const NEAR = 0.5
/** Most grams kept of a text: a bottom-k sample of longer ones, so that a hundred thousand stay below 200 MB. */
const GRAMS = 512

/**
 * What varies on purpose is one sign: figures, and codes that hold a figure. Spacing and punctuation are nothing, and
 * emoji decorate unless the text is written in them.
 */
export function lettersOf(text: string): string {
  const signs = normalize(text).text.replace(/(?<![a-z_-])[a-z_-]*\d[a-z\d_.-]*/g, '0').replace(/[\s\p{P}]+/gu, '')
  const letters = signs.replace(/\p{S}+/gu, '')
  return letters.length >= SHORTEST ? letters : signs
}

/** Sorted hashes of the grams of a text, each once. */
export function gramsOf(text: string): Int32Array {
  const letters = lettersOf(text)
  if (letters.length < SHORTEST) return new Int32Array()
  const hashes = new Int32Array(letters.length - GRAM + 1)
  for (let at = 0; at < hashes.length; at++) {
    let hash = 0x811c9dc5
    for (let k = at; k < at + GRAM; k++) hash = Math.imul(hash ^ letters.charCodeAt(k), 0x01000193)
    hashes[at] = mix(hash)
  }
  hashes.sort()
  let count = 0
  for (const hash of hashes) if (count === 0 || hash !== hashes[count - 1]) hashes[count++] = hash
  return hashes.slice(0, Math.min(count, GRAMS))
}

/** Spreads a number over all 32 bits; signed, since those are the whole numbers that engines compute fastest. */
export function mix(value: number): number {
  let hash = Math.imul(value ^ (value >>> 16), 0x85ebca6b)
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35)
  return hash ^ (hash >>> 16)
}

/** Whether two texts are near: exact up to {@link GRAMS} grams, beyond that over the smallest of both together. */
export function near(a: Int32Array, b: Int32Array): boolean {
  const most = Math.max(a.length, b.length) === GRAMS ? GRAMS : Infinity
  let [i, j, both, all] = [0, 0, 0, 0]
  while (i < a.length && j < b.length && all < most) {
    const [left, right] = [a[i]!, b[j]!]
    if (left === right) both++
    if (left <= right) i++
    if (right <= left) j++
    all++
  }
  if (all < most) all = Math.min(most, all + a.length - i + b.length - j)
  return both >= NEAR * all
}
