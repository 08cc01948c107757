/** @jsxImportSource preact */
import type { JSX } from 'preact'
import { useEffect, useRef, useState } from 'preact/hooks'
import type { Managed } from '../store/managed.ts'
import type { ModelOffer, ModelShelf } from '../updates/shelf.ts'
import { reasonText, t, timeText } from './i18n.ts'

export interface ModelUpdateProps {
  managed: Managed
  /** `fellBack` says that the engine runs the shipped model instead, as far as it has started. */
  onModelShelf(): Promise<ModelShelf & { fellBack?: string }>
  /** Rejects with a `reason` where the model is refused. */
  onModelFile(file: File): Promise<ModelOffer>
  /** Asks for the host's permission in place. */
  onModelAddress(address: string): Promise<ModelOffer>
  /** `null` for the model that ships. Rejects, with nothing changed, where the engine cannot run the model. */
  onTakeModel(offer: ModelOffer | null): Promise<void>
  onRestoreModel(): Promise<void>
}

/** The model in use, taking another from a signed file, and the way back. */
export function ModelUpdateSection({ managed: { modelAddress, disabled }, onModelShelf, onModelFile, onModelAddress, onTakeModel, onRestoreModel }: ModelUpdateProps): JSX.Element {
  const [shelf, setShelf] = useState<Awaited<ReturnType<typeof onModelShelf>>>()
  const [offer, setOffer] = useState<ModelOffer>()
  const [busy, setBusy] = useState(false)
  const [said, setSaid] = useState('')
  const input = useRef<HTMLInputElement>(null)
  const failed = (cause: { reason?: string; message?: string }): void =>
    setSaid(`${reasonText(cause.reason)}${cause.reason === 'signedMalformed' || cause.reason === 'modelRefused' ? ` ${cause.message}` : ''}`)
  const draw = (): Promise<void> => onModelShelf().then(setShelf, failed)
  useEffect(() => void draw(), [])
  const work = (begun: Promise<unknown>): void => {
    setOffer(undefined)
    setSaid(t('modelBusy'))
    setBusy(true)
    void begun.catch(failed).finally(() => setBusy(false))
  }
  const read = (offered: Promise<ModelOffer>): void =>
    work(offered.then((one) => {
      setOffer(one)
      setSaid('')
    }))
  const change = (changing: Promise<void>, version: string): void =>
    work(changing.then(() => {
      setSaid(t('modelDone', { version }))
      return draw()
    }))
  return (
    <section class="model-update">
      <h2>{t('modelUpdate')}</h2>
      <p class="hint">{t('modelUpdateHint')}</p>
      {shelf && (
        <div class="row">
          <span>
            {t(shelf.takenAt === undefined ? 'modelShipped' : 'modelTaken', { version: shelf.inUse })}
            {shelf.takenAt !== undefined && <><br /><span class="hint">{t('modelSince', { date: timeText(shelf.takenAt), shipped: shelf.shipped })}</span></>}
          </span>
          <span>
            {shelf.previous !== undefined && <button type="button" disabled={busy} onClick={() => change(onRestoreModel(), shelf.previous!)}>{t('modelRestore', { version: shelf.previous })}</button>}{' '}
            {shelf.takenAt !== undefined && shelf.previous !== shelf.shipped && <button type="button" disabled={busy} onClick={() => change(onTakeModel(null), shelf.shipped)}>{t('modelUseShipped', { version: shelf.shipped })}</button>}
          </span>
        </div>
      )}
      {shelf?.fellBack !== undefined && (
        <div class="notice" role="alert">
          <p>{t('modelFellBack')}</p>
          <details><summary>{t('detail')}</summary><code>{shelf.fellBack.slice(0, 500)}</code></details>
        </div>
      )}
      {!disabled.includes('modelUpdates') && (
        <>
          <p>
            <button type="button" disabled={busy} onClick={() => input.current?.click()}>{t('modelOpen')}</button>
            <input
              type="file"
              ref={input}
              hidden
              accept=".json"
              aria-label={t('modelOpen')}
              onChange={({ currentTarget }) => {
                const [file] = currentTarget.files ?? []
                if (file) read(onModelFile(file))
                currentTarget.value = ''
              }}
            />
          </p>
          <form
            class="add"
            onSubmit={(event) => {
              event.preventDefault()
              read(onModelAddress(new FormData(event.currentTarget).get('address') as string))
            }}
          >
            <input type="url" name="address" required maxLength={500} pattern="https://.+" placeholder="https://" defaultValue={modelAddress ?? ''} aria-label={t('modelAddress')} />
            <button type="submit" disabled={busy}>{t('modelFetch')}</button>
          </form>
        </>
      )}
      {offer && (
        <div class="notice">
          <p>{t('modelOffer', { version: offer.version, inUse: offer.inUse })}</p>
          {offer.older && <p role="alert">{t('modelOlder')}</p>}
          <button type="button" class={offer.older ? 'plain' : 'first'} onClick={() => change(onTakeModel(offer), offer.version)}>{t(offer.older ? 'modelTakeOlder' : 'modelTake')}</button>{' '}
          <button type="button" class="plain" onClick={() => setOffer(undefined)}>{t('cancel')}</button>
        </div>
      )}
      <p role="status">{said}</p>
    </section>
  )
}
