/** Figures of a classifier, from counts. Every ratio of nothing is null. */

export interface Counts {
  tp: number
  fp: number
  fn: number
  tn: number
}
export interface Scores extends Counts {
  precision: number | null
  recall: number | null
  f1: number | null
  falsePositiveRate: number | null
}

const ratio = (part: number, whole: number): number | null => (whole === 0 ? null : Math.round((part / whole) * 1e5) / 1e5)

export function scoresOf(pairs: Iterable<{ truth: boolean; said: boolean }>): Scores {
  const counts: Counts = { tp: 0, fp: 0, fn: 0, tn: 0 }
  for (const { truth, said } of pairs) counts[truth ? (said ? 'tp' : 'fn') : said ? 'fp' : 'tn']++
  const { tp, fp, fn, tn } = counts
  return {
    ...counts,
    precision: ratio(tp, tp + fp),
    recall: ratio(tp, tp + fn),
    f1: ratio(2 * tp, 2 * tp + fp + fn),
    falsePositiveRate: ratio(fp, fp + tn),
  }
}

/** Expected calibration error over ten bins of equal width (Guo et al., 2017). */
export function calibrationError(pairs: readonly { truth: boolean; score: number }[]): number | null {
  const bins = Array.from({ length: 10 }, () => ({ count: 0, hits: 0, sum: 0 }))
  for (const { truth, score } of pairs) {
    const bin = bins[Math.min(9, Math.floor(score * 10))]!
    bin.count++
    bin.sum += score
    if (truth) bin.hits++
  }
  return ratio(bins.reduce((sum, { hits, sum: scores }) => sum + Math.abs(hits - scores), 0), pairs.length)
}
