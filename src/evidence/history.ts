import type { HistoryEntry } from '../types.ts'
import { sha256, utf8 } from './hash.ts'

/** What stands before the first entry. */
const START = '0'.repeat(64)

/**
 * The history as a chain: one JSON line an entry, each with the SHA-256 of the line before it, so that no entry can be
 * changed, left out or moved without changing all that follow. A later package of the same case begins with the same lines.
 */
export async function historyChain(history: readonly HistoryEntry[]): Promise<{ text: string; head: string }> {
  let text = ''
  let head = START
  for (const [index, { at, what, model, policy, second, imported }] of history.entries()) {
    const line = JSON.stringify({ number: index + 1, at: isoTime(at), what, model, ...(policy === undefined ? {} : { policy }), ...(second ? { second } : {}), ...(imported === undefined ? {} : { imported: isoTime(imported) }), previous: head })
    text += `${line}\n`
    head = await sha256(utf8(line))
  }
  return { text, head }
}

const isoTime = (at: number): string => new Date(at).toISOString()

/** The number of the first entry, from 1, that does not follow from the one before it; 0 when all do. */
export async function brokenLink(text: string): Promise<{ entry: number; head: string; entries: number }> {
  let head = START
  const written = text === '' ? [] : text.replace(/\n$/, '').split('\n')
  for (const [index, line] of written.entries()) {
    let value: unknown
    try {
      value = JSON.parse(line)
    } catch {
      return { entry: index + 1, head, entries: written.length }
    }
    const { number, previous } = (typeof value === 'object' && value !== null ? value : {}) as { number?: unknown; previous?: unknown }
    if (number !== index + 1 || previous !== head) return { entry: index + 1, head, entries: written.length }
    head = await sha256(utf8(line))
  }
  return { entry: 0, head, entries: written.length }
}
