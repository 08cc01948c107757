import type { Placed } from './warc.ts'

/** The CDXJ index of a WARC file: one line a record that has an address, sorted, as archive readers look them up. */
export function cdxj(records: readonly Placed[], filename: string): string {
  const lines = records
    .filter(({ uri }) => uri)
    .map(({ uri, timestamp, mime, digest, offset, length }) =>
      `${surt(uri)} ${timestamp} ${JSON.stringify({ url: uri, mime, digest, length: String(length), offset: String(offset), filename })}\n`,
    )
  return lines.sort(byCodePoint).join('')
}

const byCodePoint = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)

/**
 * Sort-friendly form of an address, as the `surt` package of the Internet Archive writes it:
 * `https://www.weibo.com/1?b&a` → `com,weibo)/1?a&b`.
 */
export function surt(uri: string): string {
  const [, before = '', query = ''] = /^([^?]*)\??(.*)$/s.exec(uri)!
  const sorted = decoded(query).toLowerCase().split('&').sort(byCodePoint).join('&')
  return `${/^https?:/.test(uri) ? hostFirst(before) : decoded(before).replace(/\/$/, '').toLowerCase()}${sorted && `?${sorted}`}`
}

function hostFirst(address: string): string {
  const { hostname, port, pathname } = new URL(address)
  const host = hostname.replace(/^www\d*\./, '').split('.').reverse().join(',')
  return `${host}${port ? `:${port}` : ''})${decoded(pathname).replace(/\/{2,}/g, '/').replace(/(.)\/$/, '$1').toLowerCase()}`
}

/** Undoes what need not be escaped: printable ASCII but `%`, `#` and blank. */
const decoded = (text: string): string =>
  text.replace(/%([2-7][0-9a-f])/gi, (escaped, code: string) => {
    const letter = String.fromCharCode(parseInt(code, 16))
    return / |#|%|\x7f/.test(letter) ? escaped : letter
  })
