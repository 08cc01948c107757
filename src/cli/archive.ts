import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { unzipSync, zipSync } from 'fflate'

/** One file of an archive; sizes in bytes. */
export interface Entry {
  name: string
  size: number
  zipped: number
}

/**
 * Zips a folder so that the same files always give the same bytes: sorted names, one date, one level, and a compressor
 * that comes with the locked dependencies instead of with the machine.
 */
export async function zipFolder(folder: string): Promise<Uint8Array> {
  const found = await readdir(folder, { recursive: true, withFileTypes: true })
  const names = found.filter((one) => one.isFile()).map((one) => join(one.parentPath, one.name).slice(folder.length + 1).replaceAll('\\', '/'))
  const files: Record<string, Uint8Array> = {}
  for (const name of names.sort()) files[name] = await readFile(join(folder, name))
  // A zip keeps local time without its zone: a date made of local parts is the same everywhere.
  return zipSync(files, { level: 9, mtime: new Date(2000, 0, 1) })
}

/** What an archive holds, without unpacking it. */
export function entriesOf(archive: Uint8Array): Entry[] {
  const entries: Entry[] = []
  unzipSync(archive, {
    filter: ({ name, originalSize, size }) => {
      entries.push({ name, size: originalSize, zipped: size })
      return false
    },
  })
  return entries
}
