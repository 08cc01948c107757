import type { Post } from '../types.ts'

/**
 * What a site fulfils. An adapter only reads: it stores, draws, clicks and fetches nothing, and never
 * changes the page. It uses what an isolated content script sees: elements, attributes, open shadow roots.
 */
export interface Adapter {
  /** Also the `platform` of its posts; a-z and digits. */
  id: string
  names: { zh: string; en: string }
  /** Match patterns with exact hosts, as the manifest writes them: `https://weibo.com/*`. */
  matches: readonly string[]
  /** Elements at or under `root` that each hold one unit (quotes inside posts are units of their own), in page order. */
  posts(root: ParentNode): Iterable<Element>
  /** Where finding posts takes long: what {@link posts} of the document does first, in steps between which the page may run. */
  look?(doc: Document): Generator<void, void>
  /** Reads one of those elements; null while it is not rendered, parked, a hidden copy, or no post at all. */
  read(element: Element, page: URL): Post | null
  /** Where the mark of this unit goes: it is placed after the given node, or as first child of `parent`. */
  slot(element: Element): { after: Element } | { parent: Element } | null
  /** Open shadow roots that hold posts now; each needs an observer of its own. */
  roots?(root: ParentNode): Iterable<ShadowRoot>
  /** True where a page of this site is expected to hold posts, so that finding none is worth saying. */
  expects(page: URL): boolean
}
