import { csv } from './csv.ts'
import type { ExportFormat, ExportMeta } from './format.ts'
import { html } from './html.tsx'
import { jsonl } from './jsonl.ts'
import { misp } from './misp.ts'
import { stix } from './stix.ts'
import { zonedTime } from './time.ts'
import { xlsx } from './xlsx.ts'

export type { ExportFormat, ExportMeta } from './format.ts'

/** Every file that cases can be written to. */
export const FORMATS: readonly ExportFormat[] = [csv, xlsx, jsonl, html, stix, misp]

/** `mingcha-20261123-1405.csv`, in the zone of the file. */
export function fileName(format: ExportFormat, { madeAt, timeZone }: ExportMeta): string {
  const [day = '', time = ''] = zonedTime(madeAt, timeZone).split(' ')
  return `mingcha-${day.replaceAll('-', '')}-${time.slice(0, 5).replace(':', '')}.${format.extension}`
}
