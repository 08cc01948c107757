/** @jsxImportSource preact */
import type { JSX } from 'preact'
import { useMemo, useState } from 'preact/hooks'
import { STAGES } from '../review/chain.ts'
import { type Contact, kindOf, masked } from '../review/contacts.ts'
import { NO_LINKS, tagOf } from '../review/links.ts'
import { type Hand, HANDS, reachesOf } from '../review/matrix.ts'
import { Figure } from './chart.tsx'
import { t } from './i18n.ts'
import { firstWords } from './popup-item.tsx'
import type { BoardProps } from './review-figures.tsx'
import type { LinksProps } from './review-links.tsx'

/** Most rows that are drawn. */
const MOST = 200

/** Which steps of the chain each contact or family covers; a row's name shows its posts. */
export function Chain({ cases, links, onLink }: Pick<BoardProps, 'cases' | 'links'> & Pick<LinksProps, 'onLink'>): JSX.Element {
  const [by, setBy] = useState<Hand>('contact')
  const reaches = useMemo(() => reachesOf(cases, links ?? NO_LINKS, by), [cases, links, by])
  return (
    <Figure title={t('desk_chain')}>
      <p class="links">
        {HANDS.map((hand) => <button type="button" key={hand} aria-pressed={by === hand} onClick={() => setBy(hand)}>{t(`chainBy_${hand}`)}</button>)}
      </p>
      <p class="quiet">{t('chainHint')}</p>
      {reaches.length === 0 ? <p>{t(links ? 'boardEmpty' : 'reading')}</p> : (
        <div class="sheet">
          <table class="matrix">
            <thead>
              <tr>
                <th scope="col">{t(by === 'contact' ? 'sameContact' : 'sameTemplate')}</th>
                {STAGES.map((stage) => <th scope="col" class="number" key={stage}>{t(`stage_${stage}`)}</th>)}
                <th scope="col" class="number">{t('chainStages')}</th>
                <th scope="col" class="number">{t('sheet_posts')}</th>
                <th scope="col" class="number">{t('sheet_accounts')}</th>
              </tr>
            </thead>
            <tbody>
              {reaches.slice(0, MOST).map(({ id, text, posts, accounts, stages }) => (
                <tr key={id}>
                  <th scope="row">
                    <button type="button" class="plain" onClick={() => onLink(by === 'contact' ? { contact: tagOf(id as Contact) } : { family: id })}>
                      {by === 'contact' ? `${t(`contact_${kindOf(id as Contact)}`)} ${masked(id as Contact)}` : firstWords(text, 24) || t('untitled')}
                    </button>
                  </th>
                  {STAGES.map((stage) => <td class={`number${stages.has(stage) ? ' covered' : ''}`} key={stage}>{stages.get(stage) ?? ''}</td>)}
                  <td class="number">{stages.size}</td>
                  <td class="number">{posts}</td>
                  <td class="number">{accounts}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
      {reaches.length > MOST && <p class="quiet">{t('boardMore', { n: reaches.length - MOST })}</p>}
    </Figure>
  )
}
