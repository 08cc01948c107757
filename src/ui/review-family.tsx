/** @jsxImportSource preact */
import type { JSX } from 'preact'
import { useLayoutEffect, useMemo, useRef, useState } from 'preact/hooks'
import type { Case, Decision } from '../types.ts'
import { t } from './i18n.ts'
import { actionOf, BINDINGS } from './keys.ts'

/** Texts that are shown before a whole family is decided. */
const SAMPLE = 5

/** Texts of a family that differ, as they came, and evenly spread ones of them: a template drifts with time. */
export function sampleOf(family: readonly Case[]): { texts: string[]; sample: string[] } {
  const texts = [...new Set([...family].sort((a, b) => a.firstSeen - b.firstSeen).map(({ post }) => post.text))]
  const last = texts.length - 1
  const places = texts.length <= SAMPLE ? texts.keys() : Array.from({ length: SAMPLE }, (_, at) => Math.round((at * last) / (SAMPLE - 1)))
  return { texts, sample: [...places].map((at) => texts[at]!) }
}

interface FamilyProps {
  family: readonly Case[]
  onDecide(open: readonly Case[], decision: Decision): void
  onClose(): void
}

const ANSWERS = [['confirmed', '1', 'confirm'], ['wrong', '2', 'wrong'], ['unsure', '3', 'unsure']] as const

/** One decision for all of a family that is still open; what a person decided before stays. */
export function FamilyDialog({ family, onDecide, onClose }: FamilyProps): JSX.Element {
  const dialog = useRef<HTMLDialogElement>(null)
  const [chosen, choose] = useState<Decision | null>(null)
  const { texts, sample } = useMemo(() => sampleOf(family), [family])
  const open = family.filter(({ decision }) => decision === 'open')
  // Before the next key, which a quick hand presses at once.
  useLayoutEffect(() => dialog.current?.showModal(), [])
  const save = (): void => {
    if (!chosen || open.length === 0) return
    onDecide(open, chosen)
    onClose()
  }
  return (
    <dialog
      class="help family-decide"
      ref={dialog}
      aria-label={t('familyDecideTitle', { n: family.length })}
      onClose={onClose}
      onKeyDown={(event) => {
        const action = actionOf(event, BINDINGS)
        const answer = ANSWERS.find(([, , one]) => one === action)
        if (!answer && action !== 'save') return
        event.preventDefault()
        if (answer) choose(answer[0])
        else save()
      }}
    >
      <h2>{t('familyDecideTitle', { n: family.length })}</h2>
      <p>{t('familyOpen', { open: open.length, decided: family.length - open.length })}</p>
      <h3 class="quiet">{t('familySample', { n: texts.length })}</h3>
      {/* The keyboard begins here: to read and scroll before it answers. */}
      <ol tabIndex={0} autofocus>{sample.map((text) => <li key={text}>{text}</li>)}</ol>
      <div class="answers" role="group" aria-label={t('state')}>
        {ANSWERS.map(([decision, key]) => (
          <button type="button" key={decision} aria-pressed={chosen === decision} disabled={open.length === 0} onClick={() => choose(decision)}>
            {t(`decide_${decision}`)} <kbd>{key}</kbd>
          </button>
        ))}
        <button type="button" class="first" disabled={!chosen} onClick={save}>{t('familySave')} <kbd>Enter</kbd></button>
        <button type="button" class="plain" onClick={onClose}>{t('cancel')}</button>
      </div>
    </dialog>
  )
}
