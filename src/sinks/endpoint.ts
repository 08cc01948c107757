import { type Practice, PRACTICES } from '../types.ts'
import { receiver } from './http.ts'

/** Where an organisation takes reports. */
export type Endpoint = WebhookEndpoint | CoopEndpoint
export const ENDPOINT_KINDS = ['webhook', 'coop'] as const

export interface WebhookEndpoint {
  kind: 'webhook'
  address: string
  /** Bearer token, '' for none. */
  key: string
}

export interface CoopEndpoint {
  kind: 'coop'
  address: string
  key: string
  /** Coop's ids, see coop.md. */
  itemTypeId: string
  reporterTypeId: string
  reporterId: string
  policies: Partial<Record<Practice, string>>
}

export const ENDPOINT_FIELDS = ['kind', 'address', 'key', 'itemTypeId', 'reporterTypeId', 'reporterId', 'policies'] as const
export type EndpointField = (typeof ENDPOINT_FIELDS)[number]

/** What is wrong with an endpoint. */
export class EndpointError extends TypeError {
  readonly field: EndpointField
  constructor(field: EndpointField) {
    super(`endpoint: ${field}`)
    this.name = 'EndpointError'
    this.field = field
  }
}

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value)
/** Of a key or of an id of Coop. */
const LONGEST = 4_000

/** Checks an endpoint from a form, a policy or the store. @throws {EndpointError} */
export function endpointOf(value: unknown): Endpoint {
  if (!isObject(value)) throw new EndpointError('kind')
  const { kind, address } = value
  const named = (field: EndpointField): string => {
    const given = value[field] ?? ''
    if (typeof given !== 'string' || !/^[\x21-\x7e]*$/.test(given) || given.length > LONGEST) throw new EndpointError(field)
    return given
  }
  const needed = (field: EndpointField): string => {
    if (named(field) === '') throw new EndpointError(field)
    return named(field)
  }
  if (kind !== 'webhook' && kind !== 'coop') throw new EndpointError('kind')
  try {
    if (typeof address !== 'string' || address.length > 2_000) throw new EndpointError('address')
    receiver(address)
  } catch {
    throw new EndpointError('address')
  }
  if (kind === 'webhook') return { kind, address, key: named('key') }
  const policies = value['policies'] ?? {}
  if (!isObject(policies)) throw new EndpointError('policies')
  const given = Object.entries(policies).filter(([, id]) => id !== '')
  const isPolicy = (entry: [string, unknown]): entry is [Practice, string] =>
    (PRACTICES as readonly string[]).includes(entry[0]) && typeof entry[1] === 'string' && entry[1].length <= LONGEST
  if (!given.every(isPolicy)) throw new EndpointError('policies')
  return { kind, address, key: needed('key'), itemTypeId: needed('itemTypeId'), reporterTypeId: needed('reporterTypeId'), reporterId: needed('reporterId'), policies: Object.fromEntries(given) }
}

/** The match pattern of an endpoint's host, for the browser's permission; ports have no place in it. */
export function originOf({ address }: Pick<Endpoint, 'address'>): string {
  const { protocol, hostname } = new URL(address)
  return `${protocol}//${hostname}/*`
}
