import type { Case } from '../types.ts'
import type { Tlp } from './tlp.ts'

/** What is true of a whole file rather than of one case. */
export interface ExportMeta {
  /** Epoch milliseconds. */
  madeAt: number
  /** IANA name, such as `Asia/Shanghai`. Times for people are written in it. */
  timeZone: string
  /** Version of models/policy.md. */
  policy: string
  /** What was chosen, as the review page's address names it; '' for everything. */
  filter: string
  /** With whom the file may be shared, in the formats that say so. */
  tlp?: Tlp | undefined
  /** Chinese names of the sites, by adapter id. */
  siteNames: Readonly<Record<string, string>>
}

/** Cases that are written between two parts of a file. */
export const AT_ONCE = 500

export type Part = string | Uint8Array

/** One kind of file: a name, and cases in, file out. */
export interface ExportFormat {
  id: 'csv' | 'xlsx' | 'jsonl' | 'html' | 'stix' | 'misp'
  /** For the button: a proper name, the same in both languages. */
  name: string
  extension: string
  mime: string
  /** The file in order, one part (it may be empty) after every {@link AT_ONCE} cases, so that progress can be shown. */
  parts(cases: readonly Case[], meta: ExportMeta): Iterable<Part> | AsyncIterable<Part>
}

export function* chunksOf<T>(all: readonly T[], size = AT_ONCE): Generator<readonly T[]> {
  for (let at = 0; at < all.length; at += size) yield all.slice(at, at + size)
}
