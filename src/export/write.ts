import type { Case } from '../types.ts'
import { type About, aboutOf, sha256 } from './about.ts'
import { AT_ONCE, type ExportFormat, type ExportMeta } from './format.ts'

export interface Written {
  file: Blob
  about: About & { file: string; bytes: number; fileSha256: string }
}

/** Writes one file whole. `onProgress` hears how many cases are in it, of all. */
export async function writeFile(format: ExportFormat, name: string, cases: readonly Case[], meta: ExportMeta, onProgress: (done: number) => void): Promise<Written> {
  const parts: BlobPart[] = []
  let done = 0
  for await (const part of format.parts(cases, meta)) {
    parts.push(part as BlobPart)
    onProgress(Math.min(cases.length, (done += AT_ONCE)))
  }
  const file = new Blob(parts, { type: format.mime })
  return { file, about: { ...(await aboutOf(cases, meta)), file: name, bytes: file.size, fileSha256: await sha256(await file.arrayBuffer()) } }
}
