import type { Case, Choice, Decision } from '../types.ts'

/** Decisions that were made on this page, as long as a reading of the store may lack them. */
export interface Unread {
  /** The cases as decided. To be called back once the store has kept the choices or refused them. */
  decide(cases: readonly Case[], choices: readonly Choice[]): { cases: Case[]; settled(): void }
  /** To be called before the store is read, one reading at a time; what it gives lays over the reading what that may lack. */
  reading(): (cases: readonly Case[]) => Case[]
}

interface Made {
  decision: Decision
  settled: boolean
}

export function createUnread(): Unread {
  /** By case key, the last one only. */
  const made = new Map<string, Made>()
  const over = (cases: readonly Case[]): Case[] =>
    cases.map((one) => {
      const said = made.get(one.key)
      return said && said.decision !== one.decision ? { ...one, decision: said.decision } : one
    })
  return {
    decide(cases, choices) {
      const mine = choices.map(({ key, decision }): [string, Made] => [key, { decision, settled: false }])
      for (const [key, said] of mine) made.set(key, said)
      return {
        cases: over(cases),
        settled: () => mine.forEach(([, said]) => { said.settled = true }),
      }
    },
    reading() {
      // What was settled before the reading began is in it.
      const known = [...made].filter(([, { settled }]) => settled)
      return (cases) => {
        for (const [key, said] of known) if (made.get(key) === said) made.delete(key)
        return over(cases)
      }
    },
  }
}
