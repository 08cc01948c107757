import { unzipSync, zipSync } from 'fflate'

export interface Entry {
  path: string
  bytes: Uint8Array
}

/** Most entries and bytes that a package may hold; a hostile one says more. */
const MOST_ENTRIES = 100
export const MOST_BYTES = 200_000_000
/** ZIP stores local time, so the date is made from local parts; noon, since no zone skips it. */
const DATE = new Date(1980, 0, 1, 12)

/** Why a ZIP file was refused. */
export class ZipError extends Error {
  override name = 'ZipError'
}

/** Same entries, same bytes: stored without compression, in the order given, all under one fixed date. */
export function writeZip(entries: readonly Entry[]): Uint8Array<ArrayBuffer> {
  return zipSync(Object.fromEntries(entries.map(({ path, bytes }) => [path, bytes])), { level: 0, mtime: DATE, os: 0, attrs: 0 })
}

/** Entries in the order of the ZIP directory. Throws {@link ZipError} for what is no ZIP of stored, differently named entries. */
export function readZip(file: Uint8Array): Entry[] {
  const paths: string[] = []
  let size = 0
  let files: Record<string, Uint8Array>
  try {
    files = unzipSync(file, {
      filter({ name, size: stored, originalSize, compression }) {
        size += stored
        if (paths.length >= MOST_ENTRIES || size > Math.min(MOST_BYTES, file.length) || stored !== originalSize) throw new ZipError('sizes beyond the file')
        if (compression !== 0) throw new ZipError(`${clean(name)} is compressed`)
        // Also keeps out the names that mean something on an object, and every way out of a folder.
        if (!/^[a-z0-9][a-z0-9._-]*(\/[a-z0-9][a-z0-9._-]*)*$/i.test(name)) throw new ZipError(`entry name ${clean(name)}`)
        if (paths.includes(name)) throw new ZipError(`${clean(name)} is there twice`)
        paths.push(name)
        return true
      },
    })
  } catch (cause) {
    throw cause instanceof ZipError ? cause : new ZipError((cause as Error).message)
  }
  return paths.map((path) => ({ path, bytes: files[path]! }))
}

const clean = (name: string): string => JSON.stringify(name.slice(0, 80))
