import type { Judgement } from '../messages.ts'
import type { Adapter } from '../sites/adapter.ts'
import type { Decision, Post, Practice } from '../types.ts'
import { highlight } from './highlight.ts'
import type { Language } from './i18n.ts'
import { type MarkProps, removeMark, renderMark } from './mark.tsx'

/** What a mark can ask for; each resolves when it is kept. */
export interface MarkActions {
  report(post: Post, judgement: Judgement, category: Practice | null): Promise<string>
  withdraw(post: Post): Promise<void>
  decide(post: Post, decision: Decision): Promise<void>
}

/** The marks of one page. */
export interface Marks {
  show(element: Element, post: Post, judgement: Judgement): void
  hide(element: Element): void
  owns(node: Node): boolean
  /** Scrolls to the element's mark and opens it; false where it has none. */
  reveal(element: Element): boolean
  setLanguage(language: Language): void
  clear(): void
}

interface Mark {
  host: HTMLElement
  root: ShadowRoot
  post: Post
  judgement: Judgement
  open: boolean
  receipt?: string
  /** How often it was put back after the page removed it. */
  returns: number
}

/** A page that keeps removing a mark wins after this many times: no fight loop. */
const MOST_RETURNS = 8

/** Places marks through the adapter's slots, each in a closed shadow root of a neutral element. */
export function createMarks(doc: Document, adapter: Adapter, actions: MarkActions): Marks {
  const marks = new Map<Element, Mark>()
  const hosts = new WeakSet<Node>()
  let language: Language = 'zh'

  function draw(mark: Mark, element: Element): void {
    const { post, judgement } = mark
    const { verdict, decision, reported } = judgement
    const settle = (work: Promise<unknown>) =>
      work.catch(() => undefined).then(() => marks.get(element) === mark && draw(mark, element))
    const props: MarkProps = {
      verdict,
      text: post.text,
      decision,
      reported,
      receipt: mark.receipt,
      theme: themeAt(element),
      lang: language,
      open: mark.open,
      onOpen(open) {
        mark.open = open
        draw(mark, element)
      },
      onReport: (category) => void settle(actions.report(post, judgement, category).then((receipt) => (mark.receipt = receipt))),
      onDismiss: () => void settle(actions.decide(post, 'dismissed')),
      onUndo: () => void settle(reported ? actions.withdraw(post) : actions.decide(post, 'open')),
      onHighlight: (span) => highlight(element, span && post.text.slice(span.start, span.end)),
    }
    renderMark(mark.root, props)
  }

  function create(element: Element, post: Post, judgement: Judgement): Mark {
    const host = doc.createElement('span')
    hosts.add(host)
    const mark: Mark = { host, root: host.attachShadow({ mode: 'closed' }), post, judgement, open: false, returns: 0 }
    marks.set(element, mark)
    return mark
  }

  function place(element: Element, host: HTMLElement): void {
    const slot = adapter.slot(element)
    if (!slot) return
    if ('after' in slot) slot.after.after(host)
    else slot.parent.prepend(host)
  }

  function hide(element: Element): void {
    const mark = marks.get(element)
    if (!mark) return
    marks.delete(element)
    removeMark(mark.root)
    mark.host.remove()
  }

  const drawAll = (): void => marks.forEach((mark, element) => draw(mark, element))
  const scheme = doc.defaultView?.matchMedia('(prefers-color-scheme: dark)')
  scheme?.addEventListener('change', drawAll)

  return {
    show(element, post, judgement) {
      const { band } = judgement.verdict
      if (band !== 'flagged' && band !== 'unsure') return hide(element)
      const mark = marks.get(element) ?? create(element, post, judgement)
      mark.post = post
      mark.judgement = judgement
      if (!mark.host.isConnected && mark.returns++ <= MOST_RETURNS) place(element, mark.host)
      draw(mark, element)
    },
    hide,
    owns: (node) => hosts.has(node),
    reveal(element) {
      const mark = marks.get(element)
      if (!mark) return false
      mark.host.scrollIntoView({ block: 'center' })
      mark.open = true
      draw(mark, element)
      return true
    },
    setLanguage(next) {
      language = next
      drawAll()
    },
    clear() {
      for (const element of [...marks.keys()]) hide(element)
    },
  }
}

/** Light or dark, as the page is where the mark stands: the nearest background that is not see-through. */
function themeAt(element: Element): 'light' | 'dark' {
  for (let at: Element | null = element; at; at = at.parentElement ?? ((at.getRootNode() as ShadowRoot).host ?? null)) {
    const [r = 0, g = 0, b = 0, alpha = 1] = (getComputedStyle(at).backgroundColor.match(/[\d.]+/g) ?? []).map(Number)
    if (alpha > 0.5) return 0.299 * r + 0.587 * g + 0.114 * b < 128 ? 'dark' : 'light'
  }
  return 'light'
}
