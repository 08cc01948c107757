/** What the review desk does to 100,000 cases, without a browser: search, filter, export as a stream. Prints; judges nothing. */
import { csv } from '../../src/export/csv.ts'
import type { ExportFormat, ExportMeta } from '../../src/export/index.ts'
import { jsonl } from '../../src/export/jsonl.ts'
import { PRACTICES, type Case } from '../../src/types.ts'
import { ALL, type Filter, filterBy } from '../../src/ui/state.ts'
import { median } from './result.ts'

const ROWS = 100_000
const ROUNDS = 5
const cases = Array.from({ length: ROWS }, (_, n): Case => ({
  key: `weibo:${n}`,
  post: { platform: n % 3 ? 'weibo' : 'zhihu', id: String(n), kind: 'post', text: `网贷逾期别硬扛，停息挂账，先办后付，名额不多，编号${n}。${'说明'.repeat(n % 40)}`, author: { name: `作者${n % 5_000}` }, permalink: '' },
  pageUrl: '', verdict: { band: n % 4 ? 'flagged' : 'unsure', score: 0.9, categories: [PRACTICES[n % PRACTICES.length]!], form: 'ad', evidence: [{ start: 0, end: 4, weight: 1 }], model: 'm' },
  firstSeen: 1e12 + n, lastSeen: 1e12 + n, decision: 'open', history: [{ at: 1e12, what: 'flagged', model: 'm' }],
}))
const meta: ExportMeta = { madeAt: 1e12, timeZone: 'UTC', policy: 'p', filter: '', siteNames: {} }

const timed = (work: () => unknown): number => {
  const began = performance.now()
  work()
  return performance.now() - began
}
const print = (name: string, times: readonly number[]): void => console.log(JSON.stringify({ name, rows: ROWS, unit: 'ms', median: Number(median(times).toPrecision(3)), worst: Number(Math.max(...times).toPrecision(3)) }))
const shown = (of: Partial<Filter>) => () => cases.filter(filterBy({ ...ALL, ...of })).length

/** Longest pause between two pieces of the file: what keeps the progress bar still. */
function longestPiece(format: ExportFormat): { all: number; piece: number } {
  const began = performance.now()
  let last = began
  let piece = 0
  for (const _ of format.parts(cases, meta) as Iterable<unknown>) {
    piece = Math.max(piece, performance.now() - last)
    last = performance.now()
  }
  return { all: performance.now() - began, piece }
}
const rounds = <T>(work: () => T): T[] => Array.from({ length: ROUNDS }, work)

// The first search folds the text of every case; later ones find it folded.
print('search-first', [timed(shown({ q: '编号99999' }))])
print('search', rounds(() => timed(shown({ q: '停息 编号777' }))))
print('filter', rounds(() => timed(shown({ site: 'zhihu', category: 'debt_ad', band: 'flagged', state: 'open' }))))
for (const format of [csv, jsonl]) {
  const runs = rounds(() => longestPiece(format))
  print(`export-${format.id}`, runs.map(({ all }) => all))
  print(`export-${format.id}-piece`, runs.map(({ piece }) => piece))
}
