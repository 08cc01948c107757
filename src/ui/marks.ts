import type { Judgement } from '../messages.ts'
import type { Adapter } from '../sites/adapter.ts'
import { caseKey, type Decision, type Post, type Practice } from '../types.ts'
import type { Display } from '../store/settings.ts'
import { fold, highlight, unfold } from './highlight.ts'
import type { Language } from './i18n.ts'
import { type MarkProps, removeMark, renderMark } from './mark.tsx'

/** What a mark can ask for; each resolves when it is kept. */
export interface MarkActions {
  report(post: Post, judgement: Judgement, category: Practice | null): Promise<string>
  withdraw(post: Post): Promise<void>
  decide(post: Post, decision: Decision): Promise<void>
  /** Keeps what the page shows of the post; true with a screenshot. */
  preserve(post: Post): Promise<boolean>
  /** Never again marks what this post's author writes on this site. */
  mute(post: Post): Promise<void>
}

/** The marks of one page. */
export interface Marks {
  show(element: Element, post: Post, judgement: Judgement): void
  hide(element: Element): void
  owns(node: Node): boolean
  /** Scrolls to the element's mark and opens it; false where it has none. */
  reveal(element: Element): boolean
  setLanguage(language: Language): void
  setDisplay(display: Display): void
  /** Goes to the next (1) or previous (-1) flagged or unsure post of the page, and round; false where there is none. */
  move(by: 1 | -1): boolean
  /** What a key asks of the post last gone to. */
  act(what: 'open' | 'report' | 'dismiss' | 'confirm' | 'wrong' | 'undo'): boolean
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

/** Opened posts that are remembered. */
const REMEMBERED = 5_000
/** A page that keeps removing a mark wins after this many times: no fight loop. */
const MOST_RETURNS = 8

/** Places marks through the adapter's slots, each in a closed shadow root of a neutral element. */
export function createMarks(doc: Document, adapter: Adapter, actions: MarkActions): Marks {
  const marks = new Map<Element, Mark>()
  const hosts = new WeakSet<Node>()
  let language: Language = 'zh'
  let display: Display = 'mark'
  /** The element that {@link Marks.move} last went to, and those that keys acted on, last first. */
  let current: Element | undefined
  const acted: Element[] = []
  let working: Promise<unknown> = Promise.resolve()
  /** Posts whose mark was opened once: they stay unfolded when the page draws them again. */
  const opened = new Set<string>()

  function draw(mark: Mark, element: Element): void {
    const { post, judgement } = mark
    const { verdict, decision, reported } = judgement
    const folds = display === 'fold' && verdict.band === 'flagged' && !opened.has(caseKey(post)) && decision !== 'dismissed' && decision !== 'wrong'
    if (!folds) unfold(element)
    const props: MarkProps = {
      verdict,
      text: post.text,
      decision,
      reported,
      receipt: mark.receipt,
      theme: themeAt(element),
      lang: language,
      open: mark.open,
      folded: folds && fold(element, post.text),
      onOpen(open) {
        setOpen(mark, open)
        draw(mark, element)
      },
      onReport: (category) => void report(mark, element, category),
      onDismiss: () => void settle(mark, element, actions.decide(post, 'dismissed')),
      onUndo: () => void undo(mark, element),
      onPreserve: () => actions.preserve(post),
      ...(post.author.id && adapter.id !== 'web' ? { onMute: () => void settle(mark, element, actions.mute(post)) } : {}),
      onHighlight: (span) => highlight(element, span && post.text.slice(span.start, span.end)),
    }
    renderMark(mark.root, props)
  }

  const settle = (mark: Mark, element: Element, work: Promise<unknown>) =>
    work.catch(() => undefined).then(() => marks.get(element) === mark && draw(mark, element))
  const report = (mark: Mark, element: Element, category: Practice | null) =>
    settle(mark, element, actions.report(mark.post, mark.judgement, category).then((receipt) => (mark.receipt = receipt)))
  const undo = (mark: Mark, element: Element) =>
    settle(mark, element, mark.judgement.reported ? actions.withdraw(mark.post) : actions.decide(mark.post, 'open'))

  /** Elements with a mark on the page, in page order. */
  const inOrder = (): Element[] =>
    [...marks].filter(([, { host }]) => host.isConnected).map(([element]) => element)
      .sort((a, b) => (a.compareDocumentPosition(b) & Node.DOCUMENT_POSITION_FOLLOWING ? -1 : 1))

  function setOpen(mark: Mark, open: boolean): void {
    mark.open = open
    if (!open) return
    opened.add(caseKey(mark.post))
    if (opened.size > REMEMBERED) opened.delete(opened.values().next().value!)
  }

  function reveal(element: Element, open: boolean): boolean {
    const mark = marks.get(element)
    if (!mark) return false
    current = element
    mark.host.scrollIntoView({ block: 'center' })
    setOpen(mark, open)
    if (!open) highlight(element, null)
    draw(mark, element)
    return true
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
    if (current === element) current = undefined
    unfold(element)
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
    reveal: (element) => reveal(element, true),
    setLanguage(next) {
      language = next
      drawAll()
    },
    setDisplay(next) {
      display = next
      drawAll()
    },
    move(by) {
      const elements = inOrder()
      if (elements.length === 0) return false
      const at = current ? elements.indexOf(current) : by > 0 ? -1 : 0
      const before = current && marks.get(current)
      if (before?.open) {
        before.open = false
        highlight(current!, null)
        draw(before, current!)
      }
      return reveal(elements[(at + by + elements.length) % elements.length]!, true)
    },
    act(what) {
      const element = what === 'undo' ? acted.pop() : current
      const mark = element && marks.get(element)
      if (!mark) return false
      if (what === 'open') return reveal(element, !mark.open)
      // One after the other: a report that is not yet kept cannot be taken back.
      const work = (): Promise<unknown> => {
        if (what === 'undo') return undo(mark, element)
        if (what === 'report') return report(mark, element, mark.judgement.verdict.categories[0] ?? null)
        return settle(mark, element, actions.decide(mark.post, ({ dismiss: 'dismissed', confirm: 'confirmed', wrong: 'wrong' } as const)[what]))
      }
      if (what !== 'undo') acted.push(element)
      working = working.then(work)
      return true
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
