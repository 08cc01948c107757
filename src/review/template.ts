import { normalize } from '../text/normalize.ts'
import { accountOf, type Case } from '../types.ts'

/** What is known of one family of cases. */
export interface Summary {
  posts: number
  accounts: number
  /** Epoch milliseconds. */
  first: number
  last: number
  /** What the texts share, normalised, with {@link SLOT} where they differ. */
  template: string
}

/** Stands where the texts of a family differ. */
export const SLOT = '〔…〕'
/** Longest template shown, and the part of each text that is compared for it. */
const LONGEST = 200
const COMPARED = 400
/** Texts that are compared with the first: more of them change no template that a person would notice. */
const VOICES = 24
/** Letters between two slots that are fewer agree by chance. */
const ISLAND = 3

/** Sums up a family; the template is made of what at least half of its differing texts share with the first. */
export function summaryOf(family: readonly Case[]): Summary {
  const ordered = [...family].sort((a, b) => a.firstSeen - b.firstSeen || (a.key < b.key ? -1 : 1))
  const texts = [...new Set(ordered.map(({ post }) => normalize(post.text).text.replace(/\s+/g, ' ').slice(0, COMPARED)))]
  return {
    posts: ordered.length,
    accounts: new Set(ordered.map(({ post }) => accountOf(post))).size,
    first: Math.min(...ordered.map(({ firstSeen }) => firstSeen)),
    last: Math.max(...ordered.map(({ lastSeen }) => lastSeen)),
    template: templateOf(texts.slice(0, VOICES + 1)),
  }
}

/** Begin and end of a text, so that what is added there is a difference like any other. */
const [BEGIN, END] = ['\u0002', '\u0003']

function templateOf([first = '', ...others]: readonly string[]): string {
  const letters = [BEGIN, ...first, END]
  const shared = new Uint32Array(letters.length)
  const parted = new Uint32Array(letters.length)
  for (const other of others) {
    const places = placesIn(letters, [BEGIN, ...other, END])
    for (const [at, place] of places.entries()) {
      if (place < 0) continue
      shared[at]!++
      if (places[at + 1]! > place + 1) parted[at]!++
    }
  }
  const isShared = letters.map((_, at) => 2 * shared[at]! >= others.length)
  let template = ''
  const slot = (): unknown => template.endsWith(SLOT) || (template += SLOT)
  for (let at = 0; at < letters.length; ) {
    const from = at
    while (isShared[at] && (at === from || parted[at - 1] === 0 || 2 * parted[at - 1]! < others.length)) at++
    const piece = letters.slice(from, at).filter((letter) => letter !== BEGIN && letter !== END).join('')
    if (at - from >= ISLAND || from === 0 || at === letters.length) template += piece
    else slot()
    if (at === letters.length) break
    slot()
    while (at < letters.length && !isShared[at]) at++
  }
  return template.length > LONGEST ? `${template.slice(0, LONGEST - 1)}…` : template
}

/** For each letter of one text its place in the other, by their longest common subsequence; -1 where it has none. */
function placesIn(one: readonly string[], other: readonly string[]): Int32Array {
  const width = other.length + 1
  const lengths = new Uint16Array((one.length + 1) * width)
  for (let i = one.length - 1; i >= 0; i--) {
    for (let j = other.length - 1; j >= 0; j--) {
      const below = (i + 1) * width + j
      lengths[i * width + j] = one[i] === other[j] ? lengths[below + 1]! + 1 : Math.max(lengths[below]!, lengths[i * width + j + 1]!)
    }
  }
  const places = new Int32Array(one.length).fill(-1)
  for (let i = 0, j = 0; i < one.length && j < other.length; ) {
    if (one[i] === other[j]) places[i++] = j++
    else if (lengths[(i + 1) * width + j]! >= lengths[i * width + j + 1]!) i++
    else j++
  }
  return places
}
