/** @jsxImportSource preact */
import type { JSX } from 'preact'
import { useEffect, useRef, useState } from 'preact/hooks'
import type { Offer, Shelf } from '../lists/shelf.ts'
import { reasonText, t, timeText } from './i18n.ts'

export interface ListsProps {
  onShelf(): Promise<Shelf>
  /** Rejects with a `reason` where the list is refused. */
  onListFile(file: File): Promise<Offer>
  /** Asks for the host's permission in place. */
  onListAddress(address: string): Promise<Offer>
  /** Takes an offered list; `name` is given where its key becomes trusted by that. */
  onTake(offer: Offer, name: string | undefined): Promise<void>
  onDistrust(key: string): Promise<void>
  onRemoveList(key: string, name: string): Promise<void>
}

/** Shared lists: whom one trusts, what is in use, and taking another issue. */
export function ListsSection({ onShelf, onListFile, onListAddress, onTake, onDistrust, onRemoveList }: ListsProps): JSX.Element {
  const [{ issuers, issues }, setShelf] = useState<Shelf>({ issuers: [], issues: [] })
  const [offer, setOffer] = useState<Offer>()
  const [said, setSaid] = useState('')
  const input = useRef<HTMLInputElement>(null)
  const failed = (cause: { reason?: string; message?: string }): void => setSaid(`${reasonText(cause.reason)}${cause.reason === 'signedMalformed' ? ` ${cause.message}` : ''}`)
  const draw = (): Promise<void> => onShelf().then(setShelf, failed)
  useEffect(() => void draw(), [])
  const read = (offered: Promise<Offer>): void => {
    setOffer(undefined)
    setSaid('')
    void offered.then(setOffer, failed)
  }
  const done = (work: Promise<void>, text: string): void =>
    void work.then(() => {
      setOffer(undefined)
      setSaid(text)
      return draw()
    }, failed)
  return (
    <section class="lists">
      <h2>{t('lists')}</h2>
      <p class="hint">{t('listsHint')}</p>
      {issuers.map(({ key, name }) => (
        <div class="row" key={key}>
          <span>
            <bdi>{name}</bdi>
            <br />
            <code class="hint">{key}</code>
          </span>
          <button type="button" onClick={() => done(onDistrust(key), t('listsDistrusted'))}>{t('listsDistrust')}</button>
        </div>
      ))}
      {issues.map(({ key, name, sequence, list, address }) => (
        <div class="row" key={`${key} ${name}`}>
          <span>
            {t('listsIssue', { name, sequence, n: list.entries.length })}
            <br />
            <span class="hint">{t('listsExpires', { date: timeText(Date.parse(list.expires)) })}{Date.parse(list.expires) <= Date.now() && ` ${t('listsExpired')}`}</span>
          </span>
          <span>
            {address && <button type="button" onClick={() => read(onListAddress(address))}>{t('listsUpdate')}</button>}{' '}
            <button type="button" onClick={() => done(onRemoveList(key, name), t('listsRemoved'))}>{t('listsRemove')}</button>
          </span>
        </div>
      ))}
      <p>
        <button type="button" onClick={() => input.current?.click()}>{t('listsOpen')}</button>
        <input
          type="file"
          ref={input}
          hidden
          accept=".json"
          aria-label={t('listsOpen')}
          onChange={({ currentTarget }) => {
            const [file] = currentTarget.files ?? []
            if (file) read(onListFile(file))
            currentTarget.value = ''
          }}
        />
      </p>
      <form
        class="add"
        onSubmit={(event) => {
          event.preventDefault()
          read(onListAddress(new FormData(event.currentTarget).get('address') as string))
        }}
      >
        <input type="url" name="address" required maxLength={500} pattern="https://.+" placeholder="https://" aria-label={t('listsAddress')} />
        <button type="submit">{t('listsFetch')}</button>
      </form>
      {offer && <OfferNotice offer={offer} onTake={(name) => done(onTake(offer, name), t('listsTaken'))} onCancel={() => setOffer(undefined)} />}
      <p role="status">{said}</p>
    </section>
  )
}

/** What a list would change; whoever trusts its key for the first time says whose it is. */
function OfferNotice({ offer: { key, list, issuer, changes }, onTake, onCancel }: { offer: Offer; onTake(name: string | undefined): void; onCancel(): void }): JSX.Element {
  const [name, setName] = useState(list.issuer)
  return (
    <form
      class="notice"
      onSubmit={(event) => {
        event.preventDefault()
        onTake(issuer ? undefined : name.trim())
      }}
    >
      <p>{t('listsIssue', { name: list.list, sequence: list.sequence, n: list.entries.length })} · <bdi>{issuer?.name ?? list.issuer}</bdi></p>
      <p>{t('listsChanges', changes)}</p>
      {!issuer && (
        <>
          <p>{t('listsUntrusted')}</p>
          <p><code>{key}</code></p>
          <label class="row">
            <span>{t('listsName')}</span>
            <input required maxLength={100} pattern=".*\S.*" value={name} onInput={({ currentTarget: { value } }) => setName(value)} />
          </label>
        </>
      )}
      <button type="submit" class="first">{t(issuer ? 'listsTake' : 'listsTrust')}</button>{' '}
      <button type="button" class="plain" onClick={onCancel}>{t('cancel')}</button>
    </form>
  )
}
