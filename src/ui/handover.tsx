/** @jsxImportSource preact */
import type { JSX } from 'preact'
import { useRef, useState } from 'preact/hooks'
import { CHANNELS } from '../advice/help.ts'
import { type Destination, type Role, ROLES, type Route, routesFor } from '../advice/router.ts'
import type { Case } from '../types.ts'
import { inLanguage, t } from './i18n.ts'
import { letterFor } from './letter.ts'

export interface HandoverProps {
  reported: Case
  siteName: string
  onHand(to: Destination, receipt: string): void
}

/** Where a report can go besides, with a text that fits; nothing is ever submitted from here. */
export function Handover({ reported, siteName, onHand }: HandoverProps): JSX.Element {
  const [role, setRole] = useState<Role>('reader')
  const { verdict, report } = reported
  const routes = routesFor(report?.category ?? verdict.categories[0] ?? null, verdict.form, role)
  return (
    <details class="handover">
      <summary>{t('handTitle')}</summary>
      <p class="quiet">{t('handNever')}</p>
      <label class="fold-choice">
        {t('handRole')}
        <select value={role} onChange={({ currentTarget: { value } }) => setRole(value as Role)}>
          {ROLES.map((one) => <option key={one} value={one}>{t(`role_${one}`)}</option>)}
        </select>
      </label>
      <ol class="routes">
        {routes.map((route) => <Step key={route.to} route={route} reported={reported} siteName={siteOf(reported, siteName)} onHand={onHand} />)}
      </ol>
    </details>
  )
}

/** A site without an adapter is named by its host. */
const siteOf = ({ post, pageUrl }: Case, siteName: string): string => (post.platform === 'web' && URL.canParse(pageUrl) ? new URL(pageUrl).hostname : siteName)

function destinationName(to: Destination, siteName: string): string {
  if (to === 'platform') return siteName ? t('to_platform', { site: siteName }) : t('to_platformPlain')
  if (to === 'lender') return t('to_lender')
  return `${to} ${inLanguage(CHANNELS.find(({ id }) => id === to)!.name)}`
}

function Step({ route, reported, siteName, onHand }: HandoverProps & { route: Route }): JSX.Element {
  const [copied, setCopied] = useState(false)
  const receipt = useRef<HTMLInputElement>(null)
  const name = destinationName(route.to, siteName)
  const handed = reported.report?.handed?.find(({ to }) => to === route.to)
  const copy = (): void => void navigator.clipboard.writeText(letterFor(route, reported, siteName)).then(() => setCopied(true))
  return (
    <li>
      <p>
        <strong>{name}</strong> <span class="quiet">{t(route.reason)}</span>
      </p>
      {handed ? (
        <p class="done">{handed.receipt ? t('handedReceipt', { to: name, receipt: handed.receipt }) : t('handedTo', { to: name })}</p>
      ) : (
        <form
          class="add"
          onSubmit={(event) => {
            event.preventDefault()
            onHand(route.to, receipt.current!.value.trim())
          }}
        >
          <button type="button" class="small" onClick={copy}>{t(copied ? 'handCopied' : 'handCopy')}</button>
          {route.url && <a class="button small" href={route.url} target="_blank" rel="noreferrer">{t('handOpen')}</a>}
          <input ref={receipt} maxLength={200} aria-label={`${name}: ${t('handReceipt')}`} placeholder={t('handReceipt')} />
          <button type="submit" class="small">{t('handKeep')}</button>
        </form>
      )}
    </li>
  )
}
