import { readCsv } from './csv-read.ts'
import { type Problem, type Read, readJsonl } from './jsonl.ts'
import { merge, type Merging } from '../store/merge.ts'
import type { Case, Decision } from '../types.ts'

/** A chosen file, as the browser gives it. */
export type ListFile = Pick<File, 'name' | 'size' | 'arrayBuffer'>

/** Most bytes of all chosen files together: about 200,000 cases, which take 1 GB of memory while they are read. */
export const IMPORT_LIMIT = 128 * 1024 * 1024

/** Why the files are refused, none of them read; `reason` is a key of the message catalogue. */
export class ImportError extends Error {
  override name = 'ImportError'
  readonly reason = 'importTooBig'
}

/** What the chosen files hold, and what merging it would do. */
export interface Incoming {
  /** In the order of the files; a case that several files hold comes several times. */
  cases: Case[]
  counts: Record<Merging, number>
  /** Cases that are decided otherwise here. */
  conflicts: { case: Case; ours: Decision }[]
  problems: (Problem & { file: string })[]
}

/**
 * Reads the files of colleagues. `known` gives our cases of these keys; `siteIds` leads from names of sites to ids.
 * @throws {ImportError}
 */
export async function readLists(
  files: readonly ListFile[],
  siteIds: ReadonlyMap<string, string>,
  known: (keys: readonly string[]) => Promise<(Case | undefined)[]>,
): Promise<Incoming> {
  const size = files.reduce((sum, file) => sum + file.size, 0)
  if (size > IMPORT_LIMIT) throw new ImportError(String(size))
  const lists: (Read & { name: string })[] = []
  for (const file of files) lists.push({ name: file.name, ...readList(new Uint8Array(await file.arrayBuffer()), siteIds) })
  const cases = lists.flatMap((list) => list.cases)
  const keys = [...new Set(cases.map(({ key }) => key))]
  const ours = await known(keys)
  const standing = new Map(keys.map((key, at) => [key, ours[at]]))
  const incoming: Incoming = {
    cases,
    counts: { new: 0, joined: 0, same: 0, conflict: 0 },
    conflicts: [],
    problems: lists.flatMap(({ name, problems }) => problems.map((problem) => ({ ...problem, file: name }))),
  }
  for (const one of cases) {
    const { how, merged } = merge(standing.get(one.key), one, 0)
    standing.set(one.key, merged)
    incoming.counts[how]++
    if (how === 'conflict') incoming.conflicts.push({ case: one, ours: merged.decision })
  }
  return incoming
}

/** One file: JSONL or CSV, by its first sign. */
export function readList(bytes: Uint8Array, siteIds: ReadonlyMap<string, string>): Read {
  const text = decode(bytes)
  if (typeof text !== 'string') return { cases: [], problems: [text] }
  return text.trimStart().startsWith('{') ? readJsonl(text) : readCsv(text, siteIds)
}

/**
 * UTF-8, or GB18030 as Chinese spreadsheets save it. Nearly all bytes are some GB18030 text, so a damaged UTF-8 file
 * must not be taken for one: read as UTF-8, it is mostly sound, and a GB18030 file is not.
 */
function decode(bytes: Uint8Array): string | Problem {
  const strictly = (encoding: string): string | undefined => {
    try {
      return new TextDecoder(encoding, { fatal: true }).decode(bytes)
    } catch {
      return undefined
    }
  }
  const whole = strictly('utf-8')
  if (whole !== undefined) return whole
  const loose = new TextDecoder().decode(bytes)
  const unreadable = loose.split('\uFFFD').length - 1
  let beyondAscii = 0
  for (const sign of loose) if (sign > '\u007F') beyondAscii++
  const text = unreadable * 5 > beyondAscii ? strictly('gb18030') : undefined
  return text ?? { line: loose.slice(0, loose.indexOf('\uFFFD')).split('\n').length, reason: 'notText', detail: '' }
}
