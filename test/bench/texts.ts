import { readFileSync } from 'node:fs'

interface Row {
  text: string
  flag: 0 | 1
  kind: string
}

const rowsOf = (split: 'dev' | 'test'): Row[] =>
  readFileSync(new URL(`../../models/corpus/${split}.jsonl`, import.meta.url), 'utf8').split('\n').filter(Boolean).map((line) => JSON.parse(line) as Row)

/** Texts of the test split, in its order, each once. */
export const test = rowsOf('test')
/** Of the development split: to warm up with, so that nothing that is measured was seen before. */
export const warmUp = rowsOf('dev').slice(0, 160).map(({ text }) => text)

/** What people write of an ordinary day: the test split's rows of that kind. */
export const ordinary = test.filter(({ flag, kind }) => !flag && kind.startsWith('普通')).map(({ text }) => text)
export const adverts = test.filter(({ flag }) => flag === 1).map(({ text }) => text)

/** As many different texts of an ordinary day as asked for, two of {@link ordinary} each; at most the square of their number. */
export function days(count: number): string[] {
  const size = ordinary.length
  if (count > size * size) throw new RangeError(`only ${size * size} different texts can be made`)
  return Array.from({ length: count }, (_, n) => `${ordinary[n % size]!}\n${ordinary[(n + Math.floor(n / size)) % size]!}`)
}
