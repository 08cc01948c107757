/** @jsxImportSource preact */
import type { JSX } from 'preact'
import { useState } from 'preact/hooks'
import { reasonText, t } from './i18n.ts'

/** Keeps what the page shows of a post, and says whether that worked. */
export function PreserveButton({ onPreserve, class: name }: { onPreserve(): Promise<boolean>; class: string }): JSX.Element {
  const [said, setSaid] = useState('')
  const [busy, setBusy] = useState(false)
  const preserve = (): void => {
    setBusy(true)
    onPreserve()
      .then((screenshot) => setSaid(t(screenshot ? 'preserved' : 'preservedNoShot')), (cause: { reason?: string }) => setSaid(t('preserveFailed') + reasonText(cause.reason)))
      .finally(() => setBusy(false))
  }
  return (
    <>
      <button type="button" class={name} title={t('preserveTitle')} disabled={busy} onClick={preserve}>{t('preserve')}</button>
      {said && <span class="quiet preserved" role="status">{said}</span>}
    </>
  )
}
