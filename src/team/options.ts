import { isPerson } from './names.ts'

export interface TeamOptions {
  /** `wss://` addresses of the servers; `ws://` only on this machine. */
  servers: readonly string[]
  /** Login name; names the person in the record. */
  person: string
  password?: string
  /** Text of a credentials file, in place of the password. */
  creds?: string
  /** Milliseconds of silence after which a case that is created here goes to another reviewer. */
  ackWait?: number
}

/** What a person chose: kept with the store, since it may hold a password. */
export interface TeamChoice extends TeamOptions {
  /** When they joined, epoch milliseconds; what they did before stays theirs. */
  since: number
}

/** The choice of a form or of the store; servers may be one text with spaces or commas. @throws {TypeError} named after the field that is wrong */
export function teamChoiceOf(value: unknown, now: number): TeamChoice {
  const { servers, person, password = '', creds = '', since = now } = (value ?? {}) as Record<string, unknown>
  const listed = (typeof servers === 'string' ? servers.split(/[\s,，]+/) : Array.isArray(servers) ? servers : []).filter((one) => one !== '') as unknown[]
  if (!listed.every((one): one is string => typeof one === 'string' && one.length <= 500) || listed.length > 20) throw new TypeError('servers')
  if (typeof person !== 'string') throw new TypeError('person')
  if (typeof password !== 'string' || password.length > 1_000) throw new TypeError('password')
  if (typeof creds !== 'string' || creds.length > 20_000) throw new TypeError('creds')
  if (typeof since !== 'number' || !Number.isFinite(since)) throw new TypeError('since')
  checkTeamOptions({ servers: listed, person })
  return { servers: listed, person, ...(password ? { password } : {}), ...(creds.trim() ? { creds } : {}), since }
}

/** Checks options from a form or from storage. @throws {TypeError} what is wrong with them */
export function checkTeamOptions({ servers, person }: Pick<TeamOptions, 'servers' | 'person'>): void {
  if (!isPerson(person)) throw new TypeError('person')
  if (servers.length === 0) throw new TypeError('servers')
  for (const server of servers) {
    let url: URL
    try {
      url = new URL(server)
    } catch (cause) {
      throw new TypeError('servers', { cause })
    }
    const local = ['localhost', '127.0.0.1', '[::1]'].includes(url.hostname)
    if (url.protocol !== 'wss:' && !(url.protocol === 'ws:' && local)) throw new TypeError('servers')
  }
}
