/** @jsxImportSource preact */
import type { ComponentChildren, JSX } from 'preact'
import { useState } from 'preact/hooks'
import { reasonText, t } from './i18n.ts'
import type { PopupProps } from './popup.tsx'
import { isTabState } from './popup-tab.ts'

interface NoticeProps {
  heading: string
  hint?: string
  /** `alert` needs the person; the others only say how things are. */
  alert?: boolean
  children?: ComponentChildren
}

function Notice({ heading, hint, alert = false, children }: NoticeProps): JSX.Element {
  return (
    <section class={`notice${alert ? ' alert' : ''}`} role={alert ? 'alert' : 'status'}>
      <h2>{heading}</h2>
      {hint && <p>{hint}</p>}
      {children}
    </section>
  )
}

function CopyDiagnostic({ text }: { text: string }): JSX.Element {
  const [copied, setCopied] = useState(false)
  return <button type="button" onClick={() => void navigator.clipboard.writeText(text).then(() => setCopied(true))}>{t(copied ? 'handCopied' : 'copyDiagnostic')}</button>
}

/** Everything the popup has to say about itself, most urgent first. */
export function noticesOf(props: PopupProps): JSX.Element[] {
  const { tab, engine, storeReason, siteName, onRetry, onAllow, onReload, onReadSite } = props
  const notices: JSX.Element[] = []
  if (engine.state === 'failed') {
    notices.push(
      <Notice key="engine" alert heading={t('engineFailed')} hint={reasonText(engine.reason)}>
        {engine.detail && <details><summary>{t('detail')}</summary><code>{engine.detail.slice(0, 500)}</code></details>}
        <button type="button" class="first" onClick={onRetry}>{t('retry')}</button>
      </Notice>,
    )
  }
  if (engine.fellBack !== undefined) notices.push(<Notice key="model" alert heading={t('modelUpdate')} hint={t('modelFellBack')} />)
  if (storeReason) notices.push(<Notice key="store" alert heading={t('storeTrouble')} hint={reasonText(storeReason)} />)

  if (!isTabState(tab)) {
    if (tab.kind === 'loading') notices.push(<Notice key="tab" heading={t('loading')} hint={t('loadingHint')} />)
    if (tab.kind === 'unsupported') {
      notices.push(
        <Notice key="tab" heading={t('unsupported')} hint={t(onReadSite ? 'readHereHint' : 'unsupportedHint')}>
          {onReadSite && <button type="button" class="first" onClick={() => onReadSite(true)}>{t('readHere')}</button>}
        </Notice>,
      )
    }
    if (tab.kind === 'permission') {
      notices.push(
        <Notice key="tab" heading={t('permission')} hint={t('permissionHint')}>
          <button type="button" class="first" onClick={onAllow}>{t('allow')}</button>
        </Notice>,
      )
    }
    if (tab.kind === 'error') {
      notices.push(
        <Notice key="tab" alert heading={t('pageError')} hint={reasonText(tab.reason)}>
          <button type="button" class="first" onClick={onReload}>{t('reload')}</button>
        </Notice>,
      )
    }
    return notices
  }
  if (tab.platform === 'web' && onReadSite) {
    notices.push(
      <Notice key="own" heading={t('genericReader')} hint={t('readHereHint')}>
        <button type="button" onClick={() => onReadSite(false)}>{t('stopReadingHere')}</button>
      </Notice>,
    )
  }
  if (!tab.enabled) return [...notices, <Notice key="tab" heading={t('off', { site: siteName })} hint={t('offHint')} />]
  if (tab.notJudged > 0) {
    // The failed engine has given its reason above.
    const said = engine.state === 'failed' && engine.reason === tab.notJudgedReason
    notices.push(<Notice key="not-judged" heading={t('notJudged', { n: tab.notJudged })} hint={said ? '' : reasonText(tab.notJudgedReason)} />)
  }
  if (tab.newForm) notices.push(<Notice key="form" alert heading={t('blind')} hint={t('newFormHint')}><CopyDiagnostic text={tab.newForm} /></Notice>)
  else if (tab.partly) notices.push(<Notice key="form" alert heading={t('blind')} hint={t('partlyHint')}><CopyDiagnostic text={tab.partly} /></Notice>)
  if (tab.blind) notices.push(<Notice key="tab" alert heading={t('blind')} hint={t('blindHint')} />)
  else if (tab.items.length === 0 && engine.state !== 'failed') {
    const loading = engine.state === 'loading' || (engine.state === 'idle' && tab.pending > 0)
    notices.push(
      loading
        ? <Notice key="tab" heading={t('loading')} hint={t('loadingHint')} />
        : <Notice key="tab" heading={t('nothingYet')} hint={t('nothingYetHint')} />,
    )
  }
  return notices
}
