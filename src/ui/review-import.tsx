/** @jsxImportSource preact */
import type { JSX } from 'preact'
import { useEffect, useRef, useState } from 'preact/hooks'
import type { Incoming } from '../export/import.ts'
import { decisionName, reasonText, t } from './i18n.ts'
import { firstWords } from './popup-item.tsx'

/** Most lines that one list of the dialog shows. */
const MOST = 50

/** Opens lists of colleagues: our own exports. */
export function ImportButton({ onFiles }: { onFiles(files: File[]): void }): JSX.Element {
  const input = useRef<HTMLInputElement>(null)
  return (
    <>
      <input
        type="file"
        ref={input}
        hidden
        multiple
        accept=".jsonl,.csv"
        onChange={({ currentTarget }) => {
          const files = [...(currentTarget.files ?? [])]
          // The same file chosen again is a change only after this.
          currentTarget.value = ''
          if (files.length > 0) onFiles(files)
        }}
      />
      <button type="button" onClick={() => input.current?.click()}>{t('import')}</button>
    </>
  )
}

export interface ImportProps {
  /** Null while the files are being read; a key of the catalogue where that failed. */
  incoming: Incoming | string | null
  onMerge(): Promise<void>
  onClose(): void
}

/** What the chosen files would change; nothing changes before the person says so. */
export function ImportDialog({ incoming, onMerge, onClose }: ImportProps): JSX.Element {
  const dialog = useRef<HTMLDialogElement>(null)
  const [state, setState] = useState<'' | 'merging' | { failed: string }>('')
  useEffect(() => dialog.current?.showModal(), [])
  const merge = (): void => {
    setState('merging')
    onMerge().then(onClose, (cause: { reason?: string }) => setState({ failed: cause.reason ?? 'storeBroken' }))
  }
  const canMerge = incoming !== null && typeof incoming === 'object' && incoming.counts.new + incoming.counts.joined + incoming.counts.conflict > 0
  return (
    <dialog class="help import" ref={dialog} aria-label={t('import')} onClose={onClose}>
      <h2>{t('import')}</h2>
      {incoming === null && <p role="status">{t('reading')}</p>}
      {typeof incoming === 'string' && <p role="alert">{reasonText(incoming)}</p>}
      {typeof incoming === 'object' && incoming && <Preview incoming={incoming} />}
      {typeof state === 'object' && <p role="alert">{t('importFailed')} {reasonText(state.failed)}</p>}
      <div class="actions">
        <button type="button" disabled={!canMerge || state === 'merging'} onClick={merge}>{t('importMerge')}</button>
        <button type="button" class="plain" onClick={onClose}>{t('close')}</button>
      </div>
    </dialog>
  )
}

function Preview({ incoming: { counts, conflicts, problems } }: { incoming: Incoming }): JSX.Element {
  return (
    <>
      <p>{t('importCounts', counts)}</p>
      {conflicts.length > 0 && (
        <section>
          <h3>{t('importConflicts')}</h3>
          <ul>
            {conflicts.slice(0, MOST).map(({ case: one, ours }, index) => (
              <li key={index}>
                {firstWords(one.post.text, 40) || t('untitled')} <span class="quiet">{t('importConflict', { ours: decisionName(ours), theirs: decisionName(one.decision) })}</span>
              </li>
            ))}
          </ul>
          <More count={conflicts.length - MOST} />
        </section>
      )}
      {problems.length > 0 && (
        <section>
          <h3>{t('importProblems', { n: problems.length })}</h3>
          <ul>
            {problems.slice(0, MOST).map(({ file, line, reason, detail }, index) => (
              <li key={index}><span class="quiet">{file}</span> {t(reason, { line, detail })}</li>
            ))}
          </ul>
          <More count={problems.length - MOST} />
        </section>
      )}
    </>
  )
}

const More = ({ count }: { count: number }): JSX.Element | null => (count > 0 ? <p class="quiet">{t('importMore', { n: count })}</p> : null)
