/** @jsxImportSource preact */
import type { JSX } from 'preact'
import { useState } from 'preact/hooks'
import { PRACTICES } from '../types.ts'
import { wordsOf } from './evidence.tsx'
import { certaintyText, practiceName, scoreOf, sentenceOf, t } from './i18n.ts'
import type { MarkProps } from './mark.tsx'
import { PreserveButton } from './preserve.tsx'
import { Seal, type SealState } from './seal.tsx'

type Part = 'why' | 'more' | null

/** What the opened mark says: what was seen, how sure, why, and what can be done. */
export function MarkCard(props: MarkProps & { heading: string; seal: SealState }): JSX.Element {
  const { verdict, text, decision, reported, heading, seal, onHighlight } = props
  const [part, setPart] = useState<Part>(null)
  const words = wordsOf(text, verdict.evidence)
  const answered = reported || decision === 'dismissed' || decision === 'wrong'
  return (
    <>
      <div class="head">
        <Seal state={seal} />
        <p class="heading">{heading}</p>
        <span class="certainty">{certaintyText(verdict)}</span>
      </div>
      {words.length > 0 && (
        <ul class="words" aria-label={t('evidence')}>
          <li class="label" aria-hidden="true">{t('evidence')}</li>
          {words.map(({ word, span }) => (
            <li key={word}>
              <button
                type="button"
                class="word"
                aria-label={t('showWord', { word })}
                onMouseEnter={() => onHighlight(span)}
                onMouseLeave={() => onHighlight(null)}
                onFocus={() => onHighlight(span)}
                onBlur={() => onHighlight(null)}
                onClick={() => onHighlight(span)}
              >
                {word}
              </button>
            </li>
          ))}
        </ul>
      )}
      <p class="sentence">{sentenceOf(verdict)}</p>
      <Answers {...props} part={part} onPart={(next) => setPart(next === part ? null : next)} />
      {part === 'why' && <Why {...props} />}
      {part === 'more' && !answered && <OtherCategories {...props} />}
    </>
  )
}

function Answers(props: MarkProps & { part: Part; onPart(part: Part): void }): JSX.Element {
  const { verdict, decision, reported, receipt, part, onPart, onReport, onDismiss, onUndo } = props
  const dismissed = decision === 'dismissed' || decision === 'wrong'
  const why = (
    <button type="button" class="plain" aria-expanded={part === 'why'} onClick={() => onPart('why')}>
      {t('why')}
    </button>
  )
  if (reported || dismissed) {
    return (
      <>
        <p class="kept" role="status">
          {t(reported ? 'reportKept' : 'dismissKept')}
          {reported && receipt && <span class="receipt">{t('receiptIs', { receipt })}</span>}
        </p>
        <div class="answers">
          <button type="button" onClick={onUndo}>{t('undo')}</button>
          {why}
        </div>
      </>
    )
  }
  return (
    <div class="answers">
      <button type="button" class="first" onClick={() => onReport(verdict.categories[0] ?? null)}>{t('report')}</button>
      <button type="button" onClick={onDismiss}>{t('dismiss')}</button>
      {why}
      <button type="button" class="plain dots" aria-label={t('reportAs')} title={t('reportAs')} aria-expanded={part === 'more'} onClick={() => onPart('more')}>
        ⋯
      </button>
    </div>
  )
}

function Why({ verdict }: MarkProps): JSX.Element {
  return (
    <div class="part">
      {verdict.reason !== 'markedByPhrase' && <p>{t('whyScore', { n: scoreOf(verdict) })}</p>}
      <p>{t('whyWords')}</p>
      <p>{t('whyLocal')}</p>
      {verdict.model && <p class="quiet">{t('whyModel', { model: verdict.model })}</p>}
    </div>
  )
}

function OtherCategories({ verdict, onReport, onMute, onPreserve }: MarkProps): JSX.Element {
  return (
    <div class="part">
      <p class="quiet">{t('reportAs')}</p>
      <div class="others">
        {PRACTICES.filter((practice) => practice !== verdict.categories[0]).map((practice) => (
          <button type="button" key={practice} onClick={() => onReport(practice)}>
            {practiceName(practice)}
          </button>
        ))}
      </div>
      <PreserveButton onPreserve={onPreserve} class="plain" />
      {onMute && <button type="button" class="plain" onClick={onMute}>{t('muteAuthor')}</button>}
    </div>
  )
}
