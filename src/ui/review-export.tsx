/** @jsxImportSource preact */
import type { JSX } from 'preact'
import { useEffect, useRef, useState } from 'preact/hooks'
import { FORMATS } from '../export/index.ts'
import { TLP, TLP_DEFAULT, type Tlp } from '../export/tlp.ts'
import type { Written } from '../export/write.ts'
import type { Case } from '../types.ts'
import { t } from './i18n.ts'

/** An export under way. `result` fails where the file could not be written, and never settles once cancelled. */
export interface Exporting {
  result: Promise<Written>
  cancel(): void
}

export interface ExportProps {
  /** What the filters show, in the order shown. */
  cases: readonly Case[]
  onExport(format: string, cases: readonly Case[], tlp: Tlp, onProgress: (done: number) => void): Exporting
  /** Offers the file to the person. */
  onSave(file: Blob, name: string): void
  onClose(): void
}

type State = { is: 'choosing' } | { is: 'running'; done: number } | { is: 'done'; about: Written['about'] } | { is: 'failed' }

/** Choice of a file, its progress, and by what it can be checked. */
export function ExportDialog({ cases, onExport, onSave, onClose }: ExportProps): JSX.Element {
  const dialog = useRef<HTMLDialogElement>(null)
  const [state, setState] = useState<State>({ is: 'choosing' })
  const [tlp, setTlp] = useState<Tlp>(TLP_DEFAULT)
  const running = useRef<Exporting | null>(null)
  useEffect(() => {
    dialog.current?.showModal()
    return () => running.current?.cancel()
  }, [])
  const start = (format: string): void => {
    setState({ is: 'running', done: 0 })
    running.current = onExport(format, cases, tlp, (done) => setState({ is: 'running', done }))
    running.current.result.then(
      ({ file, about }) => {
        setState({ is: 'done', about })
        onSave(file, about.file)
      },
      () => setState({ is: 'failed' }),
    )
  }
  const cancel = (): void => {
    running.current?.cancel()
    setState({ is: 'choosing' })
  }
  return (
    <dialog class="help export" ref={dialog} aria-label={t('exportCases', { n: cases.length })} onClose={onClose}>
      <h2>{t('exportCases', { n: cases.length })}</h2>
      {state.is === 'choosing' && (
        <ul class="formats">
          {FORMATS.map(({ id, name }) => (
            <li key={id}>
              <button type="button" onClick={() => start(id)}>{name}</button>
              <span class="quiet">{t(`export_${id}`)}</span>
            </li>
          ))}
          <li>
            <label>
              {t('tlpLabel')}{' '}
              <select value={tlp} onChange={({ currentTarget: { value } }) => setTlp(value as Tlp)}>
                {TLP.map((colour) => <option key={colour} value={colour}>TLP:{colour.toUpperCase()}</option>)}
              </select>
            </label>
          </li>
        </ul>
      )}
      {state.is === 'running' && (
        <p role="status">
          <progress max={cases.length} value={state.done} aria-label={t('exporting')} /> {state.done} / {cases.length}
        </p>
      )}
      {state.is === 'done' && <Done about={state.about} onSave={onSave} />}
      {state.is === 'failed' && <p role="alert">{t('exportFailed')}</p>}
      <div class="actions">
        {state.is === 'running' && <button type="button" onClick={cancel}>{t('cancel')}</button>}
        <button type="button" class="plain" onClick={onClose}>{t('close')}</button>
      </div>
    </dialog>
  )
}

function Done({ about, onSave }: { about: Written['about']; onSave: ExportProps['onSave'] }): JSX.Element {
  const save = (): void => onSave(new Blob([`${JSON.stringify(about, null, 2)}\n`], { type: 'application/json' }), `${about.file}.about.json`)
  return (
    <>
      <p role="status">{t('exported', { n: about.cases, file: about.file })}</p>
      <p class="quiet">SHA-256 <code>{about.fileSha256}</code></p>
      <button type="button" onClick={save}>{t('exportAbout')}</button>
    </>
  )
}
