import { base64, bytesOfBase64, sha256, utf8 } from '../evidence/hash.ts'
import { canonical } from './canonical.ts'

/** What can be signed, and the largest text of each, in UTF-16 units. */
export const LIMITS = { list: 8_000_000, model: 20_000_000 } as const
export type SignedType = keyof typeof LIMITS

/** What an envelope says, once its signature holds. Whether its key is trusted is for the reader to ask. */
export interface Signed {
  /** Ed25519 public key of the signer, base64url, 43 letters. */
  key: string
  /** SHA-256 of what is signed, in canonical form, 64 hexadecimal digits. */
  digest: string
  payload: unknown
}

/** Why a signed file is refused; `reason` is a key of the message catalogue. */
export class SignedError extends Error {
  readonly reason: `signed${'Unreadable' | 'TooBig' | 'Newer' | 'OtherType' | 'Forged' | 'Unsupported' | 'Untrusted' | 'Older' | 'Replayed' | 'Conflict' | 'Expired' | 'Malformed' | 'NotYet'}`
  constructor(reason: SignedError['reason'], detail: string) {
    super(`${reason}: ${detail}`)
    this.name = 'SignedError'
    this.reason = reason
  }
}

const FORMAT = 'mingcha-signed'
const VERSION = 1
const ALGORITHM = 'Ed25519'

export const isKey = (value: unknown): value is string => typeof value === 'string' && /^[\w-]{43}$/.test(value)
const isSignature = (value: unknown): value is string => typeof value === 'string' && /^[\w-]{86}$/.test(value)

/** RFC 4648 base64url without padding. */
export const base64url = (bytes: Uint8Array): string => base64(bytes).replace(/\+/g, '-').replace(/\//g, '_').replace(/=+$/, '')
const bytesOf = (text: string): Uint8Array<ArrayBuffer> => bytesOfBase64(text.replace(/-/g, '+').replace(/_/g, '/'))

/** The format, its version and the type are signed with the payload: a signature for one purpose serves no other. */
const signedPart = (type: SignedType, key: string, payload: unknown): Uint8Array<ArrayBuffer> => utf8(canonical({ format: FORMAT, version: VERSION, type, key, payload }))

/**
 * Reads an envelope and checks its signature under the key that it names itself.
 * @throws {SignedError}
 */
export async function readSigned(text: string, type: SignedType): Promise<Signed> {
  if (text.length > LIMITS[type]) throw new SignedError('signedTooBig', String(text.length))
  let value: unknown
  try {
    value = JSON.parse(text.replace(/^\uFEFF/, ''))
  } catch (cause) {
    throw new SignedError('signedUnreadable', (cause as Error).message)
  }
  const { format, version, type: stated, key, payload, signature } = (value ?? {}) as Record<string, unknown>
  if (format !== FORMAT) throw new SignedError('signedUnreadable', 'format')
  if (typeof version !== 'number' || version > VERSION) throw new SignedError('signedNewer', String(version))
  if (version !== VERSION || !isKey(key) || !isSignature(signature)) throw new SignedError('signedUnreadable', 'key or signature')
  if (stated !== type) throw new SignedError('signedOtherType', String(stated))
  let part: Uint8Array<ArrayBuffer>
  try {
    part = signedPart(type, key, payload)
  } catch (cause) {
    throw new SignedError('signedUnreadable', (cause as Error).message)
  }
  if (!(await holds(key, signature, part))) throw new SignedError('signedForged', key)
  return { key, digest: await sha256(part), payload }
}

async function holds(key: string, signature: string, part: Uint8Array<ArrayBuffer>): Promise<boolean> {
  let imported: CryptoKey
  try {
    imported = await crypto.subtle.importKey('raw', bytesOf(key), ALGORITHM, false, ['verify'])
  } catch (cause) {
    // Chrome speaks Ed25519 from 137 on.
    if ((cause as Error).name === 'NotSupportedError') throw new SignedError('signedUnsupported', (cause as Error).message)
    return false
  }
  return crypto.subtle.verify(ALGORITHM, imported, bytesOf(signature), part)
}

/** A new key pair as a private JSON Web Key (RFC 8037); `x` is the public part that others pin. */
export async function newKey(): Promise<JsonWebKey> {
  const { privateKey } = (await crypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify'])) as CryptoKeyPair
  const { kty, crv, x, d } = await crypto.subtle.exportKey('jwk', privateKey)
  return { kty: kty!, crv: crv!, x: x!, d: d! }
}

/** The envelope around a payload, as the text of a file. Throws a DOMException for what is no private Ed25519 key. */
export async function sign(type: SignedType, payload: unknown, { kty, crv, x, d }: JsonWebKey): Promise<string> {
  const imported = await crypto.subtle.importKey('jwk', { kty, crv, x, d } as JsonWebKey, ALGORITHM, false, ['sign'])
  const signature = base64url(new Uint8Array(await crypto.subtle.sign(ALGORITHM, imported, signedPart(type, x!, payload))))
  return JSON.stringify({ format: FORMAT, version: VERSION, type, key: x, payload, signature })
}
