/** @jsxImportSource preact */
import type { JSX } from 'preact'
import { useRef, useState } from 'preact/hooks'
import { phraseRule, type Rule, RULE_DAYS, SHORTEST_PHRASE, withRule } from '../store/rules.ts'
import { displayOrigin } from '../store/managed.ts'
import { type Display, displayOf, DISPLAYS, LANGUAGES, type Settings } from '../store/settings.ts'
import { REVIEWER_LIMIT } from '../types.ts'
import { BackupSection, type BackupProps } from './backup.tsx'
import { KeptSection, type KeptProps } from './kept.tsx'
import { ListsSection, type ListsProps } from './lists.tsx'
import { ModelUpdateSection, type ModelUpdateProps } from './model-update.tsx'
import { languageName, languageTag, setLanguage, inLanguage, t, timeText } from './i18n.ts'
import { Logo } from './logo.tsx'
import { PolicySection, type PolicyProps } from './policy.tsx'
import { SinkSection, type SinkProps } from './sink.tsx'
import { TeamSection, type TeamSectionProps } from './team.tsx'

export interface SettingsPageProps extends BackupProps, KeptProps, ListsProps, ModelUpdateProps, PolicyProps, SinkProps, TeamSectionProps {
  now: number
  onChange(change: (old: Settings) => Partial<Settings>): void
  /** Whether certificates can be read from a PEM text. */
  hasCertificates(pem: string): Promise<boolean>
}

/** Every setting, with a sentence. */
export function SettingsPage(props: SettingsPageProps): JSX.Element {
  const { settings, lang, managed: { locked }, onChange } = props
  setLanguage(lang)
  return (
    <main class="settings" lang={languageTag(lang)}>
      <header>
        <Logo />
        <h1>{t('settings')}</h1>
      </header>
      <h2>{t('settingsGeneral')}</h2>
      <label class="row">
        <span>{t('settingsLanguage')}</span>
        <select value={settings.language} disabled={locked.includes('language')} onChange={({ currentTarget: { value } }) => onChange(() => ({ language: value as Settings['language'] }))}>
          {LANGUAGES.map((one) => <option key={one} value={one}>{languageName(one)}</option>)}
        </select>
      </label>
      <label class="row">
        <span>
          {t('moderator')}
          <br />
          <span class="hint">{t('moderatorHint')}</span>
        </span>
        <input type="checkbox" checked={settings.moderator} disabled={locked.includes('moderator')} onChange={({ currentTarget: { checked } }) => onChange(() => ({ moderator: checked }))} />
      </label>
      <label class="row">
        <span>
          {t('reviewer')}
          <br />
          <span class="hint">{t('reviewerHint')}</span>
        </span>
        <input type="text" maxLength={REVIEWER_LIMIT} defaultValue={settings.reviewer} onChange={({ currentTarget: { value } }) => onChange(() => ({ reviewer: value.trim() }))} />
      </label>
      <label class="row">
        <span>
          {t('preserveReports')}
          <br />
          <span class="hint">{t('preserveReportsHint')}</span>
        </span>
        <input type="checkbox" checked={settings.preserveReports} onChange={({ currentTarget: { checked } }) => onChange(() => ({ preserveReports: checked }))} />
      </label>
      <label class="row">
        <span>
          {t('preservePictures')}
          <br />
          <span class="hint">{t('preservePicturesHint')}</span>
        </span>
        <input type="checkbox" checked={settings.preservePictures} onChange={({ currentTarget: { checked } }) => onChange(() => ({ preservePictures: checked }))} />
      </label>
      <Stamp {...props} />
      <SinkSection {...props} />
      <TeamSection {...props} />
      <Sites {...props} />
      <Rules {...props} />
      <ListsSection {...props} />
      <ModelUpdateSection {...props} />
      <PolicySection {...props} />
      <KeptSection {...props} />
      <BackupSection {...props} />
    </main>
  )
}

function Stamp({ settings: { stamp }, onChange, hasCertificates }: SettingsPageProps): JSX.Element {
  const [wrong, setWrong] = useState(false)
  const keep = async (roots: string): Promise<void> => {
    const fits = roots.trim() === '' || (await hasCertificates(roots))
    setWrong(!fits)
    if (fits) onChange((old) => ({ stamp: { ...old.stamp, roots } }))
  }
  // Not bound to what is stored: another setting that is kept meanwhile must not take away what is being typed.
  return (
    <>
      <h2>{t('settingsStamp')}</h2>
      <p class="hint">{t('settingsStampHint')}</p>
      <label class="row">
        <span>{t('settingsStampUrl')}</span>
        <input type="url" maxLength={500} defaultValue={stamp.url} placeholder="https://" onChange={({ currentTarget: { value } }) => onChange((old) => ({ stamp: { ...old.stamp, url: value.trim() } }))} />
      </label>
      <label class="row">
        <span>{t('settingsStampRoots')}</span>
        <textarea rows={3} maxLength={200_000} placeholder="-----BEGIN CERTIFICATE-----" defaultValue={stamp.roots} onChange={({ currentTarget: { value } }) => void keep(value)} />
      </label>
      {wrong && <p class="hint" role="alert">{t('settingsStampWrong')}</p>}
    </>
  )
}

function Sites({ settings, own, managed, sites, lang, onChange }: SettingsPageProps): JSX.Element {
  return (
    <>
      <h2>{t('settingsSites')}</h2>
      <p class="hint">{t('foldHint')}</p>
      {sites.map(({ id, names }) => (
        <label class="row" key={id}>
          <span>{inLanguage(names, lang)}</span>
          <select
            value={displayOf(settings, id)}
            disabled={displayOrigin(own, managed, id) === 'fixed'}
            onChange={({ currentTarget: { value } }) => onChange(({ display }) => ({ display: { ...display, [id]: value as Display } }))}
          >
            {DISPLAYS.map((one) => <option key={one} value={one}>{t(`display_${one}`)}</option>)}
          </select>
        </label>
      ))}
    </>
  )
}

function Rules({ settings, managed: { locked }, sites, lang, now, onChange }: SettingsPageProps): JSX.Element {
  const phrase = useRef<HTMLInputElement>(null)
  const living = settings.rules.filter(({ until }) => until > now)
  const nameOfSite = (site: string): string => {
    const known = sites.find(({ id }) => id === site)
    return known ? inLanguage(known.names, lang) : site
  }
  const nameOf = (rule: Rule): string =>
    rule.kind === 'phrase'
      ? t('rulePhrase', { value: rule.phrase })
      : t('ruleAuthor', { site: nameOfSite(rule.site), value: rule.name || rule.author })
  return (
    <>
      <h2>{t('settingsRules')}</h2>
      {living.length === 0 && <p class="hint">{t('rulesEmpty')}</p>}
      {living.map((rule) => (
        <div class="row" key={rule.id}>
          <span>
            {nameOf(rule)} <span class="hint">{t('ruleUntil', { date: timeText(rule.until).slice(0, 10) })}</span>
          </span>
          <button type="button" onClick={() => onChange(({ rules }) => ({ rules: rules.filter(({ id }) => id !== rule.id) }))}>{t('ruleRemove')}</button>
        </div>
      ))}
      {!locked.includes('rules') && <form
        class="add"
        onSubmit={(event) => {
          event.preventDefault()
          const rule = phraseRule(phrase.current!.value, now)
          if (!rule) return
          phrase.current!.value = ''
          onChange(({ rules }) => ({ rules: withRule(rules, rule) }))
        }}
      >
        <input ref={phrase} minLength={SHORTEST_PHRASE} maxLength={100} required aria-label={t('ruleAdd')} placeholder={t('ruleAddHint', { days: RULE_DAYS })} />
        <button type="submit">{t('ruleAdd')}</button>
      </form>}
    </>
  )
}
