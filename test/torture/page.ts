/** Runs the properties of {@link file://./doms.ts} inside a page; bundled and put there by chromium.ts. */
import * as fc from 'fast-check'
import { doms, READERS, slow, SLOW, type Tag, tooDeep } from './doms.ts'
import type { Tally } from './tally.ts'

interface Job {
  tags: [string, Tag[]][]
  name: string
  seed: number
  /** About how long it may take. */
  ms: number
}

const torture = {
  names: (tags: Job['tags']): string[] => doms(new Map(tags), document).map(({ name }) => name),
  run({ tags, name, seed, ms }: Job): Tally {
    const one = doms(new Map(tags), document).find((property) => property.name === name)!
    const { failed, numRuns, counterexample, errorInstance } = fc.check(fc.property(one.any, (value) => void one.holds(value)), { seed, numRuns: 5_000, interruptAfterTimeLimit: ms, markInterruptAsFailure: false, endOnFailure: true })
    return { tries: numRuns, losses: failed ? 1 : 0, ...(failed ? { first: `${String(errorInstance)} ${fc.stringify(counterexample).slice(0, 1_000)}` } : {}) }
  },
  /** The pages made to be slow: one try is one page for one reader. */
  slow(tags: Job['tags'], boxes: number): Tally {
    const tally: Tally = { tries: 0, losses: 0 }
    const attempt = (name: string, work: () => void): void => {
      tally.tries++
      try {
        work()
      } catch (cause) {
        tally.losses++
        tally.first = `${tally.first ? `${tally.first}; ` : ''}${name} ${String(cause)}`
      }
    }
    attempt('too deep', () => tooDeep(boxes, document))
    const every = tags.flatMap(([, own]) => own)
    for (const name of Object.keys(SLOW)) {
      for (const reader of READERS) {
        attempt(name, () => slow(name, boxes, reader, new Map(tags).get(reader.id) ?? every, document))
      }
    }
    return tally
  },
}
export type Torture = typeof torture
;(globalThis as unknown as { torture: Torture }).torture = torture
