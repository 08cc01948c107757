import { type DBSchema, type IDBPDatabase, openDB } from 'idb'
import { merge, type Merging } from './merge.ts'
import { type Capture, type Case, caseKey, type Choice, type Decision, type HistoryEntry, POLICY, type Post, type Practice, type Verdict } from './types.ts'

/** Flagged, unsure and reported posts on this machine, in IndexedDB. */
interface Schema extends DBSchema {
  cases: { key: string; value: Case; indexes: { lastSeen: number } }
  /** What pages showed of cases, numbered as they came. */
  captures: { key: number; value: Capture; indexes: { key: string } }
}
export type Database = IDBPDatabase<Schema>

export const DATABASE = 'mingcha'
/** Step n takes a database of version n to version n + 1. Never change one that was released: add another. */
const MIGRATIONS: ((db: Database) => void)[] = [
  (db) => {
    const cases = db.createObjectStore('cases', { keyPath: 'key' })
    cases.createIndex('lastSeen', 'lastSeen')
  },
  (db) => {
    const captures = db.createObjectStore('captures', { autoIncrement: true })
    captures.createIndex('key', 'key')
  },
]
export const VERSION = MIGRATIONS.length

/** An error that the person can act on; `reason` is a key of the message catalogue. */
export class StoreError extends Error {
  readonly reason: 'storeFull' | 'storeNewer' | 'storeBroken'
  constructor(reason: StoreError['reason'], cause: unknown) {
    super(`${reason}: ${cause instanceof Error ? cause.message : String(cause)}`, { cause })
    this.name = 'StoreError'
    this.reason = reason
  }
}

function named(cause: unknown): StoreError {
  if (cause instanceof StoreError) return cause
  const name = cause instanceof Error ? cause.name : ''
  if (name === 'QuotaExceededError') return new StoreError('storeFull', cause)
  if (name === 'VersionError') return new StoreError('storeNewer', cause)
  return new StoreError('storeBroken', cause)
}

const CHANNEL = 'mingcha-cases'

/** Calls back whenever any page or worker of the extension changed a case; returns the way to stop. */
export function onCasesChanged(callback: () => void): () => void {
  const channel = new BroadcastChannel(CHANNEL)
  channel.addEventListener('message', callback)
  return () => channel.close()
}

function tellChanged(count: number): void {
  const channel = new BroadcastChannel(CHANNEL)
  channel.postMessage(count)
  channel.close()
}

export interface Seen {
  post: Post
  pageUrl: string
  verdict: Verdict
}

/** Opens on first use and again after the browser closed the connection. Every failure is a {@link StoreError}. */
export class Store {
  #db: Promise<Database> | undefined
  readonly #now: () => number

  constructor(now: () => number = Date.now) {
    this.#now = now
  }

  #open(): Promise<Database> {
    this.#db ??= openDB<Schema>(DATABASE, VERSION, {
      upgrade: (db, from) => MIGRATIONS.slice(from).forEach((step) => step(db)),
      // Another version wants to upgrade: give way, and open again when next needed.
      blocking: () => void this.close(),
      terminated: () => (this.#db = undefined),
    }).catch((cause: unknown) => {
      this.#db = undefined
      throw named(cause)
    })
    return this.#db
  }

  async close(): Promise<void> {
    const db = this.#db
    this.#db = undefined
    ;(await db?.catch(() => undefined))?.close()
  }

  /** Cases of these keys; undefined where there is none. */
  async get(keys: readonly string[]): Promise<(Case | undefined)[]> {
    const db = await this.#open()
    try {
      const { store } = db.transaction('cases')
      return await Promise.all(keys.map((key) => store.get(key)))
    } catch (cause) {
      throw named(cause)
    }
  }

  /**
   * Keeps what was flagged or unsure, in one transaction; what was judged clean only where a case of it is known.
   * A known case keeps its decision and its report, and the verdict on the fullest text of it that was read: a
   * feed's excerpt says less than the post that it leads to.
   */
  async keep(seen: readonly Seen[]): Promise<(Case | undefined)[]> {
    const now = this.#now()
    const known = await this.get(seen.map(({ post }) => caseKey(post)))
    const kept = seen.filter(({ verdict }, index) => known[index] !== undefined || verdict.band !== 'clean')
    const changed = await this.#change(kept.map(({ post }) => caseKey(post)), (old, index) => {
      const { post, pageUrl, verdict } = kept[index]!
      if (!old) return fresh(kept[index]!, now, [entryOf(now, 'flagged', verdict.model)])
      const fuller = old.decision === 'open' && post.text.length >= old.post.text.length
      return { ...old, lastSeen: now, ...(fuller ? { post, pageUrl, verdict } : {}) }
    })
    const byKey = new Map(changed.map((one) => [one.key, one]))
    return seen.map(({ post }) => byKey.get(caseKey(post)))
  }

  /** Records a report once; a second one of the same post returns the first receipt. */
  async report(seen: Seen, category: Practice | null, note: string): Promise<Case> {
    const now = this.#now()
    const [reported] = await this.#change([caseKey(seen.post)], (known) => {
      const old = known ?? fresh(seen, now, [])
      if (old.report) return { ...old, lastSeen: now }
      return {
        ...old,
        lastSeen: now,
        report: { receipt: receiptOf(now), at: now, category, note },
        history: [...old.history, entryOf(now, 'reported', seen.verdict.model)],
      }
    })
    return reported!
  }

  /** Takes a report back. An unknown key is an error; without a report nothing changes. */
  async withdraw(key: string): Promise<Case> {
    const now = this.#now()
    const [withdrawn] = await this.#change([key], (old) => {
      if (!old) throw new StoreError('storeBroken', `no case ${key}`)
      const { report, ...rest } = old
      if (!report) return old
      return { ...rest, history: [...old.history, entryOf(now, 'withdrawn', old.verdict.model)] }
    })
    return withdrawn!
  }

  /** Notes where a reported case was taken besides; a second note for the same place takes the place of the first. */
  async hand(key: string, to: string, receipt: string): Promise<Case> {
    const now = this.#now()
    const [handed] = await this.#change([key], (old) => {
      if (!old?.report) throw new StoreError('storeBroken', `no report ${key}`)
      const others = (old.report.handed ?? []).filter((one) => one.to !== to)
      const report = { ...old.report, handed: [...others, { to, receipt, at: now }] }
      return { ...old, report, history: [...old.history, entryOf(now, 'handed', old.verdict.model)] }
    })
    return handed!
  }

  /** Keeps a capture and notes it in its case, both or neither. */
  async preserve(capture: Capture): Promise<Case> {
    const now = this.#now()
    const { post, verdict, url } = capture
    const [preserved] = await this.#change([capture.key], (old) => {
      const known = old ?? fresh({ post, pageUrl: url, verdict }, now, [])
      return { ...known, lastSeen: now, history: [...known.history, entryOf(now, 'preserved', verdict.model)] }
    }, capture)
    return preserved!
  }

  /** What pages showed of a case, oldest first. */
  async captures(key: string): Promise<Capture[]> {
    const db = await this.#open()
    try {
      return await db.getAllFromIndex('captures', 'key', key)
    } catch (cause) {
      throw named(cause)
    }
  }

  /** Decides known cases, all or none; an unknown key is an error. Repeating a decision adds nothing. */
  async decide(choices: readonly Choice[]): Promise<Case[]> {
    const now = this.#now()
    return this.#change(choices.map(({ key }) => key), (old, index) => {
      const { key, decision } = choices[index]!
      if (!old) throw new StoreError('storeBroken', `no case ${key}`)
      if (old.decision === decision) return old
      return { ...old, decision, history: [...old.history, entryOf(now, decision, old.verdict.model)] }
    })
  }

  /** Notes what a blind second reading said of a decided case; the decision stays. */
  async readAgain(key: string, said: Decision): Promise<Case> {
    const now = this.#now()
    const [read] = await this.#change([key], (old) => {
      if (!old || old.decision === 'open') throw new StoreError('storeBroken', `no decided case ${key}`)
      return { ...old, history: [...old.history, { ...entryOf(now, said, old.verdict.model), second: true }] }
    })
    return read!
  }

  /** Merges cases of colleagues, all or none, and says what each one meant. */
  async merge(cases: readonly Case[]): Promise<Merging[]> {
    const now = this.#now()
    const meant: Merging[] = []
    await this.#change(cases.map(({ key }) => key), (old, index) => {
      const { how, merged } = merge(old, cases[index]!, now)
      meant.push(how)
      return merged
    })
    return meant
  }

  /** Takes back cases of a backup of our own: unknown ones as they were, known ones as {@link merge} joins them. */
  async restore(cases: readonly Case[]): Promise<void> {
    const now = this.#now()
    await this.#change(cases.map(({ key }) => key), (old, index) => (old ? merge(old, cases[index]!, now).merged : cases[index]!))
  }

  /** Deletes cases last seen before this time. */
  async forget(before: number): Promise<void> {
    const db = await this.#open()
    try {
      const tx = db.transaction('cases', 'readwrite')
      const old = await tx.store.index('lastSeen').getAllKeys(IDBKeyRange.upperBound(before, true))
      for (const key of old) await tx.store.delete(key)
      await tx.done
      if (old.length > 0) tellChanged(old.length)
    } catch (cause) {
      throw named(cause)
    }
  }

  /** Deletes every case. */
  async clear(): Promise<void> {
    const db = await this.#open()
    try {
      await db.clear('cases')
    } catch (cause) {
      throw named(cause)
    }
    tellChanged(0)
  }

  /** All cases, newest first. */
  async all(): Promise<Case[]> {
    const db = await this.#open()
    try {
      return (await db.getAllFromIndex('cases', 'lastSeen')).reverse()
    } catch (cause) {
      throw named(cause)
    }
  }

  /** Read and written, with a capture where one is given, in one transaction that is on disk when the promise resolves. */
  async #change(keys: readonly string[], next: (old: Case | undefined, index: number) => Case, capture?: Capture): Promise<Case[]> {
    if (keys.length === 0) return []
    const db = await this.#open()
    try {
      const tx = db.transaction(['cases', 'captures'], 'readwrite', { durability: 'strict' })
      const changed: Case[] = []
      try {
        for (const [index, key] of keys.entries()) {
          const value = next(await tx.objectStore('cases').get(key), index)
          await tx.objectStore('cases').put(value)
          changed.push(value)
        }
        if (capture) await tx.objectStore('captures').add(capture)
      } catch (cause) {
        tx.done.catch(() => undefined)
        try { tx.abort() } catch { /* it has ended already */ }
        throw cause
      }
      await tx.done
      tellChanged(keys.length)
      return changed
    } catch (cause) {
      throw named(cause)
    }
  }
}

const entryOf = (at: number, what: HistoryEntry['what'], model: string): HistoryEntry => ({ at, what, model, policy: POLICY })

const fresh = ({ post, pageUrl, verdict }: Seen, now: number, history: Case['history']): Case => ({
  key: caseKey(post),
  post,
  pageUrl,
  verdict,
  firstSeen: now,
  lastSeen: now,
  decision: 'open',
  history,
})

/** Day and a random part that people can read out: no 0/O, 1/I. */
function receiptOf(now: number): string {
  const letters = '23456789ABCDEFGHJKLMNPQRSTUVWXYZ'
  const random = [...crypto.getRandomValues(new Uint8Array(6))].map((byte) => letters[byte % 32]).join('')
  return `MC-${new Date(now).toISOString().slice(0, 10).replaceAll('-', '')}-${random}`
}
