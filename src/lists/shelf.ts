import { readSigned, SignedError } from '../signed/envelope.ts'
import { type Issue, type Issuer, type ListDatabase, withLists } from './store.ts'
import type { Held } from './known.ts'
import { listOfPayload, type SharedList } from './list.ts'

/** A list that was read and could be taken. */
export interface Offer {
  key: string
  digest: string
  list: SharedList
  /** Who is known to have this key; undefined where nobody is trusted with it. */
  issuer: Issuer | undefined
  address: string
  /** Entries that are new, differ or are withdrawn against the issue in use. */
  changes: { added: number; changed: number; withdrawn: number }
}

/** Clocks differ; an issue from further ahead is refused. */
const AHEAD = 86_400_000

/** Reads a signed list and says what taking it would change; nothing is kept. @throws {SignedError} */
export async function offerOf(text: string, address: string, now: number): Promise<Offer> {
  const { key, digest, payload } = await readSigned(text, 'list')
  const list = listOfPayload(payload)
  if (Date.parse(list.expires) <= now) throw new SignedError('signedExpired', list.expires)
  if (Date.parse(list.issued) > now + AHEAD) throw new SignedError('signedNotYet', list.issued)
  return withLists(async (db) => {
    const known = await db.get('issues', [key, list.list])
    if (known) follows(known, list.sequence, digest)
    return { key, digest, list, issuer: await db.get('issuers', key), address, changes: changesOf(known?.list, list) }
  })
}

/** Only what comes after the issue that was taken last may take its place. The one removed may be taken again. */
function follows(known: Issue, sequence: number, digest: string): void {
  if (sequence < known.sequence) throw new SignedError('signedOlder', `${sequence} < ${known.sequence}`)
  if (sequence > known.sequence) return
  if (digest !== known.digest) throw new SignedError('signedConflict', String(sequence))
  if (known.list) throw new SignedError('signedReplayed', String(sequence))
}

function changesOf(old: SharedList | undefined, { entries }: SharedList): Offer['changes'] {
  const known = new Map(old?.entries.map((entry) => [entry.id, entry]))
  const isLiving = (id: string): boolean => known.has(id) && known.get(id)!.state !== 'withdrawn'
  const listed = new Set(entries.map(({ id }) => id))
  const living = entries.filter(({ state }) => state !== 'withdrawn')
  return {
    added: living.filter(({ id }) => !isLiving(id)).length,
    changed: living.filter((entry) => isLiving(entry.id) && JSON.stringify(entry) !== JSON.stringify(known.get(entry.id))).length,
    withdrawn: entries.filter(({ id, state }) => state === 'withdrawn' && isLiving(id)).length + [...known.keys()].filter((id) => isLiving(id) && !listed.has(id)).length,
  }
}

/** Takes a list of a trusted issuer; its earlier issue goes. @throws {SignedError} */
export const take = ({ key, digest, list, address }: Offer, now: number): Promise<void> =>
  withLists(async (db) => {
    const tx = db.transaction(['issuers', 'issues'], 'readwrite')
    try {
      if (!(await tx.objectStore('issuers').get(key))) throw new SignedError('signedUntrusted', key)
      // Another page may have taken a later one meanwhile.
      const known = await tx.objectStore('issues').get([key, list.list])
      if (known) follows(known, list.sequence, digest)
      await tx.objectStore('issues').put({ key, name: list.list, sequence: list.sequence, digest, address, takenAt: now, list })
    } catch (cause) {
      tx.done.catch(() => undefined)
      tx.abort()
      throw cause
    }
    await tx.done
  })

/** Takes trust away; the issuer's lists go with it, the numbers of their issues stay. */
export const distrust = (key: string): Promise<void> =>
  withLists(async (db) => {
    for (const issue of await db.getAll('issues')) if (issue.key === key) await drop(db, issue)
    await db.delete('issuers', key)
  })

export const removeList = (key: string, name: string): Promise<void> =>
  withLists(async (db) => {
    const issue = await db.get('issues', [key, name])
    if (issue) await drop(db, issue)
  })

async function drop(db: ListDatabase, issue: Issue): Promise<void> {
  delete issue.list
  await db.put('issues', issue)
}

/** What settings show: the issuers, and the lists that are in use. */
export interface Shelf {
  issuers: Issuer[]
  issues: (Issue & { list: SharedList })[]
}

export async function shelf(): Promise<Shelf> {
  const [issuers, issues] = await withLists((db) => Promise.all([db.getAll('issuers'), db.getAll('issues')]))
  return { issuers, issues: issues.filter((one): one is Issue & { list: SharedList } => one.list !== undefined) }
}

/** The lists in use, for {@link knownOf}. */
export async function heldLists(): Promise<Held[]> {
  const { issuers, issues } = await shelf()
  return issues.flatMap(({ key, list }) => issuers.filter((one) => one.key === key).map(({ name }) => ({ key, issuer: name, list })))
}
