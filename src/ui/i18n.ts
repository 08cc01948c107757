import en from '../../public/_locales/en/messages.json' with { type: 'json' }
import chinese from '../../public/_locales/zh_CN/messages.json' with { type: 'json' }
import taiwan from '../../public/_locales/zh_TW/messages.json' with { type: 'json' }
import type { Settings } from '../store/settings.ts'
import type { Band, Decision, Form, HistoryEntry, Kind, Practice, Verdict } from '../types.ts'

/** Every key of the catalogue; all languages have the same ones (test/unit/i18n). */
export type Key = keyof typeof chinese
export type Language = Exclude<Settings['language'], 'auto'>
export type Values = Record<string, string | number>

const CATALOGUES: Record<Language, Record<Key, { message: string }>> = { zh: chinese, 'zh-TW': taiwan, en }
let current: Language = 'zh'

/** The language of every later {@link t}. Each view sets it from its `lang` before it draws. */
export function setLanguage(language: Language): void {
  current = language
}

/** For the `lang` attribute. */
export const languageTag = (of: Language = current): string => (of === 'zh' ? 'zh-CN' : of)

/** The chosen language, or the first of the browser's that we speak; English when we speak none. */
export function languageOf(setting: Settings['language'], browserLanguages: readonly string[]): Language {
  if (setting !== 'auto') return setting
  for (const tag of browserLanguages) {
    const [base, ...parts] = tag.toLowerCase().split('-')
    if (base === 'zh') return !parts.includes('hans') && parts.some((part) => ['hant', 'tw', 'hk', 'mo'].includes(part)) ? 'zh-TW' : 'zh'
    if (base === 'en') return 'en'
  }
  return 'en'
}

/** A string of the catalogue; `{name}` in it is replaced by `values.name`. */
export const t = (key: Key, values: Values = {}): string => filled(CATALOGUES[current][key].message, values)

/** The Chinese string, whatever the language of the view. */
export const zh = (key: Key, values: Values = {}): string => filled(chinese[key].message, values)

const filled = (message: string, values: Values): string => message.replace(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole))

/** Names of sites and the words of mainland offices: Chinese readers of either script get them as they are written there. */
export const inLanguage = ({ zh, en }: { zh: string; en: string }, of: Language = current): string => (of === 'en' ? en : zh)
export const languageName = (of: Settings['language']): string => t(of === 'zh-TW' ? 'language_zh_TW' : `language_${of}`)

const isKey = (key: string): key is Key => Object.hasOwn(chinese, key)

export const practiceName = (practice: Practice): string => t(`practice_${practice}`)
export const formName = (form: Form): string => t(`form_${form}`)
export const kindName = (kind: Kind): string => t(`kind_${kind}`)
export const bandName = (band: Band): string => t(`band_${band}`)
export const decisionName = (decision: Decision): string => t(`decision_${decision}`)

/** A reason that travels with a verdict or a state: one sentence, also for a reason of a version we do not know. */
export const reasonText = (reason: string | undefined): string => t(reason && isKey(reason) ? reason : 'unknownReason')

/** What was seen, in as few words as a chip holds: `反催收代办 · 广告`. */
export function verdictName({ categories: [practice], form, reason }: Verdict): string {
  if (!practice) return t(reason === 'markedByPhrase' ? reason : 'practice_none')
  // "Tutorial" is in the practice's own name already.
  const redundant = practice === 'evasion_tutorial' && form === 'tutorial'
  return form && !redundant ? t('namedForm', { practice: practiceName(practice), form: formName(form) }) : practiceName(practice)
}

/** The verdict as a heading: suspected until a person decided. */
export function verdictHeading(verdict: Verdict, decision: Decision = 'open'): string {
  const name = verdictName(verdict)
  if (decision === 'confirmed') return t('confirmedAs', { name })
  if (verdict.reason === 'markedByPhrase') return name
  return t(verdict.band === 'unsure' ? 'maybe' : 'suspected', { name })
}

/** One plain sentence that says what the text does. */
export function sentenceOf({ band, categories: [practice], form, reason }: Verdict): string {
  if (band === 'unsure') return t('sentence_unsure')
  return practice ? t(`sentence_${practice}_${form ?? 'ad'}`) : t(reason === 'markedByPhrase' ? 'sentence_phrase' : 'sentence_none')
}

/** Certainty has two levels, as the verdict has two bands; the thresholds stay with the model. */
export const certaintyOf = ({ band }: Verdict): string => t(band === 'flagged' ? 'certainty_high' : 'certainty_middle')

/** The certainty as it is shown; '' where the mark is by a phrase of the person's own. */
export const certaintyText = (verdict: Verdict): string => (verdict.reason === 'markedByPhrase' ? '' : t('certaintyIs', { level: certaintyOf(verdict) }))

/** The score as a share of 100, never a full 0 or 100: no model is certain. */
export const scoreOf = ({ score }: Verdict): number => Math.min(99, Math.max(1, Math.round(score * 100)))

/** One step of a case's history. */
export function historyName(what: HistoryEntry['what']): string {
  if (what === 'flagged' || what === 'reported' || what === 'withdrawn' || what === 'handed' || what === 'preserved' || what === 'open') return t(`history_${what}`)
  return decisionName(what)
}

/** A whole number as the language groups it. */
export const numberText = (n: number): string => new Intl.NumberFormat(languageTag()).format(n)

/** `2026-11-23 14:05`, in the reader's own zone. */
export function timeText(at: number): string {
  const date = new Date(at)
  const two = (n: number): string => String(n).padStart(2, '0')
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())} ${two(date.getHours())}:${two(date.getMinutes())}`
}
