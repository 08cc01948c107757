import { wrongInCase } from '../checks.ts'
import type { Case } from '../types.ts'
import { chunksOf, type ExportFormat } from './format.ts'

/** For programs, and to be read again: each line is a case as it is kept, and names the model that judged it. */
export const jsonl: ExportFormat = {
  id: 'jsonl',
  name: 'JSONL',
  extension: 'jsonl',
  mime: 'application/x-ndjson',
  *parts(cases) {
    for (const some of chunksOf(cases)) yield some.map((one) => `${JSON.stringify(one)}\n`).join('')
  },
}

/** A line that could not be taken, counted from 1; of any format. */
export interface Problem {
  line: number
  reason: 'lineNotJson' | 'lineNotCase' | 'lineTwice' | 'cellWrong' | 'headingMissing' | 'notText'
  /** Which field, or the parser's own words. */
  detail: string
}

export interface Read {
  cases: Case[]
  problems: Problem[]
}

/** Reads what {@link jsonl} wrote. A bad line costs only itself. */
export function readJsonl(text: string): Read {
  const read: Read = { cases: [], problems: [] }
  const keys = new Set<string>()
  for (const [index, written] of text.replace(/^\uFEFF/, '').split('\n').entries()) {
    const line = index + 1
    if (!written.trim()) continue
    let value: unknown
    try {
      value = JSON.parse(written)
    } catch (cause) {
      read.problems.push({ line, reason: 'lineNotJson', detail: (cause as Error).message })
      continue
    }
    const wrong = wrongInCase(value)
    if (wrong) read.problems.push({ line, reason: 'lineNotCase', detail: wrong })
    else if (keys.has((value as Case).key)) read.problems.push({ line, reason: 'lineTwice', detail: (value as Case).key })
    else {
      keys.add((value as Case).key)
      read.cases.push(value as Case)
    }
  }
  return read
}
