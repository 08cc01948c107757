/** @jsxImportSource preact */
import type { JSX } from 'preact'
import { useEffect, useRef } from 'preact/hooks'
import { t } from './i18n.ts'
import { BINDINGS } from './keys.ts'

/** The keyboard map, as a dialog. */
export function KeyHelp({ onClose }: { onClose(): void }): JSX.Element {
  const dialog = useRef<HTMLDialogElement>(null)
  useEffect(() => dialog.current?.showModal(), [])
  return (
    <dialog
      class="help"
      ref={dialog}
      aria-label={t('keys')}
      onClose={onClose}
      onKeyDown={(event) => {
        if (event.key === '?' || event.key === '？') onClose()
      }}
    >
      <h2>{t('keys')}</h2>
      <dl>
        {BINDINGS.map(({ action, shown, label }) => (
          <div key={action}>
            <dt>{shown.map((key) => <kbd key={key}>{key}</kbd>)}</dt>
            <dd>{t(label)}</dd>
          </div>
        ))}
      </dl>
      <button type="button" onClick={onClose}>{t('close')}</button>
    </dialog>
  )
}
