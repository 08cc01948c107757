import { type DBSchema, type IDBPDatabase, type IDBPTransaction, openDB } from 'idb'
import { merge, type Merging } from './merge.ts'
import type { Endpoint } from '../sinks/endpoint.ts'
import type { Outbox, Pending } from '../sinks/outbox.ts'
import type { TeamChoice } from '../team/options.ts'
import { type Capture, type Case, caseKey, type Choice, type Decision, type HistoryEntry, type Kept, POLICY, type Post, type Practice, type Verdict } from '../types.ts'

/** Flagged, unsure and reported posts on this machine, in IndexedDB. */
interface Schema extends DBSchema {
  cases: { key: string; value: Case; indexes: { lastSeen: number } }
  /** What pages showed of cases, numbered as they came. */
  captures: { key: number; value: Capture; indexes: { key: string } }
  /** Reports that the organisation's endpoint does not have yet. */
  outbox: { key: string; value: Pending; indexes: { next: number; case: string } }
  /** Here and not with the settings: scripts in web pages' processes get at those, and an endpoint has a key. */
  own: { key: 'endpoint' | 'team'; value: OwnEndpoint | TeamChoice }
}
export type Database = IDBPDatabase<Schema>
/** What the person chose; `off` also where a policy names one. */
export type OwnEndpoint = Endpoint | 'off'
const WRITTEN = ['cases', 'captures', 'outbox'] as const
type Writing = IDBPTransaction<Schema, typeof WRITTEN, 'readwrite'>

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
  (db) => {
    const outbox = db.createObjectStore('outbox', { keyPath: 'id' })
    outbox.createIndex('next', 'next')
    outbox.createIndex('case', 'case.key')
    db.createObjectStore('own')
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

  /**
   * Records a report once; a second one of the same post returns the first receipt. `queued` also puts it into the
   * outbox: with the report or not at all.
   */
  async report(seen: Seen, category: Practice | null, note: string, queued = false): Promise<Case> {
    const now = this.#now()
    let isNew = false
    const queue = async (tx: Writing, [one]: Case[]): Promise<unknown> =>
      isNew && queued && tx.objectStore('outbox').add({ id: crypto.randomUUID(), case: { ...one!, history: [] }, tries: 0, next: now, why: '', said: '' })
    const [reported] = await this.#change([caseKey(seen.post)], (known) => {
      const old = known ?? fresh(seen, now, [])
      if (old.report) return { ...old, lastSeen: now }
      isNew = true
      return {
        ...old,
        lastSeen: now,
        report: { receipt: receiptOf(now), at: now, category, note },
        history: [...old.history, entryOf(now, 'reported', seen.verdict.model)],
      }
    }, queue)
    return reported!
  }

  /** Takes a report back, out of the outbox too. An unknown key is an error; without a report nothing changes. */
  async withdraw(key: string): Promise<Case> {
    const now = this.#now()
    const [withdrawn] = await this.#change([key], (old) => {
      if (!old) throw new StoreError('storeBroken', `no case ${key}`)
      const { report, ...rest } = old
      if (!report) return old
      return { ...rest, history: [...old.history, entryOf(now, 'withdrawn', old.verdict.model)] }
    }, async (tx) => {
      const outbox = tx.objectStore('outbox')
      for (const id of await outbox.index('case').getAllKeys(key)) await outbox.delete(id)
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
    }, (tx) => tx.objectStore('captures').add(capture))
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

  /** Decides known cases, all or none, in a reviewer's name ('' for none); an unknown key is an error. Repeating a decision adds nothing. */
  async decide(choices: readonly Choice[], by = ''): Promise<Case[]> {
    const now = this.#now()
    return this.#change(choices.map(({ key }) => key), (old, index) => {
      const { key, decision } = choices[index]!
      if (!old) throw new StoreError('storeBroken', `no case ${key}`)
      if (old.decision === decision) return old
      return { ...old, decision, history: [...old.history, signed(entryOf(now, decision, old.verdict.model), by)] }
    })
  }

  /** Notes what a blind second reading said of a decided case; the decision stays. */
  async readAgain(key: string, said: Decision, by = ''): Promise<Case> {
    const now = this.#now()
    const [read] = await this.#change([key], (old) => {
      if (!old || old.decision === 'open') throw new StoreError('storeBroken', `no decided case ${key}`)
      return { ...old, history: [...old.history, { ...signed(entryOf(now, said, old.verdict.model), by), second: true }] }
    })
    return read!
  }

  /** Makes the decision on a case the answer that readers are measured against, or no longer. */
  async setGolden(key: string, golden: boolean, by = ''): Promise<void> {
    const now = this.#now()
    await this.#change([key], (old) => {
      if (!old || !isJudgement(old.decision)) throw new StoreError('storeBroken', `no judged case ${key}`)
      return { ...old, history: [...old.history, { ...signed(entryOf(now, old.decision, old.verdict.model), by), golden }] }
    })
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

  /** Deletes cases last seen before this time, with what pages showed of them; `reviewed` also those that a person did something with. */
  async forget(before: number, reviewed: boolean): Promise<void> {
    const db = await this.#open()
    try {
      const tx = db.transaction(['cases', 'captures'], 'readwrite')
      const [cases, captures] = [tx.objectStore('cases'), tx.objectStore('captures')]
      let gone = 0
      for await (const { value } of cases.index('lastSeen').iterate(IDBKeyRange.upperBound(before, true))) {
        if (!reviewed && value.history.some(({ what }) => what !== 'flagged')) continue
        for (const capture of await captures.index('key').getAllKeys(value.key)) void captures.delete(capture)
        void cases.delete(value.key)
        gone++
      }
      await tx.done
      if (gone > 0) tellChanged(gone)
    } catch (cause) {
      throw named(cause)
    }
  }

  /** Deletes every case, what pages showed of them, and what still waits to be sent. */
  async clear(): Promise<void> {
    const db = await this.#open()
    try {
      const tx = db.transaction(WRITTEN, 'readwrite')
      await Promise.all([...WRITTEN.map((name) => tx.objectStore(name).clear()), tx.done])
    } catch (cause) {
      throw named(cause)
    }
    tellChanged(0)
  }

  /** How much is kept of what was read. */
  async kept(): Promise<Kept> {
    const db = await this.#open()
    try {
      const tx = db.transaction(WRITTEN)
      const [cases, captures, outbox, oldest] = await Promise.all([...WRITTEN.map((name) => tx.objectStore(name).count()), tx.objectStore('cases').index('lastSeen').get(IDBKeyRange.lowerBound(0))])
      return { cases: cases as number, captures: captures as number, outbox: outbox as number, ...(oldest ? { oldest: (oldest as Case).lastSeen } : {}) }
    } catch (cause) {
      throw named(cause)
    }
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

  /** What waits to be sent, the next one first. Cases that are deleted by age do not take it along: it was promised to the endpoint. */
  async pending(): Promise<Pending[]> {
    const db = await this.#open()
    try {
      return await db.getAllFromIndex('outbox', 'next')
    } catch (cause) {
      throw named(cause)
    }
  }

  /** Takes one out that the person no longer wants sent; its report stays. */
  async drop(id: string): Promise<void> {
    const db = await this.#open()
    try {
      await db.delete('outbox', id)
    } catch (cause) {
      throw named(cause)
    }
  }

  /** The endpoint that the person set; undefined where they chose nothing. */
  async endpoint(): Promise<OwnEndpoint | undefined> {
    const db = await this.#open()
    try {
      return (await db.get('own', 'endpoint')) as OwnEndpoint | undefined
    } catch (cause) {
      throw named(cause)
    }
  }

  async setEndpoint(endpoint: OwnEndpoint | undefined): Promise<void> {
    const db = await this.#open()
    try {
      await (endpoint === undefined ? db.delete('own', 'endpoint') : db.put('own', endpoint, 'endpoint'))
    } catch (cause) {
      throw named(cause)
    }
  }

  /** The team that the person joined; undefined for none. */
  async team(): Promise<TeamChoice | undefined> {
    const db = await this.#open()
    try {
      return (await db.get('own', 'team')) as TeamChoice | undefined
    } catch (cause) {
      throw named(cause)
    }
  }

  async setTeam(team: TeamChoice | undefined): Promise<void> {
    const db = await this.#open()
    try {
      await (team === undefined ? db.delete('own', 'team') : db.put('own', team, 'team'))
    } catch (cause) {
      throw named(cause)
    }
    tellChanged(0)
  }

  readonly outbox: Outbox = {
    due: async (now) => {
      const db = await this.#open()
      return db.getFromIndex('outbox', 'next', IDBKeyRange.upperBound(now))
    },
    next: async () => {
      const db = await this.#open()
      return (await db.transaction('outbox').store.index('next').openCursor())?.key
    },
    delivered: async (id, receipt) => {
      const now = this.#now()
      const db = await this.#open()
      const tx = db.transaction(['cases', 'outbox'], 'readwrite', { durability: 'strict' })
      const [outbox, cases] = [tx.objectStore('outbox'), tx.objectStore('cases')]
      const one = await outbox.get(id)
      await outbox.delete(id)
      const old = one && (await cases.get(one.case.key))
      // Taken back meanwhile, or reported anew: that report was not the one delivered.
      if (old?.report && old.report.receipt === one?.case.report?.receipt) {
        const report = { ...old.report, handed: [...(old.report.handed ?? []), { to: 'endpoint', receipt, at: now }] }
        await cases.put({ ...old, report, history: [...old.history, { at: now, what: 'handed', model: old.verdict.model }] })
      }
      await tx.done
      tellChanged(1)
    },
    change: async (to) => {
      const db = await this.#open()
      const tx = db.transaction('outbox', 'readwrite', { durability: 'strict' })
      for (const one of await tx.store.getAll()) {
        const changed = to(one)
        if (changed !== one) await tx.store.put(changed)
      }
      await tx.done
      tellChanged(0)
    },
  }

  /**
   * Read and written, with what else is to be written, in one transaction that is on disk when the promise resolves.
   * `also` may await nothing but the transaction's own requests.
   */
  async #change(keys: readonly string[], next: (old: Case | undefined, index: number) => Case, also?: (tx: Writing, changed: Case[]) => Promise<unknown>): Promise<Case[]> {
    if (keys.length === 0) return []
    const db = await this.#open()
    try {
      const tx = db.transaction(WRITTEN, 'readwrite', { durability: 'strict' })
      const changed: Case[] = []
      try {
        for (const [index, key] of keys.entries()) {
          const value = next(await tx.objectStore('cases').get(key), index)
          await tx.objectStore('cases').put(value)
          changed.push(value)
        }
        await also?.(tx, changed)
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

const isJudgement = (decision: Decision): boolean => decision === 'confirmed' || decision === 'wrong' || decision === 'unsure'
const entryOf = (at: number, what: HistoryEntry['what'], model: string): HistoryEntry => ({ at, what, model, policy: POLICY })
const signed = (entry: HistoryEntry, by: string): HistoryEntry => (by ? { ...entry, by } : entry)

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
