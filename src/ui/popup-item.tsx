/** @jsxImportSource preact */
import type { JSX } from 'preact'
import type { TabItem } from '../messages.ts'
import { Handover } from './handover.tsx'
import { certaintyText, decisionName, t, verdictName } from './i18n.ts'
import type { PopupProps } from './popup.tsx'
import { PreserveButton } from './preserve.tsx'
import { Seal, type SealState } from './seal.tsx'

/** Enough for the two lines that are shown. */
const FIRST_WORDS = 90

export const firstWords = (text: string, limit = FIRST_WORDS): string => {
  const line = text.replace(/\s+/g, ' ').trim()
  return line.length > limit ? `${line.slice(0, limit)}…` : line
}

export function sealOf({ verdict, decision, reported }: Pick<TabItem, 'verdict' | 'decision' | 'reported'>): SealState {
  if (reported) return 'done'
  if (decision === 'dismissed' || decision === 'wrong') return 'empty'
  if (decision === 'confirmed') return 'flagged'
  return decision === 'unsure' || verdict.band === 'unsure' ? 'unsure' : 'flagged'
}

/** One flagged or unsure post of the tab. */
export function PopupItem({ item, siteName, reported: cases, onReport, onDismiss, onUndo, onShow, onHand, onPreserve }: PopupProps & { item: TabItem }): JSX.Element {
  const { key, post, verdict, decision, reported, onPage } = item
  const answered = reported || decision === 'dismissed' || decision === 'wrong'
  return (
    <li class={`item${answered ? ' answered' : ''}`}>
      <div class="item-head">
        <Seal state={sealOf(item)} />
        <span class={`item-name ${verdict.band}`}>{verdict.band === 'unsure' ? t('maybe', { name: verdictName(verdict) }) : verdictName(verdict)}</span>
        <span class="certainty">{certaintyText(verdict)}</span>
      </div>
      <button type="button" class="quote" disabled={!onPage} title={t(onPage ? 'jump' : 'gone')} onClick={() => onShow(key)}>
        {firstWords(post.text) || t('untitled')}
      </button>
      <div class="item-foot">
        <span class="author">{post.author.name || t('unnamed')}</span>
        {answered ? (
          <>
            <span class={`state${reported ? ' done' : ''}`}>{reported ? t('reported') : decision === 'dismissed' ? t('markDismissed') : decisionName(decision)}</span>
            <button type="button" class="small" onClick={() => onUndo(key)}>{t('undo')}</button>
          </>
        ) : (
          <>
            <button type="button" class="small main" onClick={() => onReport(key, verdict.categories[0] ?? null)}>{t('report')}</button>
            <button type="button" class="small" onClick={() => onDismiss(key)}>{t('dismiss')}</button>
          </>
        )}
      </div>
      <div class="item-more"><PreserveButton onPreserve={() => onPreserve(key)} class="plain small" /></div>
      {reported && cases.has(key) && <Handover reported={cases.get(key)!} siteName={siteName} onHand={(to, receipt) => onHand(key, to, receipt)} />}
    </li>
  )
}
