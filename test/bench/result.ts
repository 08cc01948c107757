/** One line of the output; `value` and `baseline` are medians in `unit`. */
export interface Result {
  name: string
  value: number
  unit: string
  baseline: number
  /** value / baseline; null where only the baseline is 0. */
  ratio: number | null
}

/** What was measured and what it is measured against, in the same round. */
export interface Sample {
  value: number
  baseline: number
}

/** Between the two nearest in order, in proportion. */
export function quantile(values: readonly number[], q: number): number {
  const sorted = values.toSorted((a, b) => a - b)
  const at = (sorted.length - 1) * q
  const [low, high] = [sorted[Math.floor(at)]!, sorted[Math.ceil(at)]!]
  return low + (high - low) * (at - Math.floor(at))
}
export const median = (values: readonly number[]): number => quantile(values, 0.5)

const rounded = (x: number): number => Number(x.toPrecision(4))

export function resultOf(name: string, unit: string, samples: readonly Sample[]): Result {
  const value = median(samples.map((one) => one.value))
  const baseline = median(samples.map((one) => one.baseline))
  const ratio = baseline === 0 ? (value === 0 ? 1 : null) : rounded(value / baseline)
  return { name, value: rounded(value), unit, baseline: rounded(baseline), ratio }
}

/** Reads the lines that an earlier run wrote; the error says which line is not one. */
export function readResults(text: string): Result[] {
  return text.split('\n').flatMap((line, index) => {
    if (!line.trim()) return []
    const bad = () => new Error(`第 ${index + 1} 行不是 bench 的输出。 Line ${index + 1} is no output of bench.`)
    let value: Partial<Result>
    try {
      value = JSON.parse(line) as Partial<Result>
    } catch {
      throw bad()
    }
    const isNumber = (x: unknown) => typeof x === 'number' && Number.isFinite(x)
    if (typeof value?.name !== 'string' || typeof value.unit !== 'string' || !isNumber(value.value) || !isNumber(value.baseline) || !(value.ratio === null || isNumber(value.ratio))) throw bad()
    return [value as Result]
  })
}
