/** @jsxImportSource preact */
import type { JSX } from 'preact'
import { useEffect, useRef, useState } from 'preact/hooks'
import { CHECKED, channelsFor } from '../advice/help.ts'
import { promisesOf } from '../advice/promises.ts'
import type { Verdict } from '../types.ts'
import { wordsOf } from './evidence.tsx'
import { certaintyText, inLanguage, reasonText, sentenceOf, t, verdictName } from './i18n.ts'
import { Seal } from './seal.tsx'

/** Longest text the box takes; the model reads no more. */
const LIMIT = 10_000

type Answer = { text: string; verdict: Verdict } | 'checking' | 'unreadable' | null

/** Head and tail of a text that is too long: what is offered often stands last. */
const clip = (text: string): string => (text.length <= LIMIT ? text : text.slice(0, LIMIT / 2) + text.slice(-LIMIT / 2))

export interface CheckProps {
  onCheck(text: string): Promise<Verdict>
  /** Text to check at once, such as a selection. */
  given?: string
  /** Reads the page that the popup stands over; left out where there is none. Rejects where it may not be read. */
  onReadPage?: (() => Promise<string>) | undefined
}

/** The box that checks a pasted text, with its answer under it. */
export function Check({ onCheck, given = '', onReadPage }: CheckProps): JSX.Element {
  const [text, setText] = useState(given)
  const [answer, setAnswer] = useState<Answer>(null)
  // An answer to an earlier text must not appear under a later one.
  const turn = useRef(0)
  const box = useRef<HTMLTextAreaElement>(null)
  const reply = useRef<HTMLDivElement>(null)
  useEffect(() => {
    if (answer) reply.current?.scrollIntoView({ block: 'nearest' })
  }, [answer])

  const check = async (what = text): Promise<void> => {
    const asked = clip(what.trim())
    if (!asked) return box.current?.focus()
    const mine = ++turn.current
    setAnswer('checking')
    const verdict = await onCheck(asked).catch((): Verdict => NOT_JUDGED)
    if (mine === turn.current) setAnswer({ text: asked, verdict })
  }
  useEffect(() => {
    if (given) void check(given)
  }, [given])
  const checkPage = async (): Promise<void> => {
    turn.current++
    try {
      const page = clip((await onReadPage!()).trim())
      setText(page)
      await check(page)
    } catch {
      setAnswer('unreadable')
    }
  }
  const clear = (): void => {
    turn.current++
    setText('')
    setAnswer(null)
    box.current?.focus()
  }
  return (
    <section class="check">
      <form
        onSubmit={(event) => {
          event.preventDefault()
          void check()
        }}
      >
        <label class="check-title" for="check-text">{t('check')}</label>
        <textarea
          id="check-text"
          ref={box}
          rows={2}
          maxLength={LIMIT}
          placeholder={t('checkHint')}
          value={text}
          onInput={(event) => setText(event.currentTarget.value)}
          onKeyDown={(event) => {
            if (event.key !== 'Enter' || event.shiftKey || event.isComposing) return
            event.preventDefault()
            void check()
          }}
        />
        <div class="check-do">
          {onReadPage && !text && <button type="button" class="plain" title={t('checkPageHint')} onClick={() => void checkPage()}>{t('checkPage')}</button>}
          {(answer || text) && <button type="button" class="plain" onClick={clear}>{t('checkAgain')}</button>}
          <button type="submit" class={text.trim() ? 'first' : ''} disabled={answer === 'checking'}>{t('checkDo')}</button>
        </div>
      </form>
      <div aria-live="polite" ref={reply}>
        {answer === 'checking' && <p class="quiet">{t('checking')}</p>}
        {answer === 'unreadable' && <Plain heading={t('checkNotJudged')} hint={t('checkPageFailed')} />}
        {typeof answer === 'object' && answer && <CheckAnswer {...answer} />}
      </div>
    </section>
  )
}

const NOT_JUDGED: Verdict = { band: 'not_judged', score: 0, categories: [], form: null, evidence: [], model: '' }

function CheckAnswer({ text, verdict }: { text: string; verdict: Verdict }): JSX.Element {
  const { band, evidence } = verdict
  if (band === 'clean') return <Plain heading={t('checkClean')} hint={t('checkCleanHint')} />
  if (band === 'not_judged') return <Plain heading={t('checkNotJudged')} hint={reasonText(verdict.reason)} />
  const name = verdictName(verdict)
  const words = wordsOf(text, evidence)
  return (
    <div class="answer">
      <p class={`answer-line ${band}`}>
        <Seal state={band} />
        <strong>{t(band === 'flagged' ? 'checkFlagged' : 'checkUnsure', { name })}</strong>
        <span class="certainty">{certaintyText(verdict)}</span>
      </p>
      <p>{sentenceOf(verdict)}</p>
      {words.length > 0 && (
        <ul class="words" aria-label={t('evidence')}>
          <li class="label" aria-hidden="true">{t('evidence')}</li>
          {words.map(({ word }) => <li class="word" key={word}>{word}</li>)}
        </ul>
      )}
      {band === 'unsure' && <p class="quiet">{t('checkCleanHint')}</p>}
      {band === 'flagged' && <Promises text={text} verdict={verdict} />}
      {band === 'flagged' && <WhatNow practice={verdict.categories[0]} />}
    </div>
  )
}

function Plain({ heading, hint }: { heading: string; hint: string }): JSX.Element {
  return (
    <div class="answer">
      <p class="answer-line"><Seal state="empty" /><strong>{heading}</strong></p>
      <p class="quiet">{hint}</p>
    </div>
  )
}

function Promises({ text, verdict }: { text: string; verdict: Verdict }): JSX.Element | null {
  const promises = promisesOf(text, verdict.categories)
  if (promises.length === 0) return null
  return (
    <>
      <h3>{t('promises')}</h3>
      <dl class="promises">
        {promises.map(({ id, promise, fact }) => (
          <div key={id}>
            <dt>{inLanguage(promise)}</dt>
            <dd>{inLanguage(fact)}</dd>
          </div>
        ))}
      </dl>
    </>
  )
}

function WhatNow({ practice }: { practice: Verdict['categories'][number] | undefined }): JSX.Element {
  return (
    <>
      <ol class="steps">
        <li>{t('step_hold')}</li>
        <li>{t('step_lender')}</li>
        <li>{t('step_keep')}</li>
      </ol>
      <details class="paid">
        <summary>{t('alreadyPaid')}</summary>
        <ol class="steps">
          <li>{t('paid_stop')}</li>
          <li>{t('paid_bank')}</li>
          <li>{t('paid_police')}</li>
          <li>{t('paid_lock')}</li>
        </ol>
      </details>
      <h3>{t('channels')}</h3>
      <dl class="channels" title={CHECKED}>
        {channelsFor(practice).map(({ id, name, purpose }) => (
          <div key={id}>
            <dt>{id}</dt>
            <dd>
              {inLanguage(name)}
              <span class="quiet">{inLanguage(purpose)}</span>
            </dd>
          </div>
        ))}
      </dl>
    </>
  )
}
