import type { Span } from '../types.ts'
import type { Normalized } from '../text/normalize.ts'

const MOST = 6
/** Words closer than this many characters are one. */
const GAP = 1
const SHORTEST = 2

/**
 * Which words made the verdict: runs of characters that the evidence head rates at least `least`, as spans of
 * the original text, heaviest first. Where none reaches it, the heaviest characters and their neighbours stand in.
 *
 * @param weights one for each UTF-16 unit of the normalised text, 0 to 1
 */
export function explain(normalized: Normalized, weights: Float32Array, least: number): Span[] {
  let runs = runsOver(weights, least)
  if (runs.length === 0 && weights.length > 0) {
    const peak = weights.reduce((best, weight, at) => (weight > weights[best]! ? at : best), 0)
    runs = [{ from: Math.max(0, peak - 2), to: Math.min(weights.length, peak + 3) }]
  }
  return runs
    .map(({ from, to }) => ({
      start: normalized.starts[from]!,
      end: normalized.ends[to - 1]!,
      weight: Math.round(Math.max(...weights.subarray(from, to)) * 1000) / 1000,
    }))
    .sort((a, b) => b.weight - a.weight || a.start - b.start)
    .slice(0, MOST)
}

function runsOver(weights: Float32Array, least: number): { from: number; to: number }[] {
  const runs: { from: number; to: number }[] = []
  for (let at = 0; at < weights.length; at++) {
    if (weights[at]! < least) continue
    const last = runs.at(-1)
    if (last && at - last.to <= GAP) last.to = at + 1
    else runs.push({ from: at, to: at + 1 })
  }
  return runs.filter((run) => run.to - run.from >= SHORTEST)
}
