/** @jsxImportSource preact */
import type { JSX } from 'preact'
import { useEffect, useState } from 'preact/hooks'
import type { Known } from '../lists/known.ts'
import type { Case } from '../types.ts'
import { t } from './i18n.ts'

export interface KnownProps {
  case: Case
  /** What trusted issuers know of what the case says. */
  known(one: Case): Promise<Known[]>
}

/** Who knows of a contact, an organisation or a template of the case. It informs; it decides nothing. */
export function CaseKnown({ case: one, known }: KnownProps): JSX.Element | null {
  const [found, setFound] = useState<readonly Known[]>([])
  useEffect(() => {
    let mine = true
    known(one).then((all) => mine && setFound(all), () => mine && setFound([]))
    return () => void (mine = false)
  }, [one.key, one.post.text])
  if (found.length === 0) return null
  const names = (of: readonly string[]): string => of.join(t('listsAnd'))
  return (
    <section class="kin" aria-label={t('known')}>
      <h3>{t('known')}</h3>
      <ul>
        {found.map(({ kind, masked, certainty, by, disputedBy, stages, firstSeen, lastSeen }) => (
          <li key={`${kind} ${masked}`}>
            <span class="quiet">{t(`knownKind_${kind}`)}</span> <bdi>{masked}</bdi>{' '}
            {by.length > 0 && t('knownTo', { names: names(by) })} {disputedBy.length > 0 && t('knownDisputed', { names: names(disputedBy) })}{' '}
            <span class="quiet">
              {t(`knownCertainty_${certainty}`)} · {stages.map((stage) => t(`stage_${stage}`)).join(' · ')} {firstSeen.slice(0, 10)} – {lastSeen.slice(0, 10)}
            </span>
          </li>
        ))}
      </ul>
      <p class="quiet">{t('knownHint')}</p>
    </section>
  )
}
