/** @jsxImportSource preact */
import type { JSX } from 'preact'
import { useMemo } from 'preact/hooks'
import { dailyOf, practicesOf, precisionOf, sizesOf } from '../review/figures.ts'
import { type Links, NO_LINKS } from '../review/links.ts'
import type { Case } from '../types.ts'
import { Bars, Columns, Figure } from './chart.tsx'
import { decisionName, type Language, practiceName, t, inLanguage } from './i18n.ts'
import type { Site } from './review.tsx'

export interface BoardProps {
  /** What the filters show. */
  cases: readonly Case[]
  sites: readonly Site[]
  lang: Language
  links: Links | null
}

const percent = (share: number): string => `${Math.round(share * 100)}%`

/** Charts of what the filters show, each as a table as well. */
export function Figures({ cases, sites, lang, links }: BoardProps): JSX.Element {
  const practices = useMemo(() => practicesOf(cases), [cases])
  const sizes = useMemo(() => sizesOf(cases, links ?? NO_LINKS), [cases, links])
  const precision = useMemo(() => precisionOf(cases), [cases])
  return (
    <>
      <Daily cases={cases} sites={sites} lang={lang} />
      <Figure title={t('figurePractices')}>
        <Bars headings={[t('category'), t('sheet_posts')]} rows={practices.map(({ practice, posts }) => ({ name: practiceName(practice), value: posts, cells: [posts] }))} />
      </Figure>
      <Figure title={t('figureSizes')}>
        <Bars
          headings={[t('sheet_posts'), t('figureFamilies'), t('figureTotal')]}
          rows={sizes.map(({ from, to, families, posts }) => ({
            name: t(to === Infinity ? 'sizeFrom' : from === to ? 'sizeOne' : 'sizeBetween', { from, to }), value: families, cells: [families, posts],
          }))}
        />
      </Figure>
      <Figure title={t('figurePrecision')}>
        <Bars
          headings={[t('figureWeek'), decisionName('confirmed'), decisionName('wrong'), t('figureShare')]}
          most={1}
          rows={precision.map(({ week, confirmed, wrong, share, low, high }) => ({ name: week, value: share, low, high, cells: [confirmed, wrong, `${percent(share)} (${percent(low)}–${percent(high)})`] }))}
        />
        {precision.length === 0 && <p class="quiet">{t('boardEmpty')}</p>}
      </Figure>
    </>
  )
}

function Daily({ cases, sites, lang }: Omit<BoardProps, 'links'>): JSX.Element {
  const { unit, periods, sites: found } = useMemo(() => dailyOf(cases), [cases])
  const nameOf = (id: string): string => {
    const site = sites.find((one) => one.id === id)
    return site ? inLanguage(site.names, lang) : id
  }
  const most = found.reduce((peak, { counts }) => counts.reduce((a, b) => Math.max(a, b), peak), 1)
  return (
    <Figure title={t(unit === 'day' ? 'figureDaily' : 'figureWeekly')}>
      {found.length === 0 && <p class="quiet">{t('boardEmpty')}</p>}
      {/* One strip a site, all of one scale, each named beside it. */}
      {found.map(({ id, counts }) => (
        <div class="strip" key={id}>
          <span>{nameOf(id)}</span>
          <Columns counts={counts} most={most} />
          <span class="quiet">{t('figurePeak', { n: counts.reduce((a, b) => Math.max(a, b), 0) })}</span>
        </div>
      ))}
      {found.length > 0 && (
        <div class="sheet">
          <p class="strip ends quiet" aria-hidden="true"><span>{periods[0]}</span><span>{periods.at(-1)}</span></p>
          <table>
            <thead>
              <tr>
                <th scope="col">{t(unit === 'day' ? 'figureDate' : 'figureWeek')}</th>
                {found.map(({ id }) => <th scope="col" class="number" key={id}>{nameOf(id)}</th>)}
                <th scope="col" class="number">{t('figureTotal')}</th>
              </tr>
            </thead>
            <tbody>
              {periods.map((period, at) => (
                <tr key={period}>
                  <th scope="row">{period}</th>
                  {found.map(({ id, counts }) => <td class="number" key={id}>{counts[at]}</td>)}
                  <td class="number">{found.reduce((sum, { counts }) => sum + counts[at]!, 0)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </Figure>
  )
}
