/** Why a receiver did not take something; only `busy` and `away` are worth another try. */
export type SinkReason = 'address' | 'unauthorized' | 'refused' | 'busy' | 'away'

export class SinkError extends Error {
  readonly reason: SinkReason
  /** Seconds that the receiver asked to wait. */
  readonly after: number | undefined
  constructor(reason: SinkReason, message: string, options: { after?: number | undefined; cause?: unknown } = {}) {
    super(message, { cause: options.cause })
    this.name = 'SinkError'
    this.reason = reason
    this.after = options.after
  }
}

export interface Limits {
  /** Requests in all, the first included. */
  tries: number
  /** Milliseconds until a request without an answer is given up. */
  timeout: number
  /** Milliseconds before the second request; doubles with each, a Retry-After takes its place. */
  pause: number
}
export const LIMITS: Limits = { tries: 4, timeout: 15_000, pause: 1_000 }

const LONGEST_PAUSE = 60_000
const LONGEST_ANSWER = 256 * 1024

/**
 * Address of a receiver. Only https is taken, since keys travel with each request; http where both ends are this machine.
 * @throws {SinkError} address
 */
export function receiver(address: string, path = ''): URL {
  let url: URL
  try {
    url = new URL(path, address.endsWith('/') || path === '' ? address : `${address}/`)
  } catch (cause) {
    throw new SinkError('address', `not an address: ${address}`, { cause })
  }
  const local = ['localhost', '127.0.0.1', '[::1]'].includes(url.hostname)
  if (url.protocol !== 'https:' && !(url.protocol === 'http:' && local)) throw new SinkError('address', `only https is sent to: ${address}`)
  if (url.username || url.password) throw new SinkError('address', 'the address must not hold a password')
  return url
}

/**
 * Sends one request, again while the receiver is busy (429, 5xx) or silent, and returns its JSON (undefined for an empty answer).
 * @throws {SinkError} with what the receiver said; the signal's reason when aborted
 */
export async function request(url: URL, init: { method: 'GET' | 'POST'; headers: Record<string, string>; body?: string }, limits: Partial<Limits> = {}, signal?: AbortSignal): Promise<unknown> {
  const { tries, timeout, pause } = { ...LIMITS, ...limits }
  for (let turn = 1; ; turn++) {
    try {
      return await once(url, init, timeout, signal)
    } catch (cause) {
      signal?.throwIfAborted()
      if (!(cause instanceof SinkError) || (cause.reason !== 'busy' && cause.reason !== 'away') || turn >= tries) throw cause
      await wait(Math.min(LONGEST_PAUSE, cause.after === undefined ? pause * 2 ** (turn - 1) : cause.after * 1_000), signal)
    }
  }
}

async function once(url: URL, init: { method: string; headers: Record<string, string>; body?: string }, timeout: number, signal?: AbortSignal): Promise<unknown> {
  const limit = AbortSignal.timeout(timeout)
  try {
    const response = await fetch(url, {
      ...init,
      credentials: 'omit',
      // A redirect would carry the key to a place that nobody named.
      redirect: 'manual',
      referrerPolicy: 'no-referrer',
      signal: signal ? AbortSignal.any([signal, limit]) : limit,
    })
    const text = await bounded(response)
    if (response.ok) return text === '' ? undefined : parsed(text)
    const { status } = response
    const said = `${status === 0 || (status >= 300 && status < 400) ? 'redirects elsewhere' : `HTTP ${status}`}${text ? `: ${text.slice(0, 500)}` : ''}`
    if (status === 401 || status === 403) throw new SinkError('unauthorized', said)
    if (status === 429 || status >= 500) throw new SinkError('busy', said, { after: retryAfter(response.headers.get('retry-after')) })
    throw new SinkError('refused', said)
  } catch (cause) {
    if (cause instanceof SinkError) throw cause
    throw new SinkError('away', limit.aborted ? `no answer within ${timeout} ms` : `not reached: ${(cause as Error).message}`, { cause })
  }
}

async function bounded(response: Response): Promise<string> {
  const decoder = new TextDecoder()
  let text = ''
  if (!response.body) return text
  const reader = response.body.getReader()
  for (let part = await reader.read(); !part.done; part = await reader.read()) {
    text += decoder.decode(part.value, { stream: true })
    if (text.length > LONGEST_ANSWER) {
      await reader.cancel()
      throw new SinkError('refused', `an answer of more than ${LONGEST_ANSWER} characters`)
    }
  }
  return text
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** Seconds of a Retry-After header: a number or a date. */
function retryAfter(header: string | null): number | undefined {
  if (!header) return undefined
  if (/^\d+$/.test(header)) return Number(header)
  const at = Date.parse(header)
  return Number.isNaN(at) ? undefined : Math.max(0, (at - Date.now()) / 1_000)
}

function wait(milliseconds: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const done = () => {
      signal?.removeEventListener('abort', stop)
      resolve()
    }
    const timer = setTimeout(done, milliseconds)
    const stop = () => {
      clearTimeout(timer)
      reject(signal!.reason as Error)
    }
    signal?.addEventListener('abort', stop, { once: true })
  })
}
