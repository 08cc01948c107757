import { sha1 } from '@noble/hashes/legacy.js'

/** A UUID of version 5 (RFC 9562): the same name in the same namespace has the same id in every file. */
export function uuid5(namespace: string, name: string): string {
  const space = Uint8Array.from(namespace.replaceAll('-', '').match(/../g)!, (pair) => parseInt(pair, 16))
  const digest = sha1(new Uint8Array([...space, ...new TextEncoder().encode(name)])).slice(0, 16)
  digest[6] = (digest[6]! & 0x0f) | 0x50
  digest[8] = (digest[8]! & 0x3f) | 0x80
  const hex = Array.from(digest, (byte) => byte.toString(16).padStart(2, '0')).join('')
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5')
}

/** Of everything that this program names itself. */
export const NAMESPACE = '6f1f5d4e-6a0e-4f0b-9a56-3b8c5d2e7a11'
