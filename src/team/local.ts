import { type DBSchema, type IDBPDatabase, openDB } from 'idb'
import type { CloudEvent } from '../cloudevent.ts'

/** An event of the team's record as this browser keeps it; `seq` is its place in the record. */
export interface Recorded {
  seq: number
  /** Case key. */
  subject: string
  event: CloudEvent
}

interface Schema extends DBSchema {
  outbox: { key: number; value: CloudEvent }
  record: { key: number; value: Recorded; indexes: { subject: string } }
  own: { key: string; value: string }
  /** How much of what was done of a case the outbox has taken, by case key; see deedsOf. */
  told: { key: string; value: number }
}

const MIGRATIONS: ((db: IDBPDatabase<Schema>) => void)[] = [
  (db) => {
    db.createObjectStore('outbox', { autoIncrement: true })
    db.createObjectStore('record', { keyPath: 'seq' }).createIndex('subject', 'subject')
    db.createObjectStore('own')
  },
  (db) => void db.createObjectStore('told'),
]

/** What a browser keeps of its team: what it has still to send, and the record as far as it has read it. */
export class Local {
  readonly #db: Promise<IDBPDatabase<Schema>>

  constructor(name = 'mingcha-team') {
    this.#db = openDB<Schema>(name, MIGRATIONS.length, { upgrade: (db, from) => MIGRATIONS.slice(from).forEach((step) => step(db)) })
    // Whoever asks first is told.
    this.#db.catch(() => undefined)
  }

  /** A name of this browser among those of the same person, made once. */
  async installation(): Promise<string> {
    const db = await this.#db
    const tx = db.transaction('own', 'readwrite', { durability: 'strict' })
    const name = (await tx.store.get('installation')) ?? crypto.randomUUID()
    await tx.store.put(name, 'installation')
    await tx.done
    return name
  }

  /** On disk when the promise resolves, with how much of the case is told now. */
  async add(events: readonly CloudEvent[], told?: { key: string; count: number }): Promise<void> {
    const tx = (await this.#db).transaction(['outbox', 'told'], 'readwrite', { durability: 'strict' })
    for (const event of events) void tx.objectStore('outbox').add(event)
    if (told) void tx.objectStore('told').put(told.count, told.key)
    await tx.done
  }

  async told(key: string): Promise<number> {
    return (await (await this.#db).get('told', key)) ?? 0
  }

  /** Forgets everything, also what was not sent. */
  async clear(): Promise<void> {
    const names = ['outbox', 'record', 'own', 'told'] as const
    const tx = (await this.#db).transaction(names, 'readwrite')
    await Promise.all(names.map((name) => tx.objectStore(name).clear()))
    await tx.done
  }

  /** The oldest entries, in the order in which they were added. */
  async outbox(most: number): Promise<{ number: number; event: CloudEvent }[]> {
    const { store } = (await this.#db).transaction('outbox')
    const [numbers, events] = await Promise.all([store.getAllKeys(null, most), store.getAll(null, most)])
    return numbers.map((number, index) => ({ number, event: events[index]! }))
  }

  async waiting(): Promise<number> {
    return (await this.#db).count('outbox')
  }

  async sent(numbers: readonly number[]): Promise<void> {
    const tx = (await this.#db).transaction('outbox', 'readwrite')
    await Promise.all(numbers.map((number) => tx.store.delete(number)))
    await tx.done
  }

  async keep(recorded: readonly Recorded[]): Promise<void> {
    const tx = (await this.#db).transaction('record', 'readwrite', { durability: 'strict' })
    await Promise.all(recorded.map((one) => tx.store.put(one)))
    await tx.done
  }

  /** Everything that happened to a case, oldest first, each event once. */
  async history(key: string): Promise<CloudEvent[]> {
    const recorded = await (await this.#db).getAllFromIndex('record', 'subject', key)
    // A copy that came after the server had forgotten the first is the same event.
    const once = new Map<string, CloudEvent>()
    for (const { event } of recorded.sort((a, b) => a.seq - b.seq)) {
      const name = `${event.source} ${event.id}`
      if (!once.has(name)) once.set(name, event)
    }
    return [...once.values()]
  }

  async close(): Promise<void> {
    ;(await this.#db).close()
  }
}
