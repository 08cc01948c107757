import { gramsOf, mix, near } from './grams.ts'
import type { Case } from '../types.ts'

/** 28 bands of 3: of two texts with a Jaccard index of 0.5, 97 % meet in some band, with 0.6 more than 99 %. */
const BANDS = 28
const ROWS = 3
/** Most families that one bucket tells apart; a bucket that mixes more is made of chance. */
const TELLERS = 16

/** The bucket of a text in one band: the smallest of its grams under each of the band's hash functions. */
function bucketOf(grams: Int32Array, band: number): number {
  let bucket = 0
  for (let row = 1; row <= ROWS; row++) {
    const seed = mix(band * ROWS + row)
    const factor = seed | 1
    let least = 0x7fffffff
    for (let at = 0; at < grams.length; at++) {
      const hash = Math.imul(grams[at]! ^ seed, factor)
      if (hash < least) least = hash
    }
    bucket = mix(bucket ^ least)
  }
  return bucket
}

/**
 * Cases whose texts are one template, by the key of the family's first seen case; cases on their own are left out.
 * MinHash with banding finds who may be near, {@link near} decides, union-find joins. The same cases give the same
 * families in any order.
 */
export function familiesOf(cases: readonly Case[]): Map<string, string> {
  const ordered = [...cases].sort((a, b) => a.firstSeen - b.firstSeen || (a.key < b.key ? -1 : 1))
  const parent = Uint32Array.from(ordered.keys())
  const root = (at: number): number => {
    while (parent[at] !== at) at = parent[at] = parent[parent[at]!]!
    return at
  }
  // The first seen of two families stands for both.
  const join = (a: number, b: number): unknown => (parent[Math.max(root(a), root(b))] = Math.min(root(a), root(b)))

  // Copies are joined at once, so that ten thousand of one text cost no more than one.
  const distinct = new Map<string, { at: number; grams: Int32Array }>()
  for (const [at, { post }] of ordered.entries()) {
    const known = distinct.get(post.text)
    if (!known) distinct.set(post.text, { at, grams: gramsOf(post.text) })
    else if (known.grams.length > 0) join(known.at, at)
  }
  const texts = [...distinct.values()].filter(({ grams }) => grams.length > 0)
  // All bands of a text while its grams are at hand; then band by band, so that the buckets of one are all that is held.
  const buckets = new Int32Array(BANDS * texts.length)
  for (const [at, { grams }] of texts.entries()) for (let band = 0; band < BANDS; band++) buckets[band * texts.length + at] = bucketOf(grams, band)
  for (let band = 0; band < BANDS; band++) {
    const tellersOf = new Map<number, typeof texts>()
    for (const [at, text] of texts.entries()) {
      const bucket = buckets[band * texts.length + at]!
      const tellers = tellersOf.get(bucket)
      if (!tellers) tellersOf.set(bucket, [text])
      else if (!tellers.some(({ at }) => root(at) === root(text.at))) {
        const twins = tellers.filter(({ grams }) => near(grams, text.grams))
        for (const { at } of twins) join(at, text.at)
        if (twins.length === 0 && tellers.length < TELLERS) tellers.push(text)
      }
    }
  }

  const sizes = new Uint32Array(ordered.length)
  for (const at of ordered.keys()) sizes[root(at)]!++
  const families = new Map<string, string>()
  for (const [at, { key }] of ordered.entries()) if (sizes[root(at)]! > 1) families.set(key, ordered[root(at)]!.key)
  return families
}
