/** A time stamping authority of one's own: `openssl ts` behind HTTP. */
import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

export const hasOpenssl = spawnSync('openssl', ['version']).status === 0
if (!hasOpenssl && process.env['REQUIRE_TOOLS']) throw new Error('no openssl')

export interface Authority {
  url: string
  /** PEM of its root. */
  root: string
  /** What openssl says of a response over these bytes; '' when it holds. */
  verify(stamped: Uint8Array, response: Uint8Array): string
  close(): Promise<void>
}

const CONFIG = `
[ req ]
distinguished_name = name
[ name ]
[ root ]
basicConstraints = critical, CA:TRUE
keyUsage = critical, keyCertSign, cRLSign
subjectKeyIdentifier = hash
[ stamp ]
basicConstraints = critical, CA:FALSE
keyUsage = critical, digitalSignature
extendedKeyUsage = critical, timeStamping
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid
[ tsa ]
default_tsa = tsa_config
[ tsa_config ]
serial = serial
crypto_device = builtin
signer_digest = sha256
default_policy = 1.2.3.4.1
digests = sha256
accuracy = secs:1
ess_cert_id_alg = sha256
`

/** @param key as `openssl req -newkey` takes it: `rsa:2048`, or `ec` for P-256 */
export async function startAuthority(key: 'rsa:2048' | 'ec'): Promise<Authority> {
  const folder = mkdtempSync(join(tmpdir(), 'mingcha-tsa-'))
  const at = (name: string): string => join(folder, name)
  writeFileSync(at('openssl.cnf'), CONFIG)
  writeFileSync(at('serial'), '01\n')
  const openssl = (...args: string[]): unknown => execFileSync('openssl', args, { cwd: folder, stdio: 'pipe' })
  const newkey = key === 'ec' ? ['ec', '-pkeyopt', 'ec_paramgen_curve:P-256'] : [key]
  openssl('req', '-x509', '-newkey', ...newkey, '-nodes', '-keyout', 'root.key', '-out', 'root.pem', '-days', '30', '-subj', '/C=CN/O=Test/CN=Test root', '-config', 'openssl.cnf', '-extensions', 'root')
  openssl('req', '-newkey', ...newkey, '-nodes', '-keyout', 'tsa.key', '-out', 'tsa.csr', '-subj', '/C=CN/O=Test/CN=Test time', '-config', 'openssl.cnf')
  openssl('x509', '-req', '-in', 'tsa.csr', '-CA', 'root.pem', '-CAkey', 'root.key', '-set_serial', '2', '-days', '20', '-out', 'tsa.pem', '-extfile', 'openssl.cnf', '-extensions', 'stamp')
  const server = createServer((request, response) => {
    const parts: Buffer[] = []
    request.on('data', (part: Buffer) => parts.push(part))
    request.on('end', () => {
      writeFileSync(at('query.tsq'), Buffer.concat(parts))
      openssl('ts', '-reply', '-config', 'openssl.cnf', '-queryfile', 'query.tsq', '-signer', 'tsa.pem', '-inkey', 'tsa.key', '-out', 'reply.tsr')
      response.writeHead(200, { 'Content-Type': 'application/timestamp-reply' }).end(readFileSync(at('reply.tsr')))
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    root: readFileSync(at('root.pem'), 'utf8'),
    verify(stamped, response) {
      writeFileSync(at('data'), stamped)
      writeFileSync(at('check.tsr'), response)
      const { status, stderr } = spawnSync('openssl', ['ts', '-verify', '-data', 'data', '-in', 'check.tsr', '-CAfile', 'root.pem'], { cwd: folder, encoding: 'utf8' })
      return status === 0 ? '' : stderr
    },
    close: () => new Promise((resolve) => server.close(() => resolve())),
  }
}
