import type { Span } from '../types.ts'
import type { Normalized } from '../text/normalize.ts'

const MOST = 6
/** Characters of a stretch at most; one without any stop is cut into equal parts. */
const LONGEST = 24
/** How far below the heaviest stretch another may be and still count: best overlap with the labelled words of the development split. */
const NEAR = 0.15
/** Stretches this close, with nothing but stops between them, are shown as one. */
const GAP = 2

const STOP = /[\p{P}\p{Z}\p{S}\s]/u

interface Stretch {
  from: number
  to: number
  weight: number
}

/**
 * Which words made the verdict: the stretches between two stops that the evidence head rates highest, on average over
 * their characters, as spans of the original text, heaviest first. Single characters are too uneven to be shown: whole
 * clauses can be read.
 *
 * @param weights one for each UTF-16 unit of the normalised text, 0 to 1
 */
export function explain(normalized: Normalized, weights: Float32Array): Span[] {
  const all = stretches(normalized.text).map(([from, to]): Stretch => ({ from, to, weight: mean(weights.subarray(from, to)) }))
  const heaviest = Math.max(...all.map(({ weight }) => weight))
  const chosen: Stretch[] = []
  for (const one of all) {
    if (one.weight < heaviest - NEAR) continue
    const last = chosen.at(-1)
    if (last && one.from - last.to <= GAP) {
      last.to = one.to
      last.weight = Math.max(last.weight, one.weight)
    } else chosen.push(one)
  }
  return chosen
    .map(({ from, to, weight }) => ({ start: normalized.starts[from]!, end: normalized.ends[to - 1]!, weight: Math.round(weight * 1000) / 1000 }))
    .sort((a, b) => b.weight - a.weight || a.start - b.start)
    .slice(0, MOST)
}

/** What lies between stops, in parts of at most {@link LONGEST}; the whole where there is nothing but stops. */
function stretches(text: string): [number, number][] {
  const found: [number, number][] = []
  let from = 0
  for (let at = 0; at <= text.length; at++) {
    if (at < text.length && !STOP.test(text[at]!)) continue
    const parts = Math.ceil((at - from) / LONGEST)
    for (let part = 0; part < parts; part++) found.push([from + Math.round(((at - from) * part) / parts), from + Math.round(((at - from) * (part + 1)) / parts)])
    from = at + 1
  }
  return found.length > 0 || text.length === 0 ? found : [[0, text.length]]
}

const mean = (weights: Float32Array): number => weights.reduce((sum, weight) => sum + weight, 0) / weights.length
