/** A report of a page that is read wrongly, for a bug tracker: numbers and the page's frame, not a word of any post, name or id. */

import type { Health } from './canary.ts'

/** Words of addresses that name a kind of page, never a person or a post. */
const PATH_WORDS = new Set(
  'about answer article c channel comments detail dynamic explore feed forum group home hot item news note opus p people pin post posts profile question r read review s search search_result short-video space status t tag thread topic u user video watch web weibo zvideo'.split(' '),
)

export function diagnostic(health: Health, root: ParentNode, page: URL): string {
  const path = page.pathname.split('/').filter(Boolean).map((part) => (PATH_WORDS.has(part) ? part : /^\d+$/.test(part) ? '<digits>' : /^[a-z-]+$/i.test(part) ? '<letters>' : '<mixed>'))
  const percent = (part: number) => `${Math.round(part * 100)} %`
  return [
    `adapter ${health.adapter}, ${page.hostname}/${path.join('/')}`,
    `found ${health.found}, read ${health.units} (${health.posts} posts, ${health.comments} comments), generic ${health.others}`,
    `with id ${percent(health.id)}, typical length ${health.length}`,
    Object.entries(health.shares).map(([canary, share]) => `${canary} ${percent(share)}`).join(', '),
    ...skeleton(root),
  ].join('\n')
}

const MOST_ELEMENTS = 20_000
const BLOCKS_SHOWN = 4
const LINES_SHOWN = 24

/** The most repeated blocks of the page, as tags and class stems. */
function skeleton(root: ParentNode): string[] {
  const elements: Element[] = []
  const steps: ParentNode[] = [root]
  while (steps.length > 0 && elements.length < MOST_ELEMENTS) {
    const node = steps.pop()!
    if (node.nodeType === 1) elements.push(node as Element)
    const children = [...((node as Element).shadowRoot ?? node).children]
    for (const child of children.reverse()) steps.push(child)
  }
  // A class may be made of a word that someone wrote, or of an id; such words are left out.
  const written = new Set<string>()
  const leaveOut = (text: string) => text.toLowerCase().match(/[a-z]{2,}/g)?.forEach((word) => written.add(word))
  for (const element of elements) {
    for (const node of (element.shadowRoot ?? element).childNodes) if (node.nodeType === 3) leaveOut((node as Text).data)
    for (const { name, value } of element.attributes)
      if (name !== 'class' && name !== 'style' && value.length < 300) for (const token of value.match(/[\w-]*\d[\w-]*/g) ?? []) if (!/^[a-z]+[-_]?\d+$/i.test(token)) leaveOut(token)
  }
  const stem = (name: string): string => name.split(/[^a-zA-Z0-9]+/).filter((word) => word !== '' && !/\d/.test(word) && !written.has(word.toLowerCase())).join('-')
  const label = (element: Element): string => [element.localName, ...[...element.classList].slice(0, 3).map(stem).filter(Boolean)].join('.')
  const counts = new Map<string, Element[]>()
  for (const element of elements) {
    if (element.childElementCount === 0 && !element.shadowRoot) continue
    const name = label(element)
    counts.set(name, [...(counts.get(name) ?? []).slice(0, 500), element])
  }
  const blocks = [...counts].filter(([, same]) => same.length > 1).sort(([, a], [, b]) => b.length - a.length).slice(0, BLOCKS_SHOWN)
  return blocks.flatMap(([name, same]) => [`${same.length} × ${name}`, ...outline(same[0]!, label)])
}

function outline(block: Element, label: (element: Element) => string): string[] {
  const lines: string[] = []
  const steps: [Element, number][] = [[block, 0]]
  while (steps.length > 0 && lines.length <= LINES_SHOWN) {
    const [element, depth] = steps.pop()!
    if (depth > 0) lines.push(`${'  '.repeat(depth)}${label(element)}`)
    if (depth < 4) for (const child of [...(element.shadowRoot ?? element).children].reverse()) steps.push([child, depth + 1])
  }
  return lines
}
