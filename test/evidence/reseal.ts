import { createHash } from 'node:crypto'
import { utf8 } from '../../src/evidence/hash.ts'
import { PATHS } from '../../src/evidence/package.ts'
import type { Entry } from '../../src/evidence/zip.ts'

const digest = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex')

/** What a forger does after a change: every digest that covers whole files is made right again. */
export function reseal(entries: readonly Entry[]): Entry[] {
  const resealed = new Map(entries.map(({ path, bytes }) => [path, bytes]))
  const before = entries.slice(0, entries.findIndex(({ path }) => path === PATHS.manifest))
  resealed.set(PATHS.manifest, utf8(before.map(({ path, bytes }) => `${digest(bytes)}  ${path}\n`).join('')))
  const described = JSON.parse(new TextDecoder().decode(resealed.get(PATHS.package))) as { resources: { path: string; hash: string; bytes: number }[] }
  for (const resource of described.resources) {
    const bytes = resealed.get(resource.path)!
    Object.assign(resource, { hash: `sha256:${digest(bytes)}`, bytes: bytes.length })
  }
  resealed.set(PATHS.package, utf8(`${JSON.stringify(described, null, 2)}\n`))
  resealed.set(PATHS.digest, utf8(`${JSON.stringify({ path: PATHS.package, hash: `sha256:${digest(resealed.get(PATHS.package)!)}` })}\n`))
  return [...resealed].map(([path, bytes]) => ({ path, bytes }))
}
