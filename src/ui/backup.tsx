/** @jsxImportSource preact */
import type { JSX } from 'preact'
import { useRef, useState } from 'preact/hooks'
import type { Backup, BackupPreview } from '../store/backup.ts'
import { reasonText, t, timeText } from './i18n.ts'

/** Most malformed parts that are named. */
const MOST = 20

export interface BackupProps {
  /** Left out where the organisation took it away. Rejects with a `reason` where no file can be made. */
  onBackup?: (() => Promise<void>) | undefined
  /** Rejects with a `reason` where the file is refused. */
  onRead(file: File): Promise<{ backup: Backup; preview: BackupPreview }>
  onRestore(backup: Backup): Promise<void>
  onReset(what: 'settings' | 'records'): Promise<void>
}

/** Backup into one file, restoring with a preview, and starting afresh. */
export function BackupSection({ onBackup, onRead, onRestore, onReset }: BackupProps): JSX.Element {
  const input = useRef<HTMLInputElement>(null)
  const [read, setRead] = useState<{ backup: Backup; preview: BackupPreview }>()
  const [said, setSaid] = useState('')
  const failed = (cause: { reason?: string }): void => setSaid(reasonText(cause.reason ?? 'storeBroken'))
  const restore = (): void =>
    void onRestore(read!.backup).then(() => {
      setRead(undefined)
      setSaid(t('backupRestored'))
    }, failed)
  return (
    <section class="backup">
      <h2>{t('backup')}</h2>
      <p class="hint">{t('backupHint')}</p>
      <p>
        {onBackup && <button type="button" onClick={() => void onBackup().catch(failed)}>{t('backupSave')}</button>}{' '}
        <button type="button" onClick={() => input.current?.click()}>{t('backupOpen')}</button>
        <input
          type="file"
          ref={input}
          hidden
          accept=".json"
          aria-label={t('backupOpen')}
          onChange={({ currentTarget }) => {
            const [file] = currentTarget.files ?? []
            setRead(undefined)
            setSaid('')
            if (file) void onRead(file).then(setRead, failed).finally(() => (currentTarget.value = ''))
          }}
        />
      </p>
      {read && (
        <div class="notice">
          <Preview {...read} />
          <button type="button" class="first" onClick={restore}>{t('backupRestore')}</button>{' '}
          <button type="button" class="plain" onClick={() => setRead(undefined)}>{t('cancel')}</button>
        </div>
      )}
      <p role="status">{said}</p>
      <Reset what="settings" onReset={onReset} />
      <Reset what="records" onReset={onReset} />
    </section>
  )
}

function Preview({ backup, preview: { counts, changes } }: { backup: Backup; preview: BackupPreview }): JSX.Element {
  const nothing = changes.length === 0 && counts.new + counts.joined + counts.conflict === 0
  return (
    <>
      <p>{t('backupFrom', { date: timeText(backup.madeAt), n: backup.cases.length })}</p>
      {nothing ? <p>{t('backupNothing')}</p> : <p>{t('backupCases', counts)}</p>}
      <ul>{changes.map(({ what, n }) => <li key={what}>{t(`backupChange_${what}`, { n })}</li>)}</ul>
      {backup.problems.length > 0 && (
        <>
          <p>{t('backupProblems', { n: backup.problems.length })}</p>
          <ul>{backup.problems.slice(0, MOST).map((problem) => <li key={problem}><code>{problem}</code></li>)}</ul>
        </>
      )}
    </>
  )
}

/** Twice asked, since it cannot be taken back. */
function Reset({ what, onReset }: { what: 'settings' | 'records'; onReset: BackupProps['onReset'] }): JSX.Element {
  const [state, setState] = useState<'' | 'asked' | 'done'>('')
  const name = what === 'settings' ? 'resetSettings' : 'resetRecords'
  return (
    <div class="row">
      <span>
        {t(name)}
        <br />
        <span class="hint">{t(`${name}Hint`)}</span>
      </span>
      {state === 'asked' ? (
        <span>
          <button type="button" onClick={() => void onReset(what).then(() => setState('done'))}>{t('resetSure')}</button>{' '}
          <button type="button" class="plain" onClick={() => setState('')}>{t('cancel')}</button>
        </span>
      ) : (
        <span>
          <span role="status">{state === 'done' && t('resetDone')}</span> <button type="button" onClick={() => setState('asked')}>{t(name)}</button>
        </span>
      )}
    </div>
  )
}
