/** How long a frame stays when nobody takes it away, ms. */
const LONGEST = 5_000

/** Draws a frame around an element, above the page, for a screenshot; returns the way to take it away. */
export function outline(element: Element): () => void {
  const doc = element.ownerDocument
  const { x, y, width, height } = element.getBoundingClientRect()
  const host = doc.createElement('span')
  const frame = doc.createElement('div')
  frame.style.cssText = `position:fixed;inset:auto;z-index:2147483647;pointer-events:none;box-sizing:border-box;border:3px solid #b3261e;left:${x - 4}px;top:${y - 4}px;width:${width + 8}px;height:${height + 8}px`
  host.attachShadow({ mode: 'closed' }).append(frame)
  doc.documentElement.append(host)
  const timer = setTimeout(() => host.remove(), LONGEST)
  return () => {
    clearTimeout(timer)
    host.remove()
  }
}
