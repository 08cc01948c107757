import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { canonical } from '../../src/signed/canonical.ts'
import { LIMITS, newKey, readSigned, sign, SignedError } from '../../src/signed/envelope.ts'

const reasonOf = (text: string): Promise<string> => readSigned(text, 'list').then(() => 'taken', (cause: SignedError) => (cause instanceof SignedError ? cause.reason : `thrown: ${String(cause)}`))

describe('canonical JSON', () => {
  test('is RFC 8785: order by UTF-16 units, numbers and escapes as ECMAScript writes them', () => {
    expect(canonical({ '€': 1, '\r': 2, '\ufb33': 3, '1': 4, '😀': 5, ö: 6 })).toBe('{"\\r":2,"1":4,"ö":6,"€":1,"😀":5,"\ufb33":3}')
    // oxlint-disable-next-line no-loss-of-precision -- the example of RFC 8785
    expect(canonical([333333333.33333329, 1e30, 4.5, 2e-3, 1e-27, -0, '€$\u000F\nA\'B"\\'])).toBe('[333333333.3333333,1e+30,4.5,0.002,1e-27,0,"€$\\u000f\\nA\'B\\"\\\\"]')
  })
  test('is the same for the same value however it was written', () => {
    fc.assert(fc.property(fc.jsonValue({ maxDepth: 4 }), (value) => {
      let text
      try { text = canonical(value) } catch { return }
      expect(canonical(JSON.parse(text))).toBe(text)
      expect(canonical(JSON.parse(JSON.stringify(value, null, 2)))).toBe(text)
    }))
  })
  test('refuses what JSON cannot say', () => {
    for (const value of [NaN, Infinity, 1n, () => 1, undefined, '\ud800', { '\udc00': 1 }]) expect(() => canonical(value)).toThrow(TypeError)
    expect(() => canonical(JSON.parse('['.repeat(5000) + ']'.repeat(5000)))).toThrow('too deep')
  })
})

describe('a signed envelope', async () => {
  const key = await newKey()
  const good = await sign('list', { a: 1, b: ['二'] }, key)
  const change = (edit: (envelope: Record<string, unknown>) => void): string => {
    const envelope = JSON.parse(good) as Record<string, unknown>
    edit(envelope)
    return JSON.stringify(envelope)
  }

  test('is read under its own key, also written in another order', async () => {
    expect(await readSigned(good, 'list')).toMatchObject({ key: key.x, payload: { a: 1, b: ['二'] } })
    const turned = JSON.stringify(Object.fromEntries(Object.entries(JSON.parse(good) as object).reverse()), null, 2)
    expect((await readSigned(turned, 'list')).digest).toBe((await readSigned(good, 'list')).digest)
  })
  test('is refused with the reason', async () => {
    const other = await newKey()
    expect(await reasonOf(good.replace('二', '三'))).toBe('signedForged')
    expect(await reasonOf(change((one) => (one['key'] = other.x)))).toBe('signedForged')
    expect(await reasonOf(change((one) => (one['signature'] = 'A'.repeat(86))))).toBe('signedForged')
    expect(await reasonOf(change((one) => (one['key'] = 'A'.repeat(43))))).toBe('signedForged')
    expect(await reasonOf(change((one) => (one['type'] = 'model')))).toBe('signedOtherType')
    expect(await reasonOf(change((one) => (one['version'] = 2)))).toBe('signedNewer')
    expect(await reasonOf(good.slice(0, -9))).toBe('signedUnreadable')
    expect(await reasonOf(change((one) => delete one['signature']))).toBe('signedUnreadable')
    expect(await reasonOf(' '.repeat(LIMITS.list) + good)).toBe('signedTooBig')
  })
  test('of another type has no signature that fits', async () => {
    const model = await sign('model' as 'list', { a: 1, b: ['二'] }, key)
    expect(await reasonOf(JSON.stringify({ ...JSON.parse(model), type: 'list' }))).toBe('signedForged')
  })
  test('no letter of it can be changed unseen', async () => {
    const { digest } = await readSigned(good, 'list')
    for (let at = 0; at < good.length; at++) {
      const changed = good.slice(0, at) + String.fromCharCode(good.charCodeAt(at) ^ 1) + good.slice(at + 1)
      // Some letters of base64 hold spare bits, so that another letter may be the same signature; the content stays.
      const read = await readSigned(changed, 'list').catch((cause: unknown) => cause)
      if (!(read instanceof SignedError)) expect(read, changed).toMatchObject({ digest })
    }
  })
  test('never fails but with a reason, whatever it is given', async () => {
    await fc.assert(fc.asyncProperty(fc.oneof(fc.string(), fc.json(), fc.record({ format: fc.constant('mingcha-signed'), version: fc.constant(1), type: fc.constant('list'), key: fc.constant(key.x), payload: fc.jsonValue(), signature: fc.constant('A'.repeat(86)) }).map((one) => JSON.stringify(one))), async (text) => {
      expect(await reasonOf(text)).toMatch(/^signed/)
    }))
  })
})
