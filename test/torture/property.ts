/** What the torture is made of: properties with a name, each of which holds for anything that may be generated. */
import type { Arbitrary } from 'fast-check'

export interface Property<T = unknown> {
  name: string
  any: Arbitrary<T>
  /** Throws where the property does not hold. */
  holds(value: T): void | Promise<void>
}

/** Forgets the type of what is generated, so that properties of all kinds stand in one list. */
export const property = <T>(one: Property<T>): Property => one as unknown as Property

/** Steps of the calibration loop: about 100 ms on an idle machine with one core of 3 GHz. */
const STEPS = 1e8

function calibration(steps: number): number {
  const began = performance.now()
  let hash = 1
  for (let at = 0; at < steps; at++) hash = Math.imul(hash ^ at, 0x01000193)
  // The result is used, so that nothing is optimised away.
  return performance.now() - began + (hash === 0.5 ? 1 : 0)
}

let timed = false
/** From here on {@link within} holds what takes too long for a loss: the long run does, a test never does. */
export const holdTimes = (): void => void (timed = true)

/** Shorter than this is never over the limit, ms: the loop need not run for most values. */
const SURELY_SHORT = 60
const REPEATS = 4

/**
 * Runs work that a page's thread waits for. It may take as long as the calibration loop does here and now: 100 ms on
 * an idle machine. What seems too long is repeated, since a busy machine makes single measurements long.
 * @throws where times are held, when the shortest of all runs was longer than the loop beside it.
 */
export function within<T>(what: string, work: () => T): T {
  let began = performance.now()
  let result = work()
  if (!timed) return result
  let took = performance.now() - began
  let limit = 0
  for (let repeat = 0; took > SURELY_SHORT && repeat < REPEATS; repeat++) {
    limit = Math.max(limit, 10 * calibration(STEPS / 10))
    if (took <= limit) return result
    began = performance.now()
    result = work()
    took = Math.min(took, performance.now() - began)
  }
  if (took > SURELY_SHORT && took > limit) throw new Error(`${what} took ${took.toFixed(0)} ms where ${limit.toFixed(0)} ms is the limit`)
  return result
}

export function sure(holds: boolean, what: string): asserts holds {
  if (!holds) throw new Error(what)
}
