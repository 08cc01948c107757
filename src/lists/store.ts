import { type DBSchema, type IDBPDatabase, openDB } from 'idb'
import type { SharedList } from './list.ts'

/** Whose signature under shared lists a person trusts. */
export interface Issuer {
  /** Ed25519 public key, base64url. */
  key: string
  /** As the person knows them; what a file says of itself changes it no more. */
  name: string
  /** Epoch milliseconds. */
  since: number
}

/** The latest issue of a list that was taken. It outlives the list, so that an older issue never comes back. */
export interface Issue {
  key: string
  /** Name of the list. */
  name: string
  sequence: number
  digest: string
  /** Where it was fetched from; '' for a file. */
  address: string
  /** Epoch milliseconds. */
  takenAt: number
  /** Absent once it was removed. */
  list?: SharedList
}

interface Schema extends DBSchema {
  issuers: { key: string; value: Issuer }
  issues: { key: [string, string]; value: Issue }
}
export type ListDatabase = IDBPDatabase<Schema>

/** Apart from the records: clearing those leaves trust and the numbers of issues as they are. */
const DATABASE = 'mingcha-lists'

/** Runs `use` on the database and closes it again; it is needed seldom. */
export async function withLists<T>(use: (db: ListDatabase) => Promise<T>): Promise<T> {
  const db = await openDB<Schema>(DATABASE, 1, {
    upgrade: (db) => {
      db.createObjectStore('issuers', { keyPath: 'key' })
      db.createObjectStore('issues', { keyPath: ['key', 'name'] })
    },
  })
  try {
    return await use(db)
  } finally {
    db.close()
  }
}

export const trust = (issuer: Issuer): Promise<unknown> => withLists((db) => db.put('issuers', issuer))
