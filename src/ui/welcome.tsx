/** @jsxImportSource preact */
import type { JSX } from 'preact'
import { useState } from 'preact/hooks'
import type { Adapter } from '../sites/adapter.ts'
import type { Verdict } from '../types.ts'
import { Check } from './check.tsx'
import { type Language, languageTag, setLanguage, inLanguage, t } from './i18n.ts'
import { Logo } from './logo.tsx'

export interface WelcomeProps {
  lang: Language
  sites: readonly Pick<Adapter, 'id' | 'names'>[]
  /** Ids of the sites that are on now. */
  chosen: readonly string[]
  onCheck(text: string): Promise<Verdict>
  /** Asks for these sites and switches the others off; says how many are on, and how many the browser refused. */
  onStart(chosen: readonly string[]): Promise<{ on: number; refused: number }>
  onReview(): void
  onSettings(): void
}

/** The first run: what it does, tried at once; which sites; what stays on the machine. */
export function Welcome(props: WelcomeProps): JSX.Element {
  const { lang, onCheck, onReview, onSettings } = props
  setLanguage(lang)
  const [example, setExample] = useState('')
  return (
    <main class="settings welcome" lang={languageTag(lang)}>
      <header>
        <Logo />
        <h1>{t('welcome')}</h1>
      </header>
      <p>{t('welcomeLead')}</p>
      <h2>{t('welcomeTry')}</h2>
      <p class="hint">{t('welcomeTryHint')}</p>
      {/* Another key is another box: the example is put in and checked at once. */}
      <Check key={example} given={example} onCheck={onCheck} />
      {!example && <button type="button" class="plain" onClick={() => setExample(t('welcomeExampleText'))}>{t('welcomeExample')}</button>}
      <Sites {...props} />
      <h2>{t('welcomeKept')}</h2>
      <ul class="facts">
        <li>{t('welcomeKept_cases')}</li>
        <li>{t('welcomeKept_nothing')}</li>
        <li>{t('welcomeKept_errs')}</li>
      </ul>
      <footer>
        <button type="button" class="plain" onClick={onReview}>{t('openReview')} ›</button>
        <button type="button" class="plain" onClick={onSettings}>{t('settings')} ›</button>
      </footer>
    </main>
  )
}

function Sites({ lang, sites, chosen: given, onStart }: WelcomeProps): JSX.Element {
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set(given))
  const [done, setDone] = useState<{ on: number; refused: number }>()
  const toggle = (id: string, on: boolean): void => {
    const next = new Set(chosen)
    if (on) next.add(id)
    else next.delete(id)
    setChosen(next)
  }
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault()
        void onStart([...chosen]).then(setDone)
      }}
    >
      <h2>{t('welcomeSites')}</h2>
      <p class="hint">{t('welcomeSitesHint')}</p>
      <p>
        <button type="button" class="plain" onClick={() => setChosen(new Set(sites.map(({ id }) => id)))}>{t('welcomeAll')}</button>
        <button type="button" class="plain" onClick={() => setChosen(new Set())}>{t('welcomeNone')}</button>
      </p>
      <div class="choices" role="group" aria-label={t('welcomeSites')}>
        {sites.map(({ id, names }) => (
          <label key={id}>
            <input type="checkbox" name={id} checked={chosen.has(id)} onChange={({ currentTarget: { checked } }) => toggle(id, checked)} /> {inLanguage(names, lang)}
          </label>
        ))}
      </div>
      <button type="submit" class="first">{t('welcomeStart')}</button>
      <p class="done" role="status">
        {done && t('welcomeStarted', { n: done.on })} {done && done.refused > 0 && t('welcomeRefused', { n: done.refused })}
      </p>
    </form>
  )
}
