import type { Result } from './result.ts'

export interface Measure {
  /** Names of the results, one for `--only` each. */
  names: readonly string[]
  /** What is measured, and against what. */
  what: string
  /** Greatest ratio that is good, for each name. */
  limits: readonly number[]
  /** @param rounds how often value and baseline are measured, in turn; their medians are the result */
  run(rounds: number): Promise<Result[]>
}

/** Measures in turn, the other first each time, so that whatever the machine does meanwhile meets both. */
export async function inTurn(round: number, value: () => Promise<number>, baseline: () => Promise<number>): Promise<{ value: number; baseline: number }> {
  if (round % 2 === 0) {
    const measured = await value()
    return { value: measured, baseline: await baseline() }
  }
  const against = await baseline()
  return { value: await value(), baseline: against }
}
