/** @jsxImportSource preact */
import type { JSX } from 'preact'
import { useState } from 'preact/hooks'
import type { Managed, Origin } from '../store/managed.ts'
import { type Endpoint, ENDPOINT_KINDS, type EndpointError, type EndpointField, endpointOf } from '../sinks/endpoint.ts'
import type { Pending } from '../sinks/outbox.ts'
import { PRACTICES } from '../types.ts'
import { practiceName, t, timeText } from './i18n.ts'
import { organisationOf } from './policy.tsx'

/** Most waiting reports that are listed. */
const MOST = 50

export interface SinkProps {
  managed: Managed
  /** Where reports go besides, null for nowhere. */
  endpoint: Endpoint | null
  endpointOrigin: Origin
  /** The browser allows the endpoint's host. */
  reachable: boolean
  pending: readonly Pending[]
  /** Asks for the host and keeps the endpoint; false where the host was refused. Called in the click itself. */
  onEndpoint(endpoint: Endpoint | null): Promise<boolean>
  onAllow(endpoint: Endpoint): Promise<boolean>
  onRetry(): Promise<void>
  onDrop(id: string): Promise<void>
}

const hostOf = ({ address }: Endpoint): string => new URL(address).host

/** The organisation's endpoint for reports, and what waits for it. */
export function SinkSection(props: SinkProps): JSX.Element {
  const { managed, endpoint, endpointOrigin, reachable, onAllow } = props
  const [said, setSaid] = useState('')
  return (
    <section class="sink">
      <h2>{t('sink')}</h2>
      <p class="hint">{t('sinkHint')}</p>
      {endpointOrigin === 'fixed' ? (
        <p>{t('sinkFixed', { name: organisationOf(managed) })} {endpoint && <code>{endpoint.address}</code>}</p>
      ) : (
        // Another endpoint is another form: what is being typed lasts while others change.
        <EndpointForm key={JSON.stringify(endpoint)} {...props} setSaid={setSaid} />
      )}
      <p role="status">{said}</p>
      {endpoint && !reachable && (
        <p role="alert">
          {t('sinkNotAllowed', { host: hostOf(endpoint) })}{' '}
          <button type="button" onClick={() => void onAllow(endpoint)}>{t('sinkAllow', { host: hostOf(endpoint) })}</button>
        </p>
      )}
      <Waiting {...props} />
    </section>
  )
}

type Draft = Partial<Record<EndpointField, unknown>> & { policies: Record<string, string> }

function EndpointForm({ endpoint, onEndpoint, setSaid }: SinkProps & { setSaid(text: string): void }): JSX.Element {
  const [draft, setDraft] = useState<Draft>({ policies: {}, ...endpoint })
  const set = (change: Partial<Draft>): void => {
    setSaid('')
    setDraft((old) => ({ ...old, ...change }))
  }
  const kind = (draft.kind ?? 'off') as Endpoint['kind'] | 'off'
  const field = (name: Exclude<EndpointField, 'kind' | 'policies'>, placeholder = ''): JSX.Element => {
    const given = { maxLength: 2_000, value: String(draft[name] ?? ''), onInput: ({ currentTarget: { value } }: { currentTarget: HTMLInputElement }) => set({ [name]: value.trim() }) }
    return (
      <label class="row">
        <span>{t(`sinkField_${name}`)}</span>
        {name === 'key' ? <input type="password" autocomplete="off" {...given} /> : <input placeholder={placeholder} {...given} />}
      </label>
    )
  }
  const save = (): void => {
    let chosen: Endpoint | null = null
    try {
      if (kind !== 'off') chosen = endpointOf(draft)
    } catch (cause) {
      const { field } = cause as EndpointError
      return setSaid(field === 'address' ? t('sinkWrong_address') : t('sinkWrong', { field: t(`sinkField_${field}`) }))
    }
    void onEndpoint(chosen).then(
      (kept) => setSaid(kept ? t('sinkSaved') : t('sinkRefused', { host: hostOf(chosen!) })),
      (cause: Error) => setSaid(cause.message),
    )
  }
  return (
    <form
      noValidate
      onSubmit={(event) => {
        event.preventDefault()
        save()
      }}
    >
      <label class="row">
        <span>{t('sinkKind')}</span>
        <select value={kind} onChange={({ currentTarget: { value } }) => set({ kind: value })}>
          {(['off', ...ENDPOINT_KINDS] as const).map((one) => <option key={one} value={one}>{t(`sinkKind_${one}`)}</option>)}
        </select>
      </label>
      {kind !== 'off' && field('address', 'https://')}
      {kind !== 'off' && field('key')}
      {kind === 'coop' && (
        <>
          {field('itemTypeId')}
          {field('reporterTypeId')}
          {field('reporterId')}
          <details>
            <summary>{t('sinkField_policies')}</summary>
            {PRACTICES.map((practice) => (
              <label class="row" key={practice}>
                <span>{practiceName(practice)}</span>
                <input maxLength={200} value={draft.policies[practice] ?? ''} onInput={({ currentTarget: { value } }) => set({ policies: { ...draft.policies, [practice]: value.trim() } })} />
              </label>
            ))}
          </details>
        </>
      )}
      <button type="submit">{t('sinkSave')}</button>
    </form>
  )
}

function Waiting({ endpoint, pending, onRetry, onDrop }: SinkProps): JSX.Element {
  if (pending.length === 0) return <>{endpoint && <p class="hint">{t('sinkNothing')}</p>}</>
  return (
    <>
      <h3>{t('sinkPending', { n: pending.length })}</h3>
      {endpoint ? <p><button type="button" onClick={() => void onRetry()}>{t('sinkNow')}</button></p> : <p class="hint">{t('sinkOffPending')}</p>}
      <ul class="pending">
        {pending.slice(0, MOST).map(({ id, case: { post, report }, tries, next, why, said }) => (
          <li class="row" key={id}>
            <span>
              {report?.receipt} · {post.text.slice(0, 40)}
              <br />
              <span class="hint">
                {t(`sinkWhy_${why || 'waiting'}`)}
                {tries > 0 && ` · ${t('sinkTries', { n: tries, at: timeText(next) })}`}
                {said && <><br /><code>{said}</code></>}
              </span>
            </span>
            <button type="button" class="small" onClick={() => void onDrop(id)}>{t('sinkDrop')}</button>
          </li>
        ))}
      </ul>
      {pending.length > MOST && <p class="hint">{t('sinkMore', { n: pending.length - MOST })}</p>}
    </>
  )
}
