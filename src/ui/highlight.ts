/** Name of the highlight that extension/content.css styles. */
const NAME = 'evidence'

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
