import { type DBSchema, type IDBPDatabase, openDB } from 'idb'
import type { ModelConfig } from '../model/config.ts'
import { canonical } from '../signed/canonical.ts'
import { readSigned, SignedError } from '../signed/envelope.ts'
import type { Norms } from '../sites/norms.ts'
import { compareVersions, type Model, modelOf } from './bundle.ts'
import { MODEL_KEY } from './pinned.ts'

/** What holds a place on the shelf; `null` stands for the model that ships. */
interface Kept {
  config: ModelConfig
  /** Version of the model that shipped when a person took this one: a release with a later one than this takes over. */
  over: string
  /** Epoch milliseconds. */
  takenAt: number
  norms?: Norms
}
const PLACES = ['current', 'previous'] as const
type Place = (typeof PLACES)[number]

interface Schema extends DBSchema {
  places: { key: Place; value: Kept | null }
  /** Apart, since they are some 10 MB and seldom asked for. */
  models: { key: Place; value: Model }
}
type Database = IDBPDatabase<Schema>

/** A model that was read and could be taken. */
export interface ModelOffer {
  model: Model
  version: string
  /** Version in use. */
  inUse: string
  /** It came before the one in use, or before the one that ships: to be taken only where a person asks for it once more. */
  older: boolean
}

/** What settings show. */
export interface ModelShelf {
  shipped: string
  /** Version in use, and when it was taken; without a time it is the one that ships. */
  inUse: string
  takenAt?: number
  /** What can be restored; absent where there was no other. */
  previous?: string
}

async function withShelf<T>(use: (db: Database) => Promise<T>): Promise<T> {
  const db = await openDB<Schema>('mingcha-models', 1, {
    upgrade: (db) => {
      db.createObjectStore('places')
      db.createObjectStore('models')
    },
  })
  try {
    return await use(db)
  } finally {
    db.close()
  }
}

const holds = <T extends Kept>(kept: T | null | undefined, shipped: string): kept is T => !!kept && (kept.over === shipped || compareVersions(kept.config.version, shipped) > 0)

async function keptInUse(shipped: string): Promise<Kept | undefined> {
  const kept = await withShelf((db) => db.get('places', 'current'))
  return holds(kept, shipped) ? kept : undefined
}

/** The config of the model in use, where that is not the shipped one. */
export const configInUse = (shipped: string): Promise<ModelConfig | undefined> => keptInUse(shipped).then((kept) => kept?.config)

/** What came with the model in use for the readers of sites, where anything did. */
export const normsInUse = (shipped: string): Promise<Norms | undefined> => keptInUse(shipped).then((kept) => kept?.norms)

/** The model in use, where that is not the shipped one. Its files are as the disk gives them: the engine checks them. */
export async function modelInUse(shipped: string): Promise<Model | undefined> {
  if (!(await keptInUse(shipped))) return undefined
  return withShelf((db) => db.get('models', 'current'))
}

export async function modelShelf(shipped: string): Promise<ModelShelf> {
  const [current, previous] = await withShelf((db) => Promise.all([db.get('places', 'current'), db.get('places', 'previous')]))
  const held = holds(current, shipped) ? current : undefined
  return {
    shipped,
    inUse: held?.config.version ?? shipped,
    ...(held ? { takenAt: held.takenAt } : {}),
    ...(previous ? { previous: previous.config.version } : held ? { previous: shipped } : {}),
  }
}

/**
 * Reads a signed model and says whether it could be taken; nothing is kept.
 * @param key that must have signed it
 * @throws {SignedError}
 */
export async function modelOffer(text: string, shipped: ModelConfig, key = MODEL_KEY): Promise<ModelOffer> {
  const signed = await readSigned(text, 'model')
  if (signed.key !== key) throw new SignedError('signedUntrusted', signed.key)
  const model = await modelOf(signed.payload)
  const inUse = (await configInUse(shipped.version)) ?? shipped
  const { version } = model.config
  if (compareVersions(version, inUse.version) === 0) {
    const isSame = canonical(model.config) === canonical(inUse)
    throw new SignedError(isSame ? 'signedReplayed' : 'signedConflict', version)
  }
  const older = [inUse, shipped].some((other) => compareVersions(version, other.version) < 0)
  return { model, version, inUse: inUse.version, older }
}

/** Both places with their models; one that was never filled is absent. */
type Places = Partial<Record<Place, (Kept & { model: Model }) | null>>

/** Changes the places as a whole, or not at all; the promise is of a function that puts them back as they were. */
const changePlaces = (change: (old: Places) => Places): Promise<() => Promise<void>> =>
  withShelf(async (db) => {
    const tx = db.transaction(['places', 'models'], 'readwrite')
    const [places, models] = [tx.objectStore('places'), tx.objectStore('models')]
    const old: Places = {}
    for (const place of PLACES) {
      const [kept, model] = [await places.get(place), await models.get(place)]
      if (kept !== undefined) old[place] = kept && model ? { ...kept, model } : null
    }
    const next = change(old)
    for (const place of PLACES) {
      const held = next[place]
      if (!held) {
        await models.delete(place)
        await (held === null ? places.put(null, place) : places.delete(place))
        continue
      }
      const { model, ...kept } = held
      await models.put(model, place)
      await places.put(kept, place)
    }
    await tx.done
    return async () => void (await changePlaces(() => old))
  })

/** Puts a model into use, `null` for the one that ships; the one in use until now becomes the previous one. */
export const takeModel = (model: Model | null, shipped: string, now: number): ReturnType<typeof changePlaces> =>
  changePlaces(({ current }) => ({ current: model && { config: model.config, over: shipped, takenAt: now, ...(model.norms ? { norms: model.norms } : {}), model }, previous: holds(current, shipped) ? current : null }))

/** Changes the model in use and the previous one round. */
export const restoreModel = (shipped: string): ReturnType<typeof changePlaces> =>
  changePlaces(({ current, previous = null }) => ({ current: previous && { ...previous, over: shipped }, previous: holds(current, shipped) ? current : null }))
