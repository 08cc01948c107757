/** @jsxImportSource preact */
import type { JSX } from 'preact'
import { useMemo } from 'preact/hooks'
import { NO_LINKS } from '../review/links.ts'
import { FEWEST, type Portrait, portraitsOf } from '../review/portraits.ts'
import { Bars, Columns, Figure } from './chart.tsx'
import { t, inLanguage } from './i18n.ts'
import type { BoardProps } from './review-figures.tsx'

/** Most portraits that are drawn. */
const MOST = 30

/** Groups of accounts that share templates or contacts: what they have in common, never who one of them is. */
export function Portraits({ cases, sites, lang, links }: BoardProps): JSX.Element {
  const portraits = useMemo(() => portraitsOf(cases, links ?? NO_LINKS), [cases, links])
  const nameOf = (id: string): string => {
    const site = sites.find((one) => one.id === id)
    return site ? inLanguage(site.names, lang) : id
  }
  return (
    <>
      <p class="quiet">{t('portraitHint', { n: FEWEST })}</p>
      {portraits.length === 0 && <p>{t(links ? 'boardEmpty' : 'reading')}</p>}
      {portraits.slice(0, MOST).map((one, at) => <One key={one.id} number={at + 1} of={one} nameOf={nameOf} />)}
      {portraits.length > MOST && <p class="quiet">{t('boardMore', { n: portraits.length - MOST })}</p>}
    </>
  )
}

const listed = (counts: readonly (readonly [string, number])[]): string => counts.map(([name, count]) => `${name} ${count}`).join(' · ')

function One({ number, of, nameOf }: { number: number; of: Portrait; nameOf(id: string): string }): JSX.Element {
  const facts = [
    ['portraitClaims', listed(of.claims)],
    ['sheet_stage', listed(of.stages.map(([stage, count]) => [t(`stage_${stage}`), count]))],
    ['site', listed(of.platforms.map(([id, count]) => [nameOf(id), count]))],
    ['portraitPrices', listed(of.prices)],
    ['portraitHours', listed(of.hours.flatMap((posts, hour) => (posts > 0 ? [[t('portraitHour', { hour }), posts] as const] : [])))],
  ] as const
  return (
    <Figure title={t('portraitTitle', { number, accounts: of.accounts, posts: of.posts })}>
      <table class="portrait">
        <tbody>
          {facts.filter(([, value]) => value).map(([key, value]) => <tr key={key}><th scope="row">{t(key)}</th><td>{value}</td></tr>)}
        </tbody>
      </table>
      <Columns counts={of.hours} most={Math.max(...of.hours)} />
      <p class="ends quiet" aria-hidden="true"><span>{t('portraitHour', { hour: 0 })}</span><span>{t('portraitHour', { hour: 23 })}</span></p>
      <Bars headings={[t('figureWeek'), t('sheet_posts')]} rows={of.weeks.map(([week, posts]) => ({ name: week, value: posts, cells: [posts] }))} />
    </Figure>
  )
}
