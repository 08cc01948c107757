import { PRACTICES, type Verdict } from '../types.ts'
import type { Normalized } from '../text/normalize.ts'
import type { ModelConfig } from './config.ts'
import { explain } from './explain.ts'

/** What the network says of one window, as logits. */
export interface WindowScores {
  flag: number
  categories: Float32Array
  /** Above 0: a tutorial. */
  form: number
  /** Offset in the normalised text of each token, -1 for marks of our own, and its evidence logit. */
  at: readonly number[]
  words: Float32Array
}

const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x))

const calibrated = (logit: number, { scale, shift }: ModelConfig['calibration']['judge']): number => sigmoid(scale * logit + shift)

/** What is said of a text that the gate stopped; `logit` is the gate's highest. */
export const cleared = (logit: number, config: ModelConfig): Verdict => ({
  band: 'clean',
  score: Math.min(calibrated(logit, config.calibration.gate), config.thresholds.unsure / 2),
  categories: [],
  form: null,
  evidence: [],
  model: config.version,
})

/** Scores of all judged windows of a text → what is said of it. The worst window decides. */
export function decide(normalized: Normalized, windows: readonly WindowScores[], config: ModelConfig): Verdict {
  const { thresholds } = config
  const score = (window: WindowScores) => calibrated(window.flag, config.calibration.judge)
  const worst = windows.reduce((a, b) => (b.flag > a.flag ? b : a))
  const top = score(worst)
  const band = top >= thresholds.flagged ? 'flagged' : top >= thresholds.unsure ? 'unsure' : 'clean'
  const verdict: Verdict = { band, score: top, categories: [], form: null, evidence: [], model: config.version }
  if (band === 'clean') return verdict

  const telling = windows.filter((window) => window === worst || score(window) >= thresholds.unsure)
  const chances = PRACTICES.map((_, i) => sigmoid(Math.max(...telling.map((window) => window.categories[i]!))))
  const order = PRACTICES.map((_, i) => i).sort((a, b) => chances[b]! - chances[a]!)
  verdict.categories = order.filter((i, rank) => rank === 0 || chances[i]! >= thresholds.category).map((i) => PRACTICES[i]!)
  verdict.form = worst.form > 0 ? 'tutorial' : 'ad'

  const weights = new Float32Array(normalized.text.length)
  for (const { at, words } of telling) {
    at.forEach((offset, i) => {
      if (offset >= 0) weights[offset] = Math.max(weights[offset]!, sigmoid(words[i]!))
    })
  }
  verdict.evidence = explain(normalized, weights)
  return verdict
}
