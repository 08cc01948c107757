/** RFC 3161: an authority's word that a digest was there at a time. The manifest of a package is what is stamped. */
import * as asn1 from 'asn1js'
import { Certificate, ContentInfo, ExtKeyUsage, MessageImprint, SignedData, TimeStampReq, TimeStampResp, TSTInfo } from 'pkijs'
import { bytesOfBase64, hex } from './hash.ts'
import { PATHS, withTimestamp } from './package.ts'
import { readZip } from './zip.ts'

/** Why a response or token was refused. */
export class TimestampError extends Error {
  override name = 'TimestampError'
}

export interface Stamp {
  /** Epoch milliseconds, by the authority's clock. */
  at: number
  /** Name of the certificate that signed. */
  authority: string
  /** Whether a root that the person trusts stands behind it; null where none was given. */
  trusted: boolean | null
}

const OID = {
  signedData: '1.2.840.113549.1.7.2',
  tstInfo: '1.2.840.113549.1.9.16.1.4',
  extendedKeyUsage: '2.5.29.37',
  timeStamping: '1.3.6.1.5.5.7.3.8',
  sha256: '2.16.840.1.101.3.4.2.1',
  signingCertificate: '1.2.840.113549.1.9.16.2.12',
  signingCertificateV2: '1.2.840.113549.1.9.16.2.47',
}
const NAMES: Record<string, string> = { '2.5.4.3': 'CN', '2.5.4.10': 'O', '2.5.4.6': 'C' }
const HASHES: Record<string, string> = { '1.3.14.3.2.26': 'SHA-1', [OID.sha256]: 'SHA-256', '2.16.840.1.101.3.4.2.2': 'SHA-384', '2.16.840.1.101.3.4.2.3': 'SHA-512' }
/** Longest answer that is read, bytes. */
const LONGEST = 200_000

/** The request for `stamped`, DER; `nonce` is 8 bytes that the answer must repeat. */
export async function timestampRequest(stamped: Uint8Array, nonce: Uint8Array<ArrayBuffer>): Promise<Uint8Array<ArrayBuffer>> {
  const messageImprint = await MessageImprint.create('SHA-256', copy(stamped).buffer)
  const request = new TimeStampReq({ version: 1, messageImprint, nonce: asn1.Integer.fromBigInt(BigInt(`0x${hex(nonce)}`)), certReq: true })
  return new Uint8Array(request.toSchema().toBER())
}

/** Asks an authority; gives its response (DER, as `openssl ts -verify -in` reads it) after checking that it answers this request. */
export async function askAuthority(stamped: Uint8Array, url: string): Promise<Uint8Array<ArrayBuffer>> {
  const nonce = crypto.getRandomValues(new Uint8Array(8))
  let answer: Response
  try {
    answer = await fetch(url, { method: 'POST', headers: { 'Content-Type': 'application/timestamp-query' }, body: await timestampRequest(stamped, nonce), credentials: 'omit', referrerPolicy: 'no-referrer' })
  } catch (cause) {
    throw new TimestampError(`${url}: ${(cause as Error).message}`)
  }
  if (!answer.ok) throw new TimestampError(`${url}: HTTP ${answer.status}`)
  const response = new Uint8Array(await answer.arrayBuffer())
  await readTimestamp(response, stamped, [])
  const repeated = infoOf(tokenOf(response)).nonce
  if (!repeated || repeated.toBigInt() !== BigInt(`0x${hex(nonce)}`)) throw new TimestampError('the answer is to another request')
  return response
}

/** The same package with an authority's token over its manifest. Throws {@link TimestampError} or ZipError. */
export async function stampPackage(file: Uint8Array, url: string): Promise<Uint8Array<ArrayBuffer>> {
  const entries = readZip(file)
  const manifest = entries.find(({ path }) => path === PATHS.manifest)
  if (!manifest) throw new TimestampError(`no ${PATHS.manifest}`)
  return withTimestamp(entries, await askAuthority(manifest.bytes, url))
}

/**
 * Checks a response: granted, for exactly these bytes, signed by the certificate that it names, which is one for time
 * stamping. Throws {@link TimestampError}.
 * @param roots certificates, DER, of the authorities that the person trusts
 */
export async function readTimestamp(response: Uint8Array, stamped: Uint8Array, roots: readonly Uint8Array[]): Promise<Stamp> {
  try {
    return await checked(response, stamped, roots)
  } catch (cause) {
    throw cause instanceof TimestampError ? cause : new TimestampError((cause as Error).message)
  }
}

async function checked(response: Uint8Array, stamped: Uint8Array, roots: readonly Uint8Array[]): Promise<Stamp> {
  const signed = tokenOf(response)
  const { genTime, messageImprint } = infoOf(signed)
  if (messageImprint.hashAlgorithm.algorithmId !== OID.sha256) throw new TimestampError('not over SHA-256')
  const imprint = await crypto.subtle.digest('SHA-256', copy(stamped))
  if (hex(new Uint8Array(imprint)) !== hex(messageImprint.hashedMessage.valueBlock.valueHexView)) throw new TimestampError('it is for other data')
  const data = copy(stamped).buffer
  const { signatureVerified, signerCertificate } = await signed.verify({ signer: 0, data, extendedMode: true })
  if (!signatureVerified || !signerCertificate) throw new TimestampError('the signature is wrong')
  await namesItsSigner(signed, signerCertificate)
  const usage = signerCertificate.extensions?.find(({ extnID }) => extnID === OID.extendedKeyUsage)
  const purposes = usage?.parsedValue instanceof ExtKeyUsage ? usage.parsedValue.keyPurposes : []
  if (!usage?.critical || purposes.length !== 1 || purposes[0] !== OID.timeStamping) throw new TimestampError('the certificate is not for time stamping')
  if (genTime < signerCertificate.notBefore.value || genTime > signerCertificate.notAfter.value) throw new TimestampError('the certificate was not valid then')
  const trusted = roots.length === 0 ? null : await signed.verify({ signer: 0, data, checkChain: true, trustedCerts: roots.map((root) => Certificate.fromBER(copy(root).buffer)) }).catch(() => false)
  return { at: genTime.getTime(), authority: nameOf(signerCertificate), trusted }
}

function tokenOf(response: Uint8Array): SignedData {
  if (response.length > LONGEST) throw new TimestampError('too long')
  const { status, timeStampToken } = TimeStampResp.fromBER(copy(response).buffer)
  // 0 granted, 1 granted with changes.
  if ((status.status !== 0 && status.status !== 1) || !timeStampToken) throw new TimestampError(`refused by the authority, status ${status.status}`)
  if (!(timeStampToken instanceof ContentInfo) || timeStampToken.contentType !== OID.signedData) throw new TimestampError('no signed data')
  const signed = new SignedData({ schema: timeStampToken.content })
  if (signed.encapContentInfo.eContentType !== OID.tstInfo || signed.signerInfos.length !== 1) throw new TimestampError('no time stamp')
  return signed
}

function infoOf(signed: SignedData): TSTInfo {
  const content = signed.encapContentInfo.eContent
  if (!content) throw new TimestampError('empty')
  return TSTInfo.fromBER(content.getValue())
}

/** The signed attributes must hold the digest of the signer's certificate, or another of the same key could be put in its place. */
async function namesItsSigner(signed: SignedData, certificate: Certificate): Promise<void> {
  for (const { type, values } of signed.signerInfos[0]!.signedAttrs?.attributes ?? []) {
    if (type !== OID.signingCertificate && type !== OID.signingCertificateV2) continue
    // SigningCertificate(V2) ::= SEQUENCE { certs SEQUENCE OF SEQUENCE { hashAlgorithm OPTIONAL, certHash, … } … }
    const [first] = partsOf(partsOf(values[0])[0])
    const [before, after] = partsOf(first)
    const hash = before instanceof asn1.OctetString ? before : after
    const named = before instanceof asn1.OctetString ? undefined : (partsOf(before)[0] as asn1.ObjectIdentifier | undefined)?.valueBlock.toString()
    const algorithm = named ? HASHES[named] : type === OID.signingCertificate ? 'SHA-1' : 'SHA-256'
    if (!algorithm || !(hash instanceof asn1.OctetString)) continue
    const digest = await crypto.subtle.digest(algorithm, certificate.toSchema(true).toBER())
    if (hex(new Uint8Array(digest)) === hex(hash.valueBlock.valueHexView)) return
  }
  throw new TimestampError('it does not name the certificate that signed it')
}

const partsOf = (value: unknown): unknown[] => (value instanceof asn1.Sequence ? value.valueBlock.value : [])

const nameOf = ({ subject }: Certificate): string =>
  subject.typesAndValues.map(({ type, value }) => (NAMES[type] ? `${NAMES[type]}=${String(value.valueBlock.value)}` : '')).filter(Boolean).join(', ').slice(0, 200)

/** Certificates of a PEM text, DER. Throws {@link TimestampError} where there is none. */
export function certificatesOf(pem: string): Uint8Array<ArrayBuffer>[] {
  const found = [...pem.slice(0, LONGEST).matchAll(/-----BEGIN CERTIFICATE-----([A-Za-z\d+/=\s]+)-----END CERTIFICATE-----/g)]
  try {
    const certificates = found.map(([, body]) => bytesOfBase64(body!.replace(/\s/g, '')))
    for (const certificate of certificates) Certificate.fromBER(certificate.buffer)
    if (certificates.length > 0) return certificates
  } catch {
    // Said below.
  }
  throw new TimestampError('no certificate in PEM')
}

/** The readers of ASN.1 want a buffer of their own. */
const copy = (bytes: Uint8Array): Uint8Array<ArrayBuffer> => new Uint8Array(bytes)
