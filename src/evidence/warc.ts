/** WARC/1.1 (ISO 28500:2017), records without HTTP headers. */
import { hex, sha256, textOfUtf8, utf8 } from './hash.ts'

export interface WarcRecord {
  type: 'warcinfo' | 'resource' | 'metadata'
  /** Absent from a warcinfo record alone. */
  uri?: string
  /** Epoch milliseconds; WARC-Date keeps whole seconds, as the index and the pages do. */
  at: number
  contentType: string
  block: Uint8Array
  /** Index, in the same file, of the record that this one describes. */
  refersTo?: number
}

/** Where a record stands in its file. */
export interface Placed {
  type: string
  uri: string
  /** 14 digits, UTC. */
  timestamp: string
  mime: string
  /** `sha256:` and 64 hexadecimal digits, of the block. */
  digest: string
  offset: number
  /** Without the line ends behind the block. */
  length: number
}

/** `2026-11-23T06:05:09Z` */
export const warcDate = (at: number): string => `${new Date(at).toISOString().slice(0, 19)}Z`

export async function writeWarc(records: readonly WarcRecord[]): Promise<Uint8Array<ArrayBuffer>> {
  const parts: Uint8Array[] = []
  const ids: string[] = []
  for (const [index, { type, uri, at, contentType, block, refersTo }] of records.entries()) {
    const digest = `sha256:${await sha256(block)}`
    ids.push(await idOf(`${index}\n${type}\n${uri ?? ''}\n${warcDate(at)}\n${digest}`))
    const head = [
      'WARC/1.1',
      `WARC-Type: ${type}`,
      `WARC-Record-ID: ${ids[index]}`,
      ...(uri ? [`WARC-Target-URI: ${uri}`] : ['WARC-Filename: data.warc']),
      `WARC-Date: ${warcDate(at)}`,
      ...(refersTo === undefined ? [] : [`WARC-Refers-To: ${ids[refersTo]}`]),
      `WARC-Block-Digest: ${digest}`,
      `WARC-Payload-Digest: ${digest}`,
      `Content-Type: ${contentType}`,
      `Content-Length: ${block.length}`,
    ]
    parts.push(utf8(`${head.join('\r\n')}\r\n\r\n`), block, utf8('\r\n\r\n'))
  }
  return joined(parts)
}

/** A UUID of version 8 (RFC 9562) made from what it names, so that the same record has the same id. */
async function idOf(text: string): Promise<string> {
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', utf8(text))).slice(0, 16)
  digest[6] = (digest[6]! & 0x0f) | 0x80
  digest[8] = (digest[8]! & 0x3f) | 0x80
  return `<urn:uuid:${hex(digest).replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5')}>`
}

/** A record as it was read; its headers by lower-case name. */
export interface ReadRecord extends Placed {
  headers: ReadonlyMap<string, string>
  block: Uint8Array
}

/** Why a WARC file was refused, and where. */
export class WarcError extends Error {
  override name = 'WarcError'
}

/** Reads every record and checks its digest. Throws {@link WarcError} at the first that is broken. */
export async function readWarc(file: Uint8Array): Promise<ReadRecord[]> {
  const records: ReadRecord[] = []
  for (let offset = 0; offset < file.length; ) {
    const wrong = (what: string): WarcError => new WarcError(`record ${records.length + 1} at byte ${offset}: ${what}`)
    const end = endOfHead(file, offset)
    if (end < 0) throw wrong('no end of headers')
    let head: string[]
    try {
      head = textOfUtf8(file.subarray(offset, end - 4)).split('\r\n')
    } catch {
      throw wrong('headers are not UTF-8')
    }
    if (head[0] !== 'WARC/1.1') throw wrong('not WARC/1.1')
    const headers = new Map<string, string>()
    for (const line of head.slice(1)) {
      const [, name, value] = /^([\w-]+): (.*)$/.exec(line) ?? []
      if (!name || headers.has(name.toLowerCase())) throw wrong(`header ${JSON.stringify(line.slice(0, 60))}`)
      headers.set(name.toLowerCase(), value!)
    }
    const size = Number(/^\d{1,9}$/.exec(headers.get('content-length') ?? '')?.[0] ?? NaN)
    const stop = end + size + 4
    if (!(stop <= file.length)) throw wrong('Content-Length is beyond the file')
    const block = file.subarray(end, end + size)
    if (hex(file.subarray(end + size, stop)) !== '0d0a0d0a') throw wrong('no end of record')
    const digest = `sha256:${await sha256(block)}`
    for (const name of ['warc-block-digest', 'warc-payload-digest']) if (headers.get(name) !== digest) throw wrong(`${name} is not that of the block`)
    const date = headers.get('warc-date') ?? ''
    if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/.test(date)) throw wrong('WARC-Date')
    records.push({
      headers, block, digest, offset, length: end + size - offset,
      type: headers.get('warc-type') ?? '', uri: headers.get('warc-target-uri') ?? '', timestamp: date.replace(/\D/g, ''),
      mime: (headers.get('content-type') ?? '').split(';')[0]!,
    })
    offset = stop
  }
  return records
}

/** No head is longer than this: the file is not searched further. */
const LONGEST_HEAD = 20_000

function endOfHead(file: Uint8Array, from: number): number {
  for (let at = from; at < Math.min(file.length - 3, from + LONGEST_HEAD); at++) {
    if (file[at] === 13 && file[at + 1] === 10 && file[at + 2] === 13 && file[at + 3] === 10) return at + 4
  }
  return -1
}

function joined(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0))
  let at = 0
  for (const part of parts) {
    whole.set(part, at)
    at += part.length
  }
  return whole
}
