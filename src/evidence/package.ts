/** A case and its captures as one WACZ 1.1.1 file, which archive readers open and any ZIP program unpacks. */
import type { Capture, Case } from '../types.ts'
import { cdxj } from './cdxj.ts'
import { sha256, utf8 } from './hash.ts'
import { historyChain } from './history.ts'
import { type EvidenceList, evidenceList, type Item, type ItemCategory, listHtml, type Particulars, serverTime } from './list.ts'
import { readWarc, warcDate, type WarcRecord, writeWarc } from './warc.ts'
import { type Entry, writeZip } from './zip.ts'

export interface PackageSource {
  case: Case
  /** Oldest first; may be empty where only the text is left. */
  captures: readonly Capture[]
  particulars: Particulars
  /** Epoch milliseconds. With the times of the captures, the only times that the package holds. */
  madeAt: number
  timeZone: string
  /** Version of the program that writes it. */
  software: string
  /** Chinese name of the site. */
  siteName: string
}

export const PATHS = {
  archive: 'archive/data.warc',
  index: 'indexes/index.cdxj',
  pages: 'pages/pages.jsonl',
  case: 'evidence/case.jsonl',
  history: 'evidence/history.jsonl',
  list: 'evidence/list.json',
  listPage: 'evidence/list.html',
  manifest: 'evidence/manifest-sha256.txt',
  timestamp: 'evidence/timestamp.tsr',
  package: 'datapackage.json',
  digest: 'datapackage-digest.json',
} as const

/** Entries of every package, in their order; the time token alone may be missing. */
export const ORDER: readonly string[] = Object.values(PATHS)

/** Begins the names of the pictures that were cut from a screenshot. */
const CUTTING = 'urn:cutting:'

/** Same source, same bytes. */
export async function writePackage(source: PackageSource): Promise<Uint8Array<ArrayBuffer>> {
  const { captures, madeAt, software } = source
  const archive = await writeWarc(recordsOf(source))
  const records = await readWarc(archive)
  const { text: history, head } = await historyChain(source.case.history)
  const entries: Entry[] = [
    { path: PATHS.archive, bytes: archive },
    { path: PATHS.index, bytes: utf8(cdxj(records, 'data.warc')) },
    { path: PATHS.pages, bytes: utf8(pagesOf(source)) },
    { path: PATHS.case, bytes: utf8(`${JSON.stringify(source.case)}\n`) },
    { path: PATHS.history, bytes: utf8(history) },
  ]
  const listed = await Promise.all(entries.map(itemOf))
  const inside: Item[] = records.filter(({ uri }) => uri).map(({ type, uri, timestamp, mime, block, digest }) => ({
    category: type === 'metadata' ? 'metadata' : uri.startsWith(CUTTING) ? 'cutting' : mime === 'text/html' ? 'page' : mime === 'image/png' ? 'picture' : 'text',
    name: recordName({ uri, timestamp }), format: mime, bytes: block.length, sha256: digest.replace('sha256:', ''),
  }))
  const list: EvidenceList = evidenceList({ ...source, captures, head, items: [...inside, ...listed] })
  entries.push({ path: PATHS.list, bytes: utf8(`${JSON.stringify(list, null, 2)}\n`) }, { path: PATHS.listPage, bytes: utf8(listHtml(list)) })
  entries.push({ path: PATHS.manifest, bytes: utf8(await manifestOf(entries)) })
  return sealed(entries, { title: `${list.title.zh} ${source.case.key}`, description: `${list.statement.zh} ${list.statement.en}`, created: warcDate(madeAt), software: `Mingcha ${software}` })
}

/** Puts a time token over the manifest into a package that was verified; see timestamp.ts. */
export function withTimestamp(entries: readonly Entry[], token: Uint8Array): Promise<Uint8Array<ArrayBuffer>> {
  const { title, description, created, software } = JSON.parse(new TextDecoder().decode(entries.find(({ path }) => path === PATHS.package)!.bytes)) as Described
  const listed = entries.filter(({ path }) => path !== PATHS.package && path !== PATHS.digest && path !== PATHS.timestamp)
  return sealed([...listed, { path: PATHS.timestamp, bytes: token }], { title, description, created, software })
}

interface Described {
  title: string
  description: string
  created: string
  software: string
}

/** Adds the data package and its digest, which list and hash all that stands before them. */
async function sealed(entries: readonly Entry[], described: Described): Promise<Uint8Array<ArrayBuffer>> {
  const digests = await Promise.all(entries.map(({ bytes }) => sha256(bytes)))
  const datapackage = utf8(`${JSON.stringify({
    profile: 'data-package',
    wacz_version: '1.1.1',
    ...described,
    resources: entries.map(({ path, bytes }, index) => ({ name: path.split('/')[1]!, path, hash: `sha256:${digests[index]}`, bytes: bytes.length })),
  }, null, 2)}\n`)
  const digest = utf8(`${JSON.stringify({ path: PATHS.package, hash: `sha256:${await sha256(datapackage)}` })}\n`)
  return writeZip([...entries, { path: PATHS.package, bytes: datapackage }, { path: PATHS.digest, bytes: digest }])
}

/** One line a file, as `sha256sum --check` reads them in the unpacked folder. */
export async function manifestOf(entries: readonly Entry[]): Promise<string> {
  return (await Promise.all(entries.map(async ({ path, bytes }) => `${await sha256(bytes)}  ${path}\n`))).join('')
}

/** How the list calls a record of the archive. */
export const recordName = ({ uri, timestamp }: { uri: string; timestamp: string }): string => `${PATHS.archive}#${timestamp}/${uri}`

const FORMATS: Record<string, [ItemCategory, string]> = {
  [PATHS.archive]: ['archive', 'application/warc'],
  [PATHS.index]: ['index', 'text/x-cdxj'],
  [PATHS.pages]: ['pages', 'application/x-ndjson'],
  [PATHS.case]: ['case', 'application/x-ndjson'],
  [PATHS.history]: ['history', 'application/x-ndjson'],
}

async function itemOf({ path, bytes }: Entry): Promise<Item> {
  const [category, format] = FORMATS[path]!
  return { category, name: path, format, bytes: bytes.length, sha256: await sha256(bytes) }
}

/** Address under which a capture is archived: the post's own, or that of the page. */
function addressOf(one: Case, capture?: Capture): string {
  const address = [one.post.permalink, capture?.url ?? one.pageUrl].find((url) => /^https?:/.test(url) && URL.canParse(url))
  if (!address) throw new Error(`${one.key}: 没有网址，不能写成证据包。 No address, no package.`)
  const url = new URL(address)
  url.hash = ''
  return url.href
}

function recordsOf({ case: one, captures, madeAt, software }: PackageSource): WarcRecord[] {
  const info = `software: Mingcha ${software}\r\nformat: WARC File Format 1.1\r\nconformsTo: https://iipc.github.io/warc-specifications/specifications/warc-format/warc-1.1/\r\n`
  const records: WarcRecord[] = [{ type: 'warcinfo', at: madeAt, contentType: 'application/warc-fields', block: utf8(info) }]
  for (const capture of captures) {
    const { html, text, screenshot, cuttings, ...facts } = capture
    const [uri, at, page] = [addressOf(one, capture), capture.at, records.length]
    records.push({ type: 'resource', uri, at, contentType: 'text/html; charset=utf-8', block: utf8(html) })
    records.push({ type: 'resource', uri: `urn:text:${uri}`, at, contentType: 'text/plain; charset=utf-8', block: utf8(text) })
    if (screenshot) records.push({ type: 'resource', uri: `urn:view:${uri}`, at, contentType: 'image/png', block: screenshot })
    // Under names of their own: what was shown at an address is not what that address gives.
    const listed = cuttings?.map(({ shown, ...where }, index) => ({ ...where, ...(shown ? { record: `${CUTTING}${index + 1}:${uri}`, shown } : {}) }))
    for (const { record, shown } of listed ?? []) if (shown) records.push({ type: 'resource', uri: record!, at, contentType: 'image/png', block: shown.png })
    records.push({ type: 'metadata', uri: `urn:metadata:${uri}`, at, contentType: 'application/json', block: utf8(`${JSON.stringify({ ...facts, ...(listed ? { cuttings: listed.map(({ shown, ...where }) => ({ ...where, ...(shown ? { width: shown.width, height: shown.height } : {}) })) } : {}), serverDate: { value: null, reason: serverTime(facts.source) } }, null, 2)}\n`), refersTo: page })
  }
  if (captures.length === 0) records.push({ type: 'resource', uri: addressOf(one), at: one.lastSeen, contentType: 'text/plain; charset=utf-8', block: utf8(one.post.text) })
  return records
}

function pagesOf({ case: one, captures }: PackageSource): string {
  const shown = captures.length > 0 ? captures.map((capture) => ({ at: capture.at, url: addressOf(one, capture), title: capture.title, text: capture.text })) : [{ at: one.lastSeen, url: addressOf(one), title: one.post.title ?? '', text: one.post.text }]
  const lines = [{ format: 'json-pages-1.0', id: 'pages', title: one.key, hasText: true }, ...shown.map(({ at, url, title, text }, index) => ({ id: `page-${index + 1}`, url, ts: warcDate(at), title, text }))]
  return lines.map((line) => `${JSON.stringify(line)}\n`).join('')
}
