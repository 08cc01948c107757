/** Whether a package is what was written. Takes any bytes, never throws, and says each thing that is wrong and where. */
import type zh from '../../public/_locales/zh_CN/messages.json'
import { readJsonl } from '../export/jsonl.ts'
import type { Case } from '../types.ts'
import { sha256, textOfUtf8 } from './hash.ts'
import { brokenLink, historyChain } from './history.ts'
import type { Stamp } from './timestamp.ts'
import { manifestOf, ORDER, PATHS, recordName } from './package.ts'
import { type ReadRecord, readWarc } from './warc.ts'
import { type Entry, MOST_BYTES, readZip, writeZip } from './zip.ts'

export interface Finding {
  /** Path in the package, or '' for the file itself. */
  where: string
  /** Key of the message catalogue. */
  what: Extract<keyof typeof zh, `verify_${string}`>
  /** Record, line or byte; text of the package is quoted and short. */
  detail: string
}

export interface Verification {
  /** Of the whole file. */
  sha256: string
  /** Empty when all is as it was written. */
  findings: Finding[]
  entries: readonly Entry[]
  /** What it holds, where that could be read. */
  case?: Case
  /** What a time authority says of its manifest, where one was asked. */
  stamp?: Stamp
  records: readonly ReadRecord[]
}

/** @param roots certificates, DER, of the time authorities that the person trusts */
export async function verifyPackage(chosen: Uint8Array | Blob, roots: readonly Uint8Array[] = []): Promise<Verification> {
  const found: Verification = { sha256: '', findings: [], entries: [], records: [] }
  const say = (where: string, what: Finding['what'], detail = ''): unknown => found.findings.push({ where, what, detail: detail.slice(0, 200) })
  const size = chosen instanceof Uint8Array ? chosen.length : chosen.size
  if (size > MOST_BYTES) {
    say('', 'verify_tooBig', String(size))
    return found
  }
  const file = chosen instanceof Uint8Array ? chosen : new Uint8Array(await chosen.arrayBuffer())
  found.sha256 = await sha256(file)
  try {
    found.entries = readZip(file)
  } catch (cause) {
    say('', 'verify_container', (cause as Error).message)
    return found
  }
  const bytesOf = new Map(found.entries.map(({ path, bytes }) => [path, bytes]))
  namesAndOrder(found.entries, say)
  const differs = firstDifference(file, writeZip(found.entries))
  if (differs >= 0) say('', 'verify_bytes', `byte ${differs}`)

  /** A part that cannot be read is one finding, and the others are looked at all the same. */
  const part = async (path: string, check: (bytes: Uint8Array) => Promise<void>): Promise<void> => {
    const bytes = bytesOf.get(path)
    if (!bytes) return
    try {
      await check(bytes)
    } catch (cause) {
      say(path, 'verify_form', (cause as Error).message)
    }
  }
  await part(PATHS.digest, async (bytes) => {
    const { path, hash } = objectOf(bytes)
    const datapackage = bytesOf.get(PATHS.package)
    if (path !== PATHS.package || !datapackage || hash !== `sha256:${await sha256(datapackage)}`) say(PATHS.package, 'verify_hash')
  })
  await part(PATHS.package, async (bytes) => {
    const { wacz_version: version, resources } = objectOf(bytes)
    if (version !== '1.1.1') say(PATHS.package, 'verify_form', 'wacz_version')
    const listed = listOf(resources)
    const held = found.entries.filter(({ path }) => path !== PATHS.package && path !== PATHS.digest)
    for (const { path, bytes } of held) {
      const one = listed.find((resource) => resource['path'] === path)
      if (!one) say(path, 'verify_added', PATHS.package)
      else if (one['hash'] !== `sha256:${await sha256(bytes)}` || one['bytes'] !== bytes.length) say(path, 'verify_hash', PATHS.package)
    }
    for (const { path } of listed) if (typeof path !== 'string' || !held.some((entry) => entry.path === path)) say(String(path), 'verify_missing', PATHS.package)
    if (listed.map(({ path }) => path).join() !== held.map(({ path }) => path).join()) say(PATHS.package, 'verify_order')
  })
  await part(PATHS.manifest, async (bytes) => {
    const before = found.entries.slice(0, found.entries.findIndex(({ path }) => path === PATHS.manifest))
    if (textOfUtf8(bytes) !== (await manifestOf(before))) say(PATHS.manifest, 'verify_manifest')
  })
  await part(PATHS.archive, async (bytes) => void (found.records = await readWarc(bytes)))
  await part(PATHS.index, async (bytes) => {
    const at = disagreeing(textOfUtf8(bytes), found.records)
    if (at) say(PATHS.index, 'verify_index', at)
  })
  await part(PATHS.pages, async (bytes) => {
    const [header, ...pages] = textOfUtf8(bytes).trimEnd().split('\n').map((line) => objectOf(line))
    if (header?.['format'] !== 'json-pages-1.0') say(PATHS.pages, 'verify_form', 'format')
    pages.forEach(({ url, ts }, index) => {
      const there = found.records.some((record) => record.uri === url && record.timestamp === String(ts).replace(/\D/g, ''))
      if (!there) say(PATHS.pages, 'verify_index', `line ${index + 2}`)
    })
  })
  let head = ''
  await part(PATHS.history, async (bytes) => {
    const chain = await brokenLink(textOfUtf8(bytes))
    head = chain.head
    if (chain.entry > 0) say(PATHS.history, 'verify_chain', `line ${chain.entry}`)
  })
  await part(PATHS.case, async (bytes) => {
    const { cases, problems } = readJsonl(textOfUtf8(bytes))
    const [problem] = problems
    if (problem || cases.length !== 1) return void say(PATHS.case, 'verify_form', problem?.detail ?? '')
    found.case = cases[0]!
    const history = bytesOf.get(PATHS.history)
    if (history && (await historyChain(found.case.history)).text !== textOfUtf8(history)) say(PATHS.history, 'verify_case')
  })
  await part(PATHS.list, async (bytes) => {
    const { history, items } = objectOf(bytes)
    if ((history as { head?: unknown } | undefined)?.head !== head) say(PATHS.list, 'verify_list', 'history.head')
    // Two captures of one page within one second share a name: either may be meant.
    const digests = new Set(found.records.map((record) => `${recordName(record)} ${record.block.length} ${record.digest.replace('sha256:', '')}`))
    for (const { path, bytes } of found.entries) digests.add(`${path} ${bytes.length} ${await sha256(bytes)}`)
    listOf(items).forEach(({ name, bytes, sha256 }, index) => {
      if (!digests.has(`${name} ${bytes} ${sha256}`)) say(PATHS.list, 'verify_list', `items[${index}] ${JSON.stringify(name)}`)
    })
  })
  const manifest = bytesOf.get(PATHS.manifest)
  const token = bytesOf.get(PATHS.timestamp)
  if (token && manifest) {
    // Most packages have none, and its reader is larger than all the rest.
    const { readTimestamp } = await import('./timestamp.ts')
    try {
      found.stamp = await readTimestamp(token, manifest, roots)
      if (found.stamp.trusted === false) say(PATHS.timestamp, 'verify_authority', found.stamp.authority)
    } catch (cause) {
      say(PATHS.timestamp, 'verify_time', (cause as Error).message)
    }
  }
  return found
}

function namesAndOrder(entries: readonly Entry[], say: (where: string, what: Finding['what'], detail?: string) => unknown): void {
  const paths = entries.map(({ path }) => path)
  for (const path of ORDER) if (path !== PATHS.timestamp && !paths.includes(path)) say(path, 'verify_missing')
  for (const path of paths) if (!ORDER.includes(path)) say(path, 'verify_added')
  const known = paths.filter((path) => ORDER.includes(path))
  const late = known.findIndex((path, index) => index > 0 && ORDER.indexOf(path) < ORDER.indexOf(known[index - 1]!))
  if (late > 0) say(known[late]!, 'verify_order')
}

/** The first line of the index that is not of a record in its place, or '' . */
function disagreeing(index: string, records: readonly ReadRecord[]): string {
  const lines = index.trimEnd().split('\n')
  const left = new Set(records.filter(({ uri }) => uri).map(({ uri, timestamp, digest, offset, length }) => [uri, timestamp, digest, offset, length].join(' ')))
  for (const [at, line] of lines.entries()) {
    const [, timestamp, json] = /^\S+ (\d{14}) (\{.*\})$/.exec(line) ?? []
    if (!json || (at > 0 && line < lines[at - 1]!)) return `line ${at + 1}`
    const { url, digest, offset, length, filename } = objectOf(json)
    if (filename !== 'data.warc' || !left.delete([url, timestamp, digest, offset, length].join(' '))) return `line ${at + 1}`
  }
  return left.size > 0 ? `${left.size} records are not in it` : ''
}

/** Throws for what is no JSON object. */
function objectOf(written: Uint8Array | string): Record<string, unknown> {
  const value: unknown = JSON.parse(typeof written === 'string' ? written : textOfUtf8(written))
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new Error('not a JSON object')
  return value as Record<string, unknown>
}

function listOf(value: unknown): Record<string, unknown>[] {
  if (!Array.isArray(value) || !value.every((one) => typeof one === 'object' && one !== null)) throw new Error('not a list of objects')
  return value as Record<string, unknown>[]
}

function firstDifference(a: Uint8Array, b: Uint8Array): number {
  const length = Math.max(a.length, b.length)
  for (let at = 0; at < length; at++) if (a[at] !== b[at]) return at
  return -1
}
