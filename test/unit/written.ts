import type { ExportFormat, ExportMeta } from '../../src/export/index.ts'
import type { Case } from '../../src/types.ts'

/** The whole file of a text format that is written without waiting. */
export const written = (format: ExportFormat, cases: readonly Case[], meta: ExportMeta): string => [...(format.parts(cases, meta) as Iterable<string>)].join('')

/** The whole file of any format. */
export async function bytesOf(format: ExportFormat, cases: readonly Case[], meta: ExportMeta): Promise<Uint8Array> {
  const parts: BlobPart[] = []
  for await (const part of format.parts(cases, meta)) parts.push(part as BlobPart)
  return new Uint8Array(await new Blob(parts).arrayBuffer())
}
