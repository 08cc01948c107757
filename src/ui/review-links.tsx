/** @jsxImportSource preact */
import type { JSX } from 'preact'
import { useMemo, useState } from 'preact/hooks'
import { codeOf, type Contact, kindOf, masked } from '../review/contacts.ts'
import { type Links, tagOf } from '../review/links.ts'
import { summaryOf } from '../review/template.ts'
import type { Case } from '../types.ts'
import { t } from './i18n.ts'
import type { Filter } from './state.ts'

export interface LinksProps {
  case: Case
  /** All cases, whatever is shown. */
  cases: readonly Case[]
  /** Null while they are being found. */
  links: Links | null
  /** Opens the dialog that decides the case's whole family. */
  onFamily(): void
  onLink(alone: Partial<Pick<Filter, 'family' | 'contact' | 'author' | 'page'>>): void
}

/** Who else writes like this, and who else leaves the same contact. */
export function CaseLinks({ case: one, cases, links, onFamily, onLink }: LinksProps): JSX.Element | null {
  if (!links) return null
  const family = links.families.get(one.key)
  const contacts = links.contacts.get(one.key) ?? []
  return (
    <>
      {family && <Family family={family} cases={cases} links={links} onFamily={onFamily} onLink={onLink} />}
      {contacts.length > 0 && (
        <section class="kin" aria-label={t('sameContact')}>
          <h3>{t('sameContact')}</h3>
          <ul>{contacts.map((contact) => <ContactLine key={contact} contact={contact} count={links.shared.get(tagOf(contact)) ?? 1} onLink={onLink} />)}</ul>
          <p class="quiet">{t('contactHint')}</p>
        </section>
      )}
    </>
  )
}

const HOUR = 3_600_000

function Family({ family, cases, links, onFamily, onLink }: Omit<LinksProps, 'case' | 'links'> & { family: string; links: Links }): JSX.Element {
  const { posts, accounts, first, last, template } = useMemo(
    () => summaryOf(cases.filter(({ key }) => links.families.get(key) === family)),
    [cases, links, family],
  )
  return (
    <section class="kin" aria-label={t('sameTemplate')}>
      <h3>
        {t('sameTemplate')} <span class="quiet">{t('familyCounts', { posts, accounts, hours: Math.max(1, Math.ceil((last - first) / HOUR)) })}</span>
      </h3>
      <p class="template">{template}</p>
      <p class="links">
        <button type="button" onClick={() => onLink({ family })}>{t('showFamily')}</button>
        <button type="button" onClick={onFamily}>{t('familyDecide')} <kbd>F</kbd></button>
      </p>
    </section>
  )
}

function ContactLine({ contact, count, onLink }: { contact: Contact; count: number; onLink: LinksProps['onLink'] }): JSX.Element {
  const [open, setOpen] = useState(false)
  return (
    <li>
      <span class="quiet">{t(`contact_${kindOf(contact)}`)}</span>
      <button type="button" class="plain code" aria-expanded={open} title={t(open ? 'contactHide' : 'contactShow')} onClick={() => setOpen(!open)}>
        {open ? codeOf(contact) : masked(contact)}
      </button>
      {count > 1 ? (
        <button type="button" onClick={() => onLink({ contact: tagOf(contact) })}>{t('contactShared', { n: count })}</button>
      ) : (
        <span class="quiet">{t('contactAlone')}</span>
      )}
    </li>
  )
}
