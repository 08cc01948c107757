/** Names of the highlights that extension/content.css styles. */
const NAME = 'reader-evidence'
const FOLDED = 'reader-folded'

/**
 * Points at words in the post itself, without touching the page's nodes (CSS Custom Highlight API); null ends it.
 * Where the words run through an emoji picture or a shadow tree they are not found, and nothing is shown.
 */
export function highlight(element: Element, words: string | null): void {
  if (!('highlights' in CSS)) return
  const range = words === null ? null : rangeOf(element, words)
  if (range) CSS.highlights.set(NAME, new Highlight(range))
  else CSS.highlights.delete(NAME)
}

const folded = new Map<Element, Range>()

/**
 * Covers what a post says after its first words, without touching the page or moving it; returns whether there was
 * anything to cover. Pictures stay.
 */
export function fold(element: Element, text: string): boolean {
  if (!('highlights' in CSS)) return false
  const known = folded.get(element)
  // The page may have put the same words there anew.
  if (known && (known.collapsed || !known.startContainer.isConnected)) unfold(element)
  const range = folded.get(element) ?? foldOf(element, text)
  if (!range) return false
  folded.set(element, range)
  CSS.highlights.set(FOLDED, (CSS.highlights.get(FOLDED) ?? new Highlight()).add(range))
  return true
}

export function unfold(element: Element): void {
  const range = folded.get(element)
  if (!range) return
  folded.delete(element)
  CSS.highlights.get(FOLDED)?.delete(range)
}

/** Letters that stay readable, and the lengths at which beginning and end of a text are looked for. */
const FIRST_WORDS = 16
const LOOKED_FOR = [16, 8, 4]
/** Fewer letters behind the first words are not worth a cover. */
const LEAST_COVERED = 8

/** From behind the first words of the text to its end; null where the page does not hold them as they were read. */
export function foldOf(element: Element, text: string): Range | null {
  const lines = text.split('\n').filter((line) => line.trim() !== '')
  const place = (line: string | undefined, cut: (line: string, length: number) => string): Range | null => {
    for (const length of LOOKED_FOR) {
      const range = line ? rangeOf(element, cut(line, length)) : null
      if (range) return range
    }
    return null
  }
  if (text.length < FIRST_WORDS + LEAST_COVERED) return null
  // A title may stand outside of the unit; then the first line that stands in it is the one that stays.
  let first: Range | null = null
  for (const line of lines.slice(0, -1).slice(0, 3)) first ??= place(line, (words, length) => words.slice(0, length))
  first ??= place(lines.at(-1), (words, length) => words.slice(0, length))
  const last = place(lines.at(-1), (line, length) => line.slice(-length))
  if (!first || !last || first.compareBoundaryPoints(Range.END_TO_END, last) >= 0) return null
  first.setStart(first.endContainer, first.endOffset)
  first.setEnd(last.endContainer, last.endOffset)
  return first
}

/** The first place of `words` in the element's text. */
export function rangeOf(element: Element, words: string): Range | null {
  const walker = element.ownerDocument.createTreeWalker(element, NodeFilter.SHOW_TEXT)
  const nodes: { node: Text; from: number }[] = []
  let text = ''
  while (walker.nextNode()) {
    const node = walker.currentNode as Text
    nodes.push({ node, from: text.length })
    text += node.data
  }
  const at = text.indexOf(words)
  if (at < 0) return null
  const place = (offset: number) => {
    const { node, from } = nodes.findLast((one) => one.from <= offset && one.from + one.node.length >= offset)!
    return [node, offset - from] as const
  }
  const range = element.ownerDocument.createRange()
  range.setStart(...place(at))
  range.setEnd(...place(at + words.length))
  return range
}
