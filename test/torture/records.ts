/** Messages, stored values and files of other people, past the checks that stand before them. */
import * as fc from 'fast-check'
import { capture, sample, source } from '../evidence/sample.ts'
import { verifyPackage } from '../../src/evidence/verify.ts'
import { ORDER, writePackage } from '../../src/evidence/package.ts'
import { writeZip } from '../../src/evidence/zip.ts'
import { csv } from '../../src/export/csv.ts'
import { jsonl } from '../../src/export/jsonl.ts'
import { readList, readLists } from '../../src/export/import.ts'
import { isPost, isVerdict } from '../../src/checks.ts'
import { BATCH_LIMIT, CHECKS, isCapture, type MessageName } from '../../src/messages.ts'
import { DEFAULTS, DISPLAYS, settingsOf } from '../../src/store/settings.ts'
import { MOST_RULES } from '../../src/store/rules.ts'
import { adapters } from '../../src/sites/index.ts'
import { merge } from '../../src/store/merge.ts'
import { caseKey } from '../../src/types.ts'
import { meta } from '../evidence/sample.ts'
import { type Property, property, sure, within } from './property.ts'
import { text } from './texts.ts'

/** What structured cloning brings: any JSON, and what JSON has not. */
const anything = fc.anything({ withBigInt: true, withDate: true, withMap: true, withSet: true, withTypedArray: true, withSparseArray: true, withNullPrototype: true, maxDepth: 3 })
const { post, verdict } = sample()
const SOUND: { [N in MessageName]: unknown } = {
  judge: { posts: [post], pageUrl: 'https://weibo.com/' },
  report: { post, pageUrl: '', verdict, category: null, note: '' },
  withdraw: { key: 'weibo:1' },
  hand: { key: 'weibo:1', to: '12377', receipt: '' },
  preserve: { key: 'weibo:1' },
  decide: { choices: [{ key: 'weibo:1', decision: 'open' }] },
  check: { text: '停息挂账' },
  settings: {},
  norms: {},
  deliver: {},
  badge: { state: 'on', flagged: 1 },
  engineState: {},
  engineRetry: {},
  engineWake: {},
  classify: { texts: ['停息挂账'] },
  engineStatus: {},
  engineEnd: {},
  tabState: {},
  show: { key: 'weibo:1' },
  capture: { key: 'weibo:1' },
  captured: {},
  decided: { key: 'weibo:1', decision: 'open', reported: false },
}
const NAMES = Object.keys(SOUND) as MessageName[]
const long = fc.constantFrom(501, 5_000, 1_000_000).map((length) => '长'.repeat(length))
const poison = fc.oneof({ weight: 6, arbitrary: anything }, { weight: 2, arbitrary: text }, { weight: 1, arbitrary: long }, { weight: 1, arbitrary: fc.constantFrom<unknown>(NaN, Infinity, -1, 1e308, [], {}, null, '__proto__', Array.from({ length: 100_000 })) })

/** A sound value with one part of it, at any depth, replaced. */
export function spoiled(sound: unknown, steps: readonly number[], by: unknown): unknown {
  const [step, ...rest] = steps
  if (step === undefined || typeof sound !== 'object' || sound === null) return by
  const names = Object.keys(sound)
  if (names.length === 0) return by
  const name = names[step % names.length]!
  if (Array.isArray(sound)) return sound.map((one, at) => (String(at) === name ? spoiled(one, rest, by) : (one as unknown)))
  return { ...sound, [name]: spoiled((sound as Record<string, unknown>)[name], rest, by) }
}
const spoiling = fc.tuple(fc.array(fc.nat(20), { minLength: 1, maxLength: 4 }), poison)

/** Letters of all strings in it: what a message may bring at most. */
function weight(value: unknown, depth = 0): number {
  if (typeof value === 'string') return value.length
  if (typeof value !== 'object' || value === null || depth > 8) return 0
  return Object.values(value).reduce<number>((sum, one) => sum + weight(one, depth + 1), 0)
}

const siteIds = new Map(adapters.map(({ id, names }) => [names.zh, id]))
const SHEET = [...(csv.parts([sample()], meta) as Iterable<string>)].join('')
const LINES = [...(jsonl.parts([sample()], meta) as Iterable<string>)].join('')
const bytesOf = (written: string): Uint8Array => new TextEncoder().encode(written)

/** Sound bytes with a few changed, taken out or put in. */
const edits = fc.array(fc.tuple(fc.nat(), fc.constantFrom('set', 'cut', 'add'), fc.uint8Array({ minLength: 1, maxLength: 12 })), { minLength: 1, maxLength: 5 })
function edited(sound: Uint8Array, changes: readonly (readonly [number, string, Uint8Array])[]): Uint8Array {
  let bytes = Buffer.from(sound)
  for (const [where, how, part] of changes) {
    const at = where % (bytes.length + 1)
    bytes = Buffer.concat([bytes.subarray(0, at), how === 'cut' ? Buffer.alloc(0) : part, bytes.subarray(how === 'add' ? at : at + part.length)])
  }
  return new Uint8Array(bytes)
}
const file = fc.oneof(
  fc.uint8Array({ maxLength: 300 }),
  text.map(bytesOf),
  edits.map((changes) => edited(bytesOf(LINES), changes)),
  edits.map((changes) => edited(bytesOf(SHEET), changes)),
  spoiling.map(([steps, by]) => bytesOf(JSON.stringify(spoiled(sample(), steps, plain(by))))),
  fc.constantFrom(1_000, 10_000).map((depth) => bytesOf('{"a":'.repeat(depth))),
  fc.constantFrom(1_000, 10_000).map((depth) => bytesOf(`{"post":${'['.repeat(depth)}${']'.repeat(depth)}}`)),
)
/** What JSON keeps of it. */
function plain(value: unknown): unknown {
  try {
    return JSON.parse(JSON.stringify(value) ?? 'null')
  } catch {
    return null
  }
}

let sealed: Promise<Uint8Array> | undefined
const soundPackage = (): Promise<Uint8Array> => (sealed ??= writePackage(source({ captures: [capture({ screenshot: new Uint8Array(40) })] })))

export const MESSAGES: readonly Property[] = [
  property({
    name: 'message: anything',
    any: fc.tuple(fc.constantFrom(...NAMES), poison),
    holds: ([name, request]) => void within(name, () => CHECKS[name](request)),
  }),
  property({
    name: 'message: a sound one with a part replaced; what passes is bounded',
    any: fc.tuple(fc.constantFrom(...NAMES), spoiling),
    holds([name, [steps, by]]) {
      sure(CHECKS[name](SOUND[name]), `${name} is sound`)
      const request = spoiled(SOUND[name], steps, by) as Record<string, unknown>
      if (!within(name, () => CHECKS[name](request))) return
      const most = name === 'judge' ? BATCH_LIMIT * 25_000 : 30_000
      for (const part of Object.keys(SOUND[name] as object)) sure(weight(request[part]) <= most, `${name}.${part} holds ${weight(request[part])} letters`)
    },
  }),
]

export const RECORDS: readonly Property[] = [
  property({
    name: 'record: stored settings of any form',
    any: fc.oneof(anything, spoiling.map(([steps, by]) => spoiled({ ...DEFAULTS, sitesOff: ['weibo'], display: { weibo: 'fold' }, rules: [{ id: 'a', kind: 'phrase', phrase: '停息', until: 1 }] }, steps, by))),
    holds(stored) {
      const read = within('settingsOf', () => settingsOf(stored))
      sure(Object.values(read.display).every((one) => DISPLAYS.includes(one)), 'ways of display')
      sure(read.rules.length <= MOST_RULES, `${read.rules.length} rules`)
      sure(read.version === DEFAULTS.version && typeof read.moderator === 'boolean', 'all of it is there')
    },
  }),
  property({
    name: 'record: any value where a post, a verdict or a capture is expected',
    any: spoiling,
    holds([steps, by]) {
      isPost(spoiled(post, steps, by))
      isVerdict(spoiled(verdict, steps, by))
      isCapture(spoiled(capture(), steps, by))
    },
  }),
  property({
    name: 'import: any bytes; what is read is bounded and can be merged',
    any: file,
    async holds(bytes) {
      const { cases, problems } = readList(bytes, siteIds)
      for (const one of cases) {
        sure(one.key === caseKey(one.post), 'its key is that of its post')
        sure(isPost(one.post), `its post is as one that was read: ${JSON.stringify(one.post).slice(0, 200)}`)
        sure(isVerdict(one.verdict), 'its verdict is one')
        const { merged } = merge(sample(), one, 1)
        sure(merge(merged, one, 2).how !== 'new', 'it is known after that')
      }
      for (const { detail } of problems) sure(detail.length <= 1_000, `a problem of ${detail.length} letters`)
      const lists = await readLists([new File([bytes as Uint8Array<ArrayBuffer>], 'a')], siteIds, async (keys) => keys.map(() => undefined))
      sure(lists.cases.length === cases.length, 'both ways read the same')
    },
  }),
  property({
    name: 'package: any bytes where evidence is expected',
    any: fc.oneof(fc.uint8Array({ maxLength: 400 }).map((bytes) => ({ bytes })), edits.map((changes) => ({ changes }))),
    async holds(given) {
      const sound = await soundPackage()
      const bytes = 'bytes' in given ? given.bytes : edited(sound, given.changes)
      const { findings } = await verifyPackage(bytes)
      sure(findings.length > 0 || Buffer.from(bytes).equals(sound), 'what was changed is found')
      sure(findings.length <= 10_000 && findings.every(({ detail }) => detail.length <= 200), 'findings are bounded')
    },
  }),
  property({
    name: 'package: the right names with anything in them',
    any: fc.array(fc.oneof(fc.uint8Array({ maxLength: 100 }), fc.json({ maxDepth: 4 }).map(bytesOf), text.map(bytesOf), fc.constant(bytesOf('['.repeat(50_000)))), { minLength: ORDER.length, maxLength: ORDER.length }),
    async holds(parts) {
      const { findings } = await verifyPackage(writeZip(ORDER.map((path, at) => ({ path, bytes: parts[at]! }))))
      sure(findings.length > 0, 'none of them is a package')
    },
  }),
]
