import type { Case } from '../types.ts'
import type { Tlp } from './tlp.ts'

/** What is true of a whole file rather than of one case. */
export interface ExportMeta {
  /** Epoch milliseconds. */
  madeAt: number
  /** IANA name, such as `Asia/Shanghai`. Times for people are written in it. */
  timeZone: string
  /** Version of the model in use when the file was made; each case also names its own. */
  model?: string | undefined
  /** With whom the file may be shared, in the formats that say so. */
  tlp?: Tlp | undefined
  /** Chinese names of the sites, by adapter id. */
  siteNames?: Readonly<Record<string, string>> | undefined
}

/** One kind of file: a name, and cases in, file out. */
export interface ExportFormat {
  id: string
  /** For the button: a proper name, the same in both languages. */
  name: string
  extension: string
  mime: string
  write(cases: readonly Case[], meta: ExportMeta): string | Uint8Array
}
