import browser from 'webextension-polyfill'
import { LIMITS, SignedError, type SignedType } from '../src/signed/envelope.ts'

const TIME_LIMIT = 30_000

/** UTF-8 takes at most three bytes for a UTF-16 unit. */
const mostBytes = (type: SignedType): number => LIMITS[type] * 3

/** The text of a chosen file; one that is too large is not read. */
export async function signedIn(file: File, type: SignedType): Promise<string> {
  if (file.size > mostBytes(type)) throw new SignedError('signedTooBig', String(file.size))
  return file.text()
}

const refuse = (reason: 'signedNoAccess' | 'signedNoAnswer', detail: string): Error => Object.assign(new Error(detail), { reason })

/**
 * The text at an https address, read no further than its limit. The permission is asked for in the person's own click:
 * nothing may be awaited before. Rejects with a `reason` of the catalogue.
 */
export async function fetchSigned(address: string, type: SignedType): Promise<string> {
  if (!URL.canParse(address) || new URL(address).protocol !== 'https:') throw refuse('signedNoAnswer', address)
  // Match patterns know no ports.
  if (!(await browser.permissions.request({ origins: [`https://${new URL(address).hostname}/*`] }))) throw refuse('signedNoAccess', address)
  const chunks: Uint8Array<ArrayBuffer>[] = []
  let size = 0
  try {
    const response = await fetch(address, { credentials: 'omit', cache: 'no-store', referrerPolicy: 'no-referrer', signal: AbortSignal.timeout(TIME_LIMIT) })
    if (!response.ok || !response.body) throw new Error(String(response.status))
    for (const reader = response.body.getReader(); ; ) {
      const { done, value } = await reader.read()
      if (done) break
      chunks.push(value)
      size += value.byteLength
      if (size > mostBytes(type)) {
        void reader.cancel()
        throw new SignedError('signedTooBig', String(size))
      }
    }
  } catch (cause) {
    throw cause instanceof SignedError ? cause : refuse('signedNoAnswer', (cause as Error).message)
  }
  return new Blob(chunks).text()
}
