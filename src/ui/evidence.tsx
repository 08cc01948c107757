/** @jsxImportSource preact */
import type { ComponentChildren } from 'preact'
import type { Span } from '../types.ts'

export interface Word {
  word: string
  span: Span
}

/** Keeps the offsets inside the text: a span may come from a text that has changed since. */
const within = (text: string, span: Span): Span => ({
  ...span,
  start: Math.max(0, Math.min(span.start, text.length)),
  end: Math.max(0, Math.min(span.end, text.length)),
})

/** The words that decided, best first, each once. */
export function wordsOf(text: string, evidence: readonly Span[], limit = 6): Word[] {
  const words = new Map<string, Word>()
  for (const span of evidence) {
    const { start, end } = within(text, span)
    const word = text.slice(start, end).replace(/\s+/g, ' ').trim()
    if (word && !words.has(word)) words.set(word, { word, span })
    if (words.size === limit) break
  }
  return [...words.values()]
}

/** The text cut where evidence begins and ends, in order; overlapping spans become one. */
export function piecesOf(text: string, evidence: readonly Span[]): { text: string; marked: boolean }[] {
  const pieces: { text: string; marked: boolean }[] = []
  let at = 0
  const spans = evidence.map((span) => within(text, span)).sort((a, b) => a.start - b.start)
  for (let index = 0; index < spans.length; index++) {
    const start = Math.max(at, spans[index]!.start)
    let end = spans[index]!.end
    while (index + 1 < spans.length && spans[index + 1]!.start <= end) end = Math.max(end, spans[++index]!.end)
    if (end <= start) continue
    if (start > at) pieces.push({ text: text.slice(at, start), marked: false })
    pieces.push({ text: text.slice(start, end), marked: true })
    at = end
  }
  if (at < text.length) pieces.push({ text: text.slice(at), marked: false })
  return pieces
}

/** The judged text with its evidence marked; text nodes only. */
export function MarkedText({ text, evidence }: { text: string; evidence: readonly Span[] }): ComponentChildren {
  return piecesOf(text, evidence).map((piece) => (piece.marked ? <mark class="word">{piece.text}</mark> : piece.text))
}
