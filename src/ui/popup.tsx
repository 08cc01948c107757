/** @jsxImportSource preact */
import type { JSX } from 'preact'
import type { EngineState, TabState } from '../messages.ts'
import { displayOf, type Settings } from '../store/settings.ts'
import type { Destination } from '../advice/router.ts'
import type { Case, Practice, Verdict } from '../types.ts'
import { Check } from './check.tsx'
import { type Language, languageTag, setLanguage, t } from './i18n.ts'
import { Logo } from './logo.tsx'
import { PopupItem } from './popup-item.tsx'
import { noticesOf } from './popup-notices.tsx'
import { isTabState, type PopupTab } from './popup-tab.ts'

export { isTabState, type PopupTab }

export interface PopupProps {
  tab: PopupTab
  engine: EngineState
  settings: Settings
  /** How sites are shown is fixed by the organisation. */
  fixed?: boolean
  lang: Language
  /** Name of the tab's site in the shown language; '' where none is known. */
  siteName: string
  /** Reports kept on this machine. */
  reports: number
  /** Why records cannot be kept now. */
  storeReason?: 'storeFull' | 'storeNewer' | 'storeBroken' | undefined
  onReport(key: string, category: Practice | null): void
  onDismiss(key: string): void
  /** Takes back the report or the "not this" of an item. */
  onUndo(key: string): void
  onShow(key: string): void
  /** Keeps what the page shows of an item; true with a screenshot. */
  onPreserve(key: string): Promise<boolean>
  onToggleSite(on: boolean): void
  /** Folds the flagged posts of this site, or only marks them. */
  onFold(folds: boolean): void
  onSettings(): void
  /** Switches the generic reader on or off for this site; left out where it cannot run. */
  onReadSite?: ((on: boolean) => void) | undefined
  /** Opens the side panel; left out in the panel itself. */
  onPanel?: (() => void) | undefined
  /** Starts the engine again. */
  onRetry(): void
  onAllow(): void
  onReload(): void
  onOpenReview(what: 'all' | 'reported'): void
  onLanguage(language: Language): void
  onCheck(text: string): Promise<Verdict>
  onReadPage?: (() => Promise<string>) | undefined
  /** Reported cases of this tab, by key. */
  reported: ReadonlyMap<string, Case>
  onHand(key: string, to: Destination, receipt: string): void
}

/** The toolbar popup: this page, a box to check a text, and the way to the review desk. */
export function Popup(props: PopupProps): JSX.Element {
  const { tab, lang, settings, reports, onOpenReview, onCheck, onReadPage } = props
  setLanguage(lang)
  const notices = noticesOf(props)
  return (
    <main class="popup" lang={languageTag(lang)} aria-label={t('popupTitle')}>
      <Header {...props} />
      <div class="popup-body">
        {isTabState(tab) && tab.enabled && <Counts tab={tab} />}
        {notices}
        {isTabState(tab) && tab.enabled && (
          <label class="fold-choice" title={t('foldHint')}>
            <input type="checkbox" disabled={props.fixed} checked={displayOf(settings, tab.platform) === 'fold'} onChange={({ currentTarget: { checked } }) => props.onFold(checked)} />
            {t('fold')}
          </label>
        )}
        {isTabState(tab) && tab.enabled && tab.items.length > 0 && (
          <ul class="items">
            {tab.items.map((item) => <PopupItem key={item.key} item={item} {...props} />)}
          </ul>
        )}
        <Check onCheck={onCheck} onReadPage={onReadPage} />
      </div>
      <footer>
        <button type="button" class="plain" onClick={() => onOpenReview('all')}>{t('openReview')} ›</button>
        <button type="button" class="plain" onClick={() => onOpenReview('reported')}>{t('openReports', { n: reports })} ›</button>
        {props.onPanel && <button type="button" class="plain" onClick={props.onPanel}>{t('openPanel')} ›</button>}
        <button type="button" class="plain" onClick={props.onSettings}>{t('settings')} ›</button>
      </footer>
    </main>
  )
}

function Header({ tab, fixed = false, lang, siteName, onToggleSite, onLanguage }: PopupProps): JSX.Element {
  const on = isTabState(tab) && tab.enabled
  return (
    <header>
      <Logo />
      <h1>{t('name')}</h1>
      {isTabState(tab) && (
        <button type="button" class="switch" role="switch" disabled={fixed} aria-checked={on} aria-label={t('siteSwitch', { site: siteName })} onClick={() => onToggleSite(!on)}>
          <span class="site">{siteName}</span>
          <span class="track" aria-hidden="true" />
          <span class="switch-word">{t(on ? 'siteOn' : 'siteOff')}</span>
        </button>
      )}
      <button type="button" class="plain language" aria-label={t('switchLanguageLabel')} onClick={() => onLanguage(lang === 'en' ? 'zh' : 'en')}>
        {t('switchLanguage')}
      </button>
    </header>
  )
}

function Counts({ tab }: { tab: TabState }): JSX.Element {
  const count = (band: 'flagged' | 'unsure'): number => tab.items.filter((item) => item.verdict.band === band).length
  return (
    <p class="counts">
      {t('counts', { read: tab.read, flagged: count('flagged'), unsure: count('unsure') })}
      {tab.pending > 0 && <span class="quiet"> · {t('pending', { n: tab.pending })}</span>}
    </p>
  )
}
