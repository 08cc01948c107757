/** Which texts say nearly the same, letter for letter. */
import { normalize } from '../src/text/normalize.ts'

/** At this Jaccard index of character 5-grams two texts count as one that was written twice. */
const NEAR = 0.3

function gramsOf(text: string): Set<string> {
  const plain = normalize(text).text.replace(/\s/g, '')
  return new Set(Array.from({ length: Math.max(1, plain.length - 4) }, (_, i) => plain.slice(i, i + 5)))
}

/** Rows by their 5-grams. */
export class Nearby<Row extends { text: string }> {
  readonly #rows: readonly Row[]
  readonly #sizes: number[] = []
  readonly #index = new Map<string, number[]>()

  constructor(rows: readonly Row[]) {
    this.#rows = rows
    rows.forEach(({ text }, at) => {
      const grams = gramsOf(text)
      this.#sizes.push(grams.size)
      for (const gram of grams) {
        const known = this.#index.get(gram)
        if (known) known.push(at)
        else this.#index.set(gram, [at])
      }
    })
  }

  /** The rows that are near this text. */
  of(text: string): Row[] {
    const grams = gramsOf(text)
    const shared = new Map<number, number>()
    for (const gram of grams) for (const at of this.#index.get(gram) ?? []) shared.set(at, (shared.get(at) ?? 0) + 1)
    return [...shared].filter(([at, count]) => count / (grams.size + this.#sizes[at]! - count) > NEAR).map(([at]) => this.#rows[at]!)
  }
}
