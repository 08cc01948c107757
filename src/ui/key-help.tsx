/** @jsxImportSource preact */
import type { JSX } from 'preact'
import { useEffect, useRef } from 'preact/hooks'
import { t } from './i18n.ts'
import type { Binding } from './keys.ts'

/** A keyboard map, as a dialog. */
export function KeyHelp({ bindings, onClose }: { bindings: readonly Pick<Binding, 'shown' | 'label'>[]; onClose(): void }): JSX.Element {
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
        {bindings.map(({ shown, label }) => (
          <div key={label}>
            <dt>{shown.map((key) => <kbd key={key}>{key}</kbd>)}</dt>
            <dd>{t(label)}</dd>
          </div>
        ))}
      </dl>
      <button type="button" onClick={onClose}>{t('close')}</button>
    </dialog>
  )
}
