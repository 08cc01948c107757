import { type DBSchema, type IDBPDatabase, openDB } from 'idb'
import type { Verdict } from '../types.ts'

/** What was said of texts before, for texts that come again: in another tab, after a reload, after a restart. */
interface Schema extends DBSchema {
  /** Numbered as they came, so that the oldest are the lowest. No text, and no time. */
  verdicts: { key: number; value: { mark: string; verdict: Verdict }; indexes: { mark: string } }
  /** One key for HMAC-SHA-256, made at random for this profile; it cannot be read out. */
  secret: { key: string; value: CryptoKey }
}
type Database = IDBPDatabase<Schema>

/** A database of its own: nothing is lost with it, and a broken one harms no case. */
export const VERDICTS_DATABASE = 'mingcha-verdicts'
/** Step n takes a database of version n to version n + 1. Never change one that was released: add another. */
const MIGRATIONS: ((db: Database) => void)[] = [
  (db) => {
    db.createObjectStore('verdicts', { autoIncrement: true }).createIndex('mark', 'mark')
    db.createObjectStore('secret')
  },
]
export const VERDICTS_VERSION = MIGRATIONS.length

/** Verdicts kept, about 6 MB; the oldest are dropped first. */
export const MOST_VERDICTS = 20_000
/** Of a mark, in bytes: enough that two texts never share one. */
const MARK = 16

/**
 * Keeps verdicts by a keyed hash of model version and text, so that neither a text nor a hash that others could
 * compute is on disk. Where the disk fails, every text is simply judged.
 */
export class Verdicts {
  readonly #version: () => Promise<string>
  readonly #most: number
  /** Texts that are being judged now. */
  readonly #pending = new Map<string, Promise<Verdict>>()
  #open: Promise<{ db: Database; secret: CryptoKey }> | undefined

  /** @param version of the model in use: what another one said is neither kept nor found */
  constructor(version: () => Promise<string>, most = MOST_VERDICTS) {
    this.#version = version
    this.#most = most
  }

  /**
   * Verdicts of these texts, in order. `judge` is asked once for each different text that is neither known nor already
   * being judged for someone else, in one call, or not at all. Its rejection is passed on.
   */
  async of(texts: readonly string[], judge: (texts: string[]) => Promise<Verdict[]>): Promise<Verdict[]> {
    const fresh = [...new Set(texts)].filter((text) => !this.#pending.has(text))
    if (fresh.length > 0) {
      const found = this.#find(fresh, judge).finally(() => fresh.forEach((text) => this.#pending.delete(text)))
      fresh.forEach((text, index) => this.#pending.set(text, found.then((verdicts) => verdicts[index]!)))
    }
    return Promise.all(texts.map((text) => this.#pending.get(text)!))
  }

  /** How many texts are known by their mark. */
  async count(): Promise<number> {
    return (await this.#opened()).db.count('verdicts')
  }

  /** Forgets every text. */
  async clear(): Promise<void> {
    await (await this.#opened()).db.clear('verdicts')
  }

  /** Ends the connection; opens again when next needed. */
  async close(): Promise<void> {
    const opened = this.#open
    this.#open = undefined
    ;(await opened?.catch(() => undefined))?.db.close()
  }

  async #find(texts: string[], judge: (texts: string[]) => Promise<Verdict[]>): Promise<Verdict[]> {
    const version = await this.#version().catch(() => undefined)
    const marks = version === undefined ? undefined : await this.#marksOf(version, texts).catch(() => undefined)
    const known = (marks && (await this.#read(marks).catch(() => undefined))) ?? texts.map(() => undefined)
    const missing = texts.flatMap((text, index) => (known[index] ? [] : [{ text, mark: marks?.[index] }]))
    if (missing.length === 0) return known as Verdict[]
    const said = await judge(missing.map(({ text }) => text))
    const kept = missing.flatMap(({ mark }, index) => (mark && said[index] && said[index].band !== 'not_judged' && said[index].model === version ? [{ mark, verdict: said[index] }] : []))
    // Nobody waits for the disk.
    if (kept.length > 0) void this.#write(kept).catch(() => undefined)
    let next = 0
    return known.map((one) => one ?? said[next++]!)
  }

  #opened(): Promise<{ db: Database; secret: CryptoKey }> {
    this.#open ??= (async () => {
      const db = await openDB<Schema>(VERDICTS_DATABASE, VERDICTS_VERSION, {
        upgrade: (db, from) => MIGRATIONS.slice(from).forEach((step) => step(db)),
        blocking: () => void this.close(),
        terminated: () => (this.#open = undefined),
      })
      const made = await crypto.subtle.generateKey({ name: 'HMAC', hash: 'SHA-256' }, false, ['sign'])
      // In one transaction: of two that open at once, the second finds the key of the first.
      const { store, done } = db.transaction('secret', 'readwrite')
      const secret = (await store.get('hmac')) ?? made
      await store.put(secret, 'hmac')
      await done
      return { db, secret }
    })()
    this.#open.catch(() => (this.#open = undefined))
    return this.#open
  }

  async #marksOf(version: string, texts: readonly string[]): Promise<string[]> {
    const { secret } = await this.#opened()
    const encoder = new TextEncoder()
    return Promise.all(
      texts.map(async (text) => {
        const signed = await crypto.subtle.sign('HMAC', secret, encoder.encode(`${version}\n${text}`))
        return [...new Uint8Array(signed, 0, MARK)].map((byte) => byte.toString(16).padStart(2, '0')).join('')
      }),
    )
  }

  async #read(marks: readonly string[]): Promise<(Verdict | undefined)[]> {
    const { db } = await this.#opened()
    const index = db.transaction('verdicts').store.index('mark')
    return Promise.all(marks.map(async (mark) => (await index.get(mark))?.verdict))
  }

  async #write(entries: readonly { mark: string; verdict: Verdict }[]): Promise<void> {
    const { db } = await this.#opened()
    const { store, done } = db.transaction('verdicts', 'readwrite')
    let last = 0
    for (const entry of entries) last = await store.add(entry)
    await store.delete(IDBKeyRange.upperBound(last - this.#most))
    await done
  }
}
