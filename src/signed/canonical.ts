/** Deepest nesting; what is signed is flat, a hostile file need not be. */
const DEEPEST = 12

/**
 * JSON in one form only (RFC 8785): keys in order of their UTF-16 units, no spaces, numbers and strings as ECMAScript
 * writes them. Same value, same bytes, whatever a file's own spacing and order.
 *
 * @throws {TypeError} for what JSON cannot say, lone surrogates included, and for deeper nesting than {@link DEEPEST}
 */
export function canonical(value: unknown, depth = 0): string {
  if (depth > DEEPEST) throw new TypeError('nested too deep')
  if (typeof value === 'string') return text(value)
  if (value === null || typeof value === 'boolean') return String(value)
  if (typeof value === 'number' && Number.isFinite(value)) return JSON.stringify(value)
  if (Array.isArray(value)) return `[${value.map((one) => canonical(one, depth + 1)).join(',')}]`
  if (typeof value !== 'object') throw new TypeError(`no JSON: ${typeof value}`)
  const entries = Object.entries(value).filter(([, one]) => one !== undefined)
  // Of two keys the one with the smaller first differing unit comes first, which is what < says of strings.
  entries.sort(([a], [b]) => (a < b ? -1 : 1))
  return `{${entries.map(([key, one]) => `${text(key)}:${canonical(one, depth + 1)}`).join(',')}}`
}

function text(value: string): string {
  if (/\p{Surrogate}/u.test(value)) throw new TypeError('a lone surrogate is no text')
  return JSON.stringify(value)
}
