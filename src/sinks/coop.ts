/** ROOST Coop's Report API (docs/api/report.md, policies.md and errors.md of roostorg/coop). Set-up: coop.md beside this file. */
import { reportedData } from '../cloudevent.ts'
import type { Case, Practice } from '../types.ts'
import { type Limits, receiver, request, SinkError } from './http.ts'

export interface CoopOptions {
  /** Where Coop is served, such as `https://coop.example.org`. */
  address: string
  apiKey: string
  /** Coop's id of the item type that coop.md describes. */
  itemTypeId: string
  /** Who reports: Coop's id of the user type, and the user's id. */
  reporter: { typeId: string; id: string }
  /** Coop's policy id of each practice; those without one are reported without a policy. */
  policies: Partial<Record<Practice, string>>
}

export interface CoopPolicy {
  id: string
  name: string
  parentId: string | null
}

export interface CoopReport {
  reporter: { kind: 'user'; typeId: string; id: string }
  reportedAt: string
  reportedForReason: { policyId?: string; reason?: string }
  reportedItem: { id: string; typeId: string; data: Record<string, string | number | string[]> }
}

/** The body of a report. No picture and no address of one is ever in it. */
export function coopReport({ itemTypeId, reporter, policies }: Omit<CoopOptions, 'address' | 'apiKey'>, one: Case): CoopReport {
  const { report } = one
  if (!report) throw new SinkError('refused', `no report of ${one.key}`)
  const { key, platform, kind, title, text, author, permalink, verdict } = reportedData(one)
  const practice = report.category ?? one.verdict.categories[0]
  const policyId = practice && policies[practice]
  return {
    reporter: { kind: 'user', ...reporter },
    reportedAt: new Date(report.at).toISOString(),
    reportedForReason: { ...(policyId ? { policyId } : {}), ...(report.note ? { reason: report.note } : {}) },
    reportedItem: {
      id: key,
      typeId: itemTypeId,
      data: {
        text,
        platform,
        kind,
        ...(title ? { title } : {}),
        author_name: author.name,
        ...(author.id ? { author_id: author.id } : {}),
        ...(permalink ? { permalink } : {}),
        band: verdict.band,
        score: verdict.score,
        practices: verdict.categories,
        ...(verdict.form ? { form: verdict.form } : {}),
        evidence: verdict.evidence,
        model: verdict.model,
        receipt: report.receipt,
      },
    },
  }
}

function headers(apiKey: string): Record<string, string> {
  if (!/^[\x21-\x7e]+$/.test(apiKey)) throw new SinkError('unauthorized', 'the API key is empty or has characters that no key has')
  return { 'X-API-KEY': apiKey, 'Content-Type': 'application/json' }
}

/** Reports a case and returns Coop's id of the report, '' where it gave none (204). */
export async function sendToCoop(options: CoopOptions, one: Case, limits?: Partial<Limits>, signal?: AbortSignal): Promise<string> {
  const body = JSON.stringify(coopReport(options, one))
  const answer = await request(receiver(options.address, 'api/v1/report'), { method: 'POST', headers: headers(options.apiKey), body }, limits, signal)
  const id = (answer as { reportId?: unknown } | undefined)?.reportId
  return typeof id === 'string' ? id.slice(0, 200) : ''
}

/** The organisation's policies, whose ids {@link CoopOptions.policies} names. */
export async function coopPolicies({ address, apiKey }: Pick<CoopOptions, 'address' | 'apiKey'>, limits?: Partial<Limits>, signal?: AbortSignal): Promise<CoopPolicy[]> {
  const answer = (await request(receiver(address, 'api/v1/policies/'), { method: 'GET', headers: headers(apiKey) }, limits, signal)) as { policies?: unknown } | undefined
  if (!Array.isArray(answer?.policies)) throw new SinkError('refused', 'the answer holds no policies: is this the address of Coop?')
  return answer.policies.filter((one: unknown): one is CoopPolicy => {
    const { id, name, parentId } = (one ?? {}) as Record<string, unknown>
    return typeof id === 'string' && typeof name === 'string' && (parentId === null || typeof parentId === 'string')
  })
}
