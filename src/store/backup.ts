import { wrongInCase } from '../checks.ts'
import { merge, type Merging } from './merge.ts'
import { MOST_RULES } from './rules.ts'
import { DEFAULTS, type Settings, settingsOf, VIEWS } from './settings.ts'
import type { Case } from '../types.ts'

/** Settings and records of one machine, as they are written to a file. */
export interface Backup {
  /** Epoch milliseconds. */
  madeAt: number
  settings: Settings
  cases: Case[]
  /** Parts that are left out, by path: `cases.12: verdict.score`. */
  problems: string[]
}

const KIND = 'mingcha-backup'
/** Version of the file; the settings in it have their own. */
const VERSION = 1
/** Largest file that is written or read, bytes: about 200,000 records. */
export const BACKUP_LIMIT = 128 * 1024 * 1024

/** Why a file is refused whole; `reason` is a key of the message catalogue. */
export class BackupError extends Error {
  readonly reason: 'backupNotOurs' | 'backupNewer' | 'backupTooBig' | 'backupTooMuch'
  constructor(reason: BackupError['reason'], detail: string) {
    super(`${reason}: ${detail}`)
    this.name = 'BackupError'
    this.reason = reason
  }
}

/** @throws {BackupError} where the file would be larger than one that can be read again */
export function writeBackup(settings: Settings, cases: readonly Case[], madeAt: number): Blob {
  const file = new Blob([JSON.stringify({ kind: KIND, version: VERSION, madeAt, settings, cases })], { type: 'application/json' })
  if (file.size > BACKUP_LIMIT) throw new BackupError('backupTooMuch', String(file.size))
  return file
}

/** Reads what {@link writeBackup} of this or an earlier version wrote; a bad part costs only itself. @throws {BackupError} */
export async function readBackup(file: Blob): Promise<Backup> {
  if (file.size > BACKUP_LIMIT) throw new BackupError('backupTooBig', String(file.size))
  const text = await file.text()
  let value: unknown
  try {
    value = JSON.parse(text.replace(/^\uFEFF/, ''))
  } catch (cause) {
    throw new BackupError('backupNotOurs', (cause as Error).message)
  }
  const { kind, version, madeAt, settings, cases } = (value ?? {}) as Record<string, unknown>
  if (kind !== KIND || !Number.isInteger(version) || !Array.isArray(cases)) throw new BackupError('backupNotOurs', 'kind')
  const settingsVersion = Number((settings as Partial<Settings> | undefined)?.version ?? 0)
  if ((version as number) > VERSION || settingsVersion > DEFAULTS.version) throw new BackupError('backupNewer', String(version))
  const problems: string[] = []
  const read = settingsOf(settings)
  if (settingsVersion === DEFAULTS.version) {
    for (const key of Object.keys(DEFAULTS) as (keyof Settings)[]) {
      if (JSON.stringify(read[key]) !== JSON.stringify((settings as Settings)[key])) problems.push(`settings.${key}`)
    }
  }
  const known = new Set<string>()
  const good = cases.filter((one: unknown, index): one is Case => {
    const wrong = wrongInCase(one) || (known.has((one as Case).key) ? 'key' : '')
    if (wrong) problems.push(`cases.${index}: ${wrong}`)
    else known.add((one as Case).key)
    return !wrong
  })
  const isTime = typeof madeAt === 'number' && Math.abs(madeAt) <= 8.64e15
  return { madeAt: isTime ? madeAt : 0, settings: read, cases: good, problems }
}

/** Theirs over ours; rules of both, the later date of each; views of both, by name. */
export function mergeSettings(ours: Settings, theirs: Settings): Settings {
  const rules = new Map(ours.rules.map((rule) => [rule.id, rule]))
  for (const rule of theirs.rules) {
    const known = rules.get(rule.id)
    if (!known || known.until < rule.until) rules.set(rule.id, rule)
  }
  const views = new Map([...ours.views, ...theirs.views].map((view) => [view.name, view]))
  return { ...ours, ...theirs, display: { ...ours.display, ...theirs.display }, rules: [...rules.values()].slice(-MOST_RULES), views: [...views.values()].slice(-VIEWS.most) }
}

/** What restoring would change. */
export interface BackupPreview {
  counts: Record<Merging, number>
  /** Settings that change, and in how many places. */
  changes: { what: 'display' | 'rules' | 'views' | 'moderator' | 'language'; n: number }[]
}

/** `known` are our cases of the backup's keys, in its order. */
export function previewOf(backup: Backup, ours: Settings, known: readonly (Case | undefined)[]): BackupPreview {
  const counts = { new: 0, joined: 0, same: 0, conflict: 0 }
  backup.cases.forEach((one, index) => counts[merge(known[index], one, 0).how]++)
  const merged = mergeSettings(ours, backup.settings)
  const sites = new Set([...Object.keys(ours.display), ...Object.keys(merged.display)])
  const ownRules = new Set(ours.rules.map((rule) => JSON.stringify(rule)))
  const changes: BackupPreview['changes'] = [
    { what: 'display', n: [...sites].filter((site) => ours.display[site] !== merged.display[site]).length },
    { what: 'rules', n: merged.rules.filter((rule) => !ownRules.has(JSON.stringify(rule))).length },
    { what: 'views', n: merged.views.filter(({ name, address }) => !ours.views.some((view) => view.name === name && view.address === address)).length },
    { what: 'moderator', n: Number(ours.moderator !== merged.moderator) },
    { what: 'language', n: Number(ours.language !== merged.language) },
  ]
  return { counts, changes: changes.filter(({ n }) => n > 0) }
}
