/** @jsxImportSource preact */
import { type JSX, render } from 'preact'
import { useRef } from 'preact/hooks'
import type { Decision, Practice, Span, Verdict } from '../types.ts'
import { useFloating, useOwnEvents } from './floating.ts'
import { type Language, languageTag, setLanguage, t, verdictHeading, verdictName } from './i18n.ts'
import css from './mark.css?inline'
import { MarkCard } from './mark-card.tsx'
import { Seal, type SealState } from './seal.tsx'

export interface MarkProps {
  /** Flagged or unsure. */
  verdict: Verdict
  /** The text that was judged; evidence points into it. */
  text: string
  decision: Decision
  reported: boolean
  receipt?: string | undefined
  /** The page's own, as the mark stands in it. */
  theme: 'light' | 'dark'
  lang: Language
  open: boolean
  onOpen(open: boolean): void
  onReport(category: Practice | null): void
  onDismiss(): void
  /** Takes back the report or the "not this" that is shown. */
  onUndo(): void
  /** Keeps what the page shows of the post; true with a screenshot. */
  onPreserve(): Promise<boolean>
  /** Points at a span of the text while it is hovered or focused; null ends it. */
  onHighlight(span: Span | null): void
  /** The post is covered until the mark is opened. */
  folded?: boolean
  /** Never marks this author here again; left out where nobody is named. */
  onMute?: (() => void) | undefined
}

interface Face {
  seal: SealState
  words: string
}

/** What the one-line button shows: the person's word goes before the model's. */
function faceOf({ verdict, decision, reported }: MarkProps): Face {
  const name = verdictName(verdict)
  if (reported) return { seal: 'done', words: `${t('reported')} · ${name}` }
  if (decision === 'dismissed') return { seal: 'empty', words: t('markDismissed') }
  if (decision === 'wrong') return { seal: 'empty', words: t('decision_wrong') }
  if (decision === 'confirmed') return { seal: 'flagged', words: verdictHeading(verdict, decision) }
  if (decision === 'unsure' || verdict.band === 'unsure') return { seal: 'unsure', words: t('maybe', { name }) }
  return { seal: 'flagged', words: name }
}

/** The mark beside a post: a one-line button, and the card it opens. */
export function Mark(props: MarkProps): JSX.Element {
  const { verdict, decision, theme, lang, open, folded, onOpen, onHighlight } = props
  setLanguage(lang)
  const root = useRef<HTMLSpanElement>(null)
  const button = useRef<HTMLButtonElement>(null)
  const card = useRef<HTMLDivElement>(null)
  const toggle = (next: boolean): void => {
    if (!next) onHighlight(null)
    onOpen(next)
  }
  useOwnEvents(root)
  useFloating(open, { root, button, card }, (byKeyboard) => {
    if (byKeyboard) button.current?.focus({ preventScroll: true })
    toggle(false)
  })
  const face = faceOf(props)
  const heading = verdictHeading(verdict, decision)
  return (
    <span class="theme" data-theme={theme} lang={languageTag(lang)} ref={root}>
      <button
        type="button"
        class={`chip chip-${face.seal}`}
        ref={button}
        aria-expanded={open}
        aria-haspopup="dialog"
        aria-label={t('markLabel', { name: face.words })}
        title={heading}
        onClick={() => toggle(!open)}
      >
        <Seal state={face.seal} />
        <span class="chip-words">{face.words}</span>
        {folded && <span class="chip-note">{t('folded')}</span>}
        <svg class="caret" viewBox="0 0 8 8" width="8" height="8" aria-hidden="true">
          <path d="m1.2 2.6 2.8 2.8 2.8-2.8" fill="none" stroke="currentColor" stroke-width="1.3" stroke-linecap="round" />
        </svg>
      </button>
      {open && (
        <div class="card" popover="manual" role="dialog" aria-label={heading} tabIndex={-1} ref={card}>
          <MarkCard {...props} heading={heading} seal={face.seal} />
        </div>
      )}
    </span>
  )
}

let sheet: CSSStyleSheet | undefined

/**
 * Takes the stylesheet as a constructed one, which the page's content policy cannot refuse. Firefox does not let
 * content scripts adopt one; there the text goes into a style element.
 */
function adopts(root: ShadowRoot | HTMLElement): boolean {
  if (!('adoptedStyleSheets' in root)) return false
  try {
    if (!sheet) {
      sheet = new CSSStyleSheet()
      sheet.replaceSync(css)
    }
    if (!root.adoptedStyleSheets.includes(sheet)) root.adoptedStyleSheets = [...root.adoptedStyleSheets, sheet]
    return true
  } catch {
    return false
  }
}

/** Draws the mark into its shadow root, or draws it again with other props. */
export function renderMark(root: ShadowRoot | HTMLElement, props: MarkProps): void {
  const adopted = adopts(root)
  render([adopted ? null : <style>{css}</style>, <Mark {...props} />], root)
}

/** Takes the mark away and ends its listeners. */
export function removeMark(root: ShadowRoot | HTMLElement): void {
  render(null, root)
}
