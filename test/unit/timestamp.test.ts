import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { utf8 } from '../../src/evidence/hash.ts'
import { PATHS, writePackage } from '../../src/evidence/package.ts'
import { askAuthority, certificatesOf, readTimestamp, stampPackage, TimestampError } from '../../src/evidence/timestamp.ts'
import { verifyPackage } from '../../src/evidence/verify.ts'
import { readZip, writeZip } from '../../src/evidence/zip.ts'
import { type Authority, hasOpenssl, startAuthority } from '../evidence/authority.ts'
import { reseal } from '../evidence/reseal.ts'
import { source } from '../evidence/sample.ts'

describe.skipIf(!hasOpenssl).each(['rsa:2048', 'ec'] as const)('an authority with a key of %s', (key) => {
  let authority: Authority
  let other: Authority
  beforeAll(async () => {
    authority = await startAuthority(key)
    other = await startAuthority('ec')
  })
  afterAll(async () => {
    await authority.close()
    await other.close()
  })

  test('stamps a package; openssl and we read the same, and trust it under its root alone', async () => {
    const before = Date.now() - 2_000
    const stamped = await stampPackage(await writePackage(source()), authority.url)
    const entries = readZip(stamped)
    const bytesOf = (path: string) => entries.find((entry) => entry.path === path)!.bytes
    expect(authority.verify(bytesOf(PATHS.manifest), bytesOf(PATHS.timestamp))).toBe('')
    const { findings, stamp } = await verifyPackage(stamped)
    expect(findings).toEqual([])
    expect(stamp).toMatchObject({ authority: 'C=CN, O=Test, CN=Test time', trusted: null })
    expect(stamp!.at).toBeGreaterThan(before)
    expect(stamp!.at).toBeLessThan(Date.now() + 2_000)
    expect((await verifyPackage(stamped, certificatesOf(authority.root))).findings).toEqual([])
    expect((await verifyPackage(stamped, certificatesOf(authority.root + other.root))).stamp!.trusted).toBe(true)
    expect((await verifyPackage(stamped, certificatesOf(other.root))).findings).toEqual([{ where: PATHS.timestamp, what: 'verify_authority', detail: 'C=CN, O=Test, CN=Test time' }])
  })

  test('a stamp of one package does not hold for another, however it is sealed', async () => {
    const stamped = readZip(await stampPackage(await writePackage(source()), authority.url))
    const forged = reseal(stamped.map((entry) => (entry.path === PATHS.pages ? { path: entry.path, bytes: utf8(new TextDecoder().decode(entry.bytes).replace('page-1', 'page-9')) } : entry)))
    expect((await verifyPackage(writeZip(forged))).findings).toEqual(expect.arrayContaining([{ where: PATHS.timestamp, what: 'verify_time', detail: 'it is for other data' }]))
  })

  test('no changed byte says another time or another authority; one in eleven', async () => {
    const data = utf8('清单')
    const response = await askAuthority(data, authority.url)
    const roots = certificatesOf(authority.root)
    const whole = await readTimestamp(response, data, roots)
    expect(whole.trusted).toBe(true)
    let refused = 0
    for (let at = 0; at < response.length; at += 11) {
      const changed = response.slice()
      changed[at]! ^= 0x01
      // Version numbers and the like stand outside what is signed; the package's own digests cover them.
      await readTimestamp(changed, data, roots).then(
        (stamp) => stamp.trusted && expect(stamp, `byte ${at}`).toEqual(whole),
        (cause: unknown) => {
          refused++
          expect(cause).toBeInstanceOf(TimestampError)
        },
      )
    }
    expect(refused).toBeGreaterThan(response.length / 11 / 2)
  }, 120_000)

  test('says what is wrong with an answer', async () => {
    const response = await askAuthority(utf8('a'), authority.url)
    await expect(readTimestamp(response, utf8('b'), [])).rejects.toThrow('it is for other data')
    await expect(readTimestamp(response.subarray(0, 50), utf8('a'), [])).rejects.toThrow(TimestampError)
    await expect(readTimestamp(utf8('<html>'), utf8('a'), [])).rejects.toThrow(TimestampError)
    await expect(readTimestamp(new Uint8Array(300_000), utf8('a'), [])).rejects.toThrow('too long')
    await expect(askAuthority(utf8('a'), `${authority.url.slice(0, -1).replace(/\d+$/, '1')}/`)).rejects.toThrow(TimestampError)
  })
})

test('certificates are read from PEM, and what holds none is refused', () => {
  expect(() => certificatesOf('')).toThrow('no certificate')
  expect(() => certificatesOf('-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----')).toThrow('no certificate')
})
