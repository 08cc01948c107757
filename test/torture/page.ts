/** Runs the properties of {@link file://./doms.ts} inside a page; bundled and put there by chromium.ts. */
import * as fc from 'fast-check'
import { DEEPEST, doms, READERS, slow, SLOW, type Tag, tooDeep } from './doms.ts'
import { holdTimes } from './property.ts'
import type { Tally } from './tally.ts'

interface Job {
  tags: [string, Tag[]][]
  name: string
  seed: number
  /** Most values. */
  tries: number
  /** About how long it may take; as long as it takes where not given. */
  ms?: number
}

const torture = {
  holdTimes,
  names: (tags: Job['tags']): string[] => doms(new Map(tags), document).map(({ name }) => name),
  run({ tags, name, seed, tries, ms }: Job): Tally {
    const one = doms(new Map(tags), document).find((property) => property.name === name)!
    const { failed, numRuns, counterexample, errorInstance } = fc.check(fc.property(one.any, (value) => void one.holds(value)), { seed, numRuns: tries, ...(ms ? { interruptAfterTimeLimit: ms, markInterruptAsFailure: false } : {}), endOnFailure: true })
    return { tries: numRuns, losses: failed ? 1 : 0, ...(failed ? { first: `${String(errorInstance)} ${fc.stringify(counterexample).slice(0, 1_000)}` } : {}) }
  },
  /** The pages made to be slow: one try is one page for one reader. */
  slow(tags: Job['tags'], boxes: number): Tally {
    const every = tags.flatMap(([, own]) => own)
    return tallied(Object.keys(SLOW).flatMap((name) => READERS.map((reader) => [`${name}, ${reader.id}`, () => slow(name, boxes, reader, new Map(tags).get(reader.id) ?? every, document)])))
  },
  deep: (boxes: number): Tally => tallied(Object.keys(DEEPEST).map((how) => [how, () => tooDeep(how, boxes, document)])),
}

function tallied(attempts: readonly [string, () => void][]): Tally {
  const lost: string[] = []
  for (const [name, work] of attempts) {
    try {
      work()
    } catch (cause) {
      lost.push(`${name}: ${String(cause)}`)
    }
  }
  return { tries: attempts.length, losses: lost.length, ...(lost.length > 0 ? { first: lost.join('; ') } : {}) }
}
export type Torture = typeof torture
;(globalThis as unknown as { torture: Torture }).torture = torture
