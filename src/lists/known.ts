import { type Stage, STAGES } from '../review/chain.ts'
import { gramsOf, near } from '../review/grams.ts'
import type { Case } from '../types.ts'
import type { Entry, SharedList } from './list.ts'
import { familyValue, hasherOf, valuesOf } from './value.ts'

/** A list in use, with the name under which its issuer is trusted. */
export interface Held {
  key: string
  issuer: string
  list: SharedList
}

/** What trusted issuers know of one thing that a case says. It informs a person; it never changes a verdict. */
export interface Known {
  kind: Entry['kind']
  /** As an issuer masked it. */
  masked: string
  /** `high`: two independent issuers and nobody disputes it. `disputed`: someone does. */
  certainty: 'high' | 'middle' | 'disputed'
  /** Names of those who assert and of those who dispute it. */
  by: string[]
  disputedBy: string[]
  stages: Stage[]
  /** Earliest and latest time of all who assert or dispute it. */
  firstSeen: string
  lastSeen: string
}

interface Claim {
  key: string
  issuer: string
  entry: Entry
}

const holds = (expires: string, now: number): boolean => Date.parse(expires) > now

/** What the lists say of a case, at this time: expired and withdrawn entries say nothing. */
export async function knownOf(one: Case, lists: readonly Held[], now: number): Promise<Known[]> {
  const { contact, organisation } = valuesOf(one)
  const asked = [...contact.map((value) => ({ kind: 'contact' as const, value })), ...organisation.map((value) => ({ kind: 'organisation' as const, value }))]
  const claims = asked.map((): Claim[] => [])
  const family: Claim[] = []
  const letters = familyValue(one.post.text)
  const grams = gramsOf(one.post.text)
  for (const { key, issuer, list } of lists) {
    if (!holds(list.expires, now)) continue
    const entries = list.entries.filter(({ expires, state }) => state !== 'withdrawn' && holds(expires, now))
    const byHash = new Map<string, Entry[]>()
    for (const entry of entries) byHash.set(`${entry.kind} ${entry.hash}`, [...(byHash.get(`${entry.kind} ${entry.hash}`) ?? []), entry])
    const hash = await hasherOf(list.salt)
    for (const [index, { kind, value }] of asked.entries()) {
      for (const entry of byHash.get(`${kind} ${await hash(kind, value)}`) ?? []) claims[index]!.push({ key, issuer, entry })
    }
    const exact = await hash('family', letters)
    for (const entry of entries) {
      if (entry.kind === 'family' && (entry.hash === exact || near(grams, Int32Array.from(entry.grams!)))) family.push({ key, issuer, entry })
    }
  }
  return [...claims, family].filter((of) => of.length > 0).map(summed)
}

function summed(claims: Claim[]): Known {
  const asserted = claims.filter(({ entry }) => entry.state === 'asserted')
  const disputed = claims.filter(({ entry }) => entry.state === 'disputed')
  const names = (of: Claim[]): string[] => [...new Set(of.map(({ issuer }) => issuer))].sort()
  const { kind, masked } = (asserted[0] ?? disputed[0])!.entry
  return {
    kind,
    masked,
    certainty: disputed.length > 0 ? 'disputed' : asserted.some((a) => asserted.some((b) => areIndependent(a, b))) ? 'high' : 'middle',
    by: names(asserted),
    disputedBy: names(disputed),
    stages: STAGES.filter((stage) => claims.some(({ entry }) => entry.stages.includes(stage))),
    firstSeen: claims.map(({ entry }) => entry.firstSeen).sort()[0]!,
    lastSeen: claims.map(({ entry }) => entry.lastSeen).sort().at(-1)!,
  }
}

/** Two issuers who saw it each for themselves: another key, another name, other evidence. */
const areIndependent = (a: Claim, b: Claim): boolean =>
  a.key !== b.key && a.issuer !== b.issuer && !a.entry.evidence.some((id) => b.entry.evidence.includes(id))
