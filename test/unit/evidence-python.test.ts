/** Readers that are not ours: warcio, cdxj-indexer and wacz for packages, stix2-validator and pymisp for exports. */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { misp } from '../../src/export/misp.ts'
import { stix } from '../../src/export/stix.ts'
import { TLP } from '../../src/export/tlp.ts'
import { utf8 } from '../../src/evidence/hash.ts'
import { writePackage } from '../../src/evidence/package.ts'
import { verifyPackage } from '../../src/evidence/verify.ts'
import { type Entry, readZip, writeZip } from '../../src/evidence/zip.ts'
import { pythonEnvironment } from '../evidence/python.ts'
import { reseal } from '../evidence/reseal.ts'
import { capture, CASES, CUTTINGS, meta, sample, source } from '../evidence/sample.ts'
import { written } from './written.ts'

const bin = pythonEnvironment()
const folder = mkdtempSync(join(tmpdir(), 'mingcha-evidence-'))
let count = 0
function kept(bytes: Uint8Array): string {
  const path = join(folder, `${count++}.wacz`)
  writeFileSync(path, bytes)
  return path
}
const wacz = (bytes: Uint8Array) => spawnSync(join(bin!, 'wacz'), ['validate', '-f', kept(bytes)], { encoding: 'utf8' })

interface Checked {
  flip: number | null
  problem: string | null
}
function check(bytes: Uint8Array, flips: readonly number[] = []): Checked[] {
  const { stdout, stderr } = spawnSync(join(bin!, 'python'), ['test/evidence/check.py', kept(bytes), ...flips.map(String)], { encoding: 'utf8', maxBuffer: 1e8 })
  const lines = stdout.trim().split('\n').map((line) => JSON.parse(line || '{}') as Checked)
  expect(lines, stderr).toHaveLength(flips.length + 1)
  return lines
}

describe.skipIf(!bin)('readers that are not ours', () => {
  test.each([
    ['one capture', source()],
    ['several captures', source({ captures: [capture(), capture({ at: capture().at + 90_000, url: 'https://weibo.com/?a=%E5%81%9C&&b/', html: '<p>\r\n\r\nWARC/1.1\r\n', text: '' })] })],
    ['a post without an address of its own', source({ case: { ...sample(), post: { ...sample().post, permalink: '' } }, captures: [capture({ url: 'https://www.bilibili.com/video/BV1xx/?b=2&a=%2F#reply1' })] })],
    ['pictures cut from the screenshot', source({ captures: [capture({ cuttings: [...CUTTINGS] })] })],
    ['text alone', source({ captures: [] })],
  ])('take %s', async (_, from) => {
    const bytes = await writePackage(from)
    expect(wacz(bytes)).toMatchObject({ status: 0 })
    expect(check(bytes)).toEqual([{ flip: null, problem: null }])
  }, 60_000)

  test('get every payload back byte for byte', async () => {
    const { stdout } = spawnSync(join(bin!, 'python'), ['-c', `
import base64, io, json, sys, zipfile
from warcio.archiveiterator import ArchiveIterator
archive = io.BytesIO(zipfile.ZipFile(sys.argv[1]).read("archive/data.warc"))
print(json.dumps([[r.rec_type, r.rec_headers.get_header("WARC-Target-URI"), r.rec_headers.get_header("WARC-Date"), base64.b64encode(r.content_stream().read()).decode()] for r in ArchiveIterator(archive)]))`, kept(await writePackage(source()))], { encoding: 'utf8' })
    const records = JSON.parse(stdout) as [string, string | null, string, string][]
    const { html, text, screenshot, ...facts } = capture()
    const address = 'https://weibo.com/1001/P5098?from=feed&a=1'
    expect(records.map(([type, uri]) => [type, uri])).toEqual([
      ['warcinfo', null], ['resource', address], ['resource', `urn:text:${address}`], ['resource', `urn:view:${address}`], ['metadata', `urn:metadata:${address}`],
    ])
    const payloads = records.map(([, , , payload]) => Buffer.from(payload, 'base64'))
    expect(payloads.slice(1, 4)).toEqual([Buffer.from(html), Buffer.from(text), Buffer.from(screenshot!)])
    expect(JSON.parse(payloads[4]!.toString())).toEqual({ ...facts, serverDate: { value: null, reason: { zh: expect.stringContaining('未取得：') as string, en: expect.stringContaining('Not available:') as string } } })
    expect(records[1]![2]).toBe('2026-11-23T06:05:09Z')
  }, 60_000)

  test('refuse every changed byte: one in forty, and all of the directory', async () => {
    const bytes = await writePackage(source())
    const flips = Array.from(bytes, (_, at) => at).filter((at) => at % 40 === 0 || at > bytes.length - 900)
    expect(check(bytes, flips).filter(({ flip, problem }) => (flip === null) !== (problem === null))).toEqual([])
  }, 120_000)

  const changes: [string, (entries: Entry[]) => Entry[] | Promise<Entry[]>][] = [
    ['a missing file', (entries) => entries.filter(({ path }) => path !== 'evidence/list.html')],
    ['an added file', (entries) => [...entries, { path: 'evidence/more.txt', bytes: utf8('more') }]],
    ['files in another order', ([first, second, ...rest]) => [second!, first!, ...rest]],
    ['a payload of the archive', (entries) => edited(entries, 'archive/data.warc', (text) => text.replace('小鹿', '小马'))],
    ['history without its second entry, sealed again', (entries) => reseal(edited(entries, 'evidence/history.jsonl', (text) => text.split('\n').filter((_, index) => index !== 1).join('\n')))],
    ['history in another order, sealed again', (entries) => reseal(edited(entries, 'evidence/history.jsonl', (text) => { const [a, b, ...rest] = text.split('\n'); return [b, a, ...rest].join('\n') }))],
    ['an index that points elsewhere, sealed again', (entries) => reseal(edited(entries, 'indexes/index.cdxj', (text) => text.replace('"offset":"555"', '"offset":"556"')))],
    ['another digest on the list, sealed again', (entries) => reseal(edited(entries, 'evidence/list.json', (text) => text.replace(/"sha256": "[0-9a-f]/, '"sha256": "x')))],
  ]
  test.each(changes)('refuse %s, and so do we', async (_, change) => {
    const whole = await writePackage(source())
    const bytes = writeZip(await change(readZip(whole)))
    expect(check(bytes)[0]!.problem).not.toBeNull()
    expect((await verifyPackage(bytes)).findings).not.toEqual([])
  })
  test('wacz too refuses a changed payload and an added file', async () => {
    const entries = readZip(await writePackage(source()))
    expect(wacz(writeZip(edited(entries, 'archive/data.warc', (text) => text.replace('小鹿', '小马')))).stdout).toContain('invalid')
    expect(wacz(writeZip([...entries, { path: 'evidence/more.txt', bytes: utf8('more') }])).stdout).toContain('invalid')
  }, 60_000)
})

describe.skipIf(!bin)('the validators of those who define the formats', () => {
  const read = (kind: 'stix' | 'misp', text: string): { problems: string[]; objects: string[] } => {
    const path = join(folder, `${kind}.json`)
    writeFileSync(path, text)
    const { stdout, stderr } = spawnSync(join(bin!, 'python'), ['test/evidence/interchange.py', kind, path], { encoding: 'utf8' })
    expect(stdout, stderr).toContain('problems')
    return JSON.parse(stdout) as { problems: string[]; objects: string[] }
  }
  test.each(TLP)('take a STIX bundle marked %s', (tlp) => expect(read('stix', written(stix, CASES, { ...meta, tlp }))).toMatchObject({ problems: [], objects: expect.arrayContaining(['marking-definition', 'observed-data', 'opinion']) as string[] }), 60_000)
  test('refuse a broken STIX bundle', () => expect(read('stix', (written(stix, CASES, meta)).replace('"number_observed": 1', '"number_observed": "x"')).problems).not.toEqual([]), 60_000)
  test('take a MISP event', () => expect(read('misp', written(misp, CASES, meta))).toMatchObject({ problems: [], objects: expect.arrayContaining(['microblog', 'user-account', 'instant-message-group', 'organization']) as string[] }), 60_000)
  test('refuse a MISP object with a relation of no template', () => expect(read('misp', (written(misp, CASES, meta)).replace('"username-quoted"', '"no-such-relation"')).problems).not.toEqual([]), 60_000)
})

function edited(entries: readonly Entry[], path: string, edit: (text: string) => string): Entry[] {
  return entries.map((entry) => {
    if (entry.path !== path) return entry
    const before = new TextDecoder().decode(entry.bytes)
    const after = edit(before)
    expect(after).not.toBe(before)
    return { path, bytes: utf8(after) }
  })
}
