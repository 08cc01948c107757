/** @jsxImportSource preact */
import type { JSX } from 'preact'
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks'
import { type Links, NO_LINKS } from '../review/links.ts'
import type { Case } from '../types.ts'
import { decisionName, type Language, scoreOf, inLanguage, t, timeText, verdictName } from './i18n.ts'
import { firstWords, sealOf } from './popup-item.tsx'
import type { Site } from './review.tsx'
import { Seal } from './seal.tsx'
import { windowOf } from './state.ts'

/** Heights that review.css also has, px. */
const ROW = 52
const HEAD = 36

interface TableProps {
  cases: readonly Case[]
  sites: readonly Site[]
  lang: Language
  links: Links | null
  selected: string | undefined
  onSelect(key: string): void
}

/** The table of cases. Only rows in sight exist, so that twenty thousand scroll like twenty. */
export function CaseTable({ cases, sites, lang, links, selected, onSelect }: TableProps): JSX.Element {
  const box = useRef<HTMLDivElement>(null)
  const { top, height } = useScroll(box)
  const { start, end, above, below } = windowOf(top, height, cases.length, ROW)
  const { families, sizes } = links ?? NO_LINKS
  const names = new Map(sites.map(({ id, names }) => [id, inLanguage(names, lang)]))
  useReveal(box, cases, selected)
  return (
    <div class="rows" ref={box} tabIndex={0} role="region" aria-label={t('cases')}>
      <table aria-rowcount={cases.length + 1}>
        <colgroup><col class="col-text" /><col class="col-category" /><col class="col-score" /><col class="col-state" /><col class="col-time" /></colgroup>
        <thead>
          <tr>
            <th scope="col">{t('column_text')}</th>
            <th scope="col">{t('category')} · {t('site')}</th>
            <th scope="col" class="number">{t('sheet_score')}</th>
            <th scope="col">{t('state')}</th>
            <th scope="col" class="number">{t('column_seen')}</th>
          </tr>
        </thead>
        <tbody>
          {above > 0 && <tr class="gap" aria-hidden="true" style={{ height: `${above}px` }} />}
          {cases.slice(start, end).map((one, index) => (
            <Row key={one.key} case={one} row={start + index + 2} site={names.get(one.post.platform) ?? one.post.platform} twins={sizes.get(families.get(one.key) ?? '')} selected={one.key === selected} onSelect={onSelect} />
          ))}
          {below > 0 && <tr class="gap" aria-hidden="true" style={{ height: `${below}px` }} />}
        </tbody>
      </table>
    </div>
  )
}

interface RowProps {
  case: Case
  row: number
  site: string
  /** How many cases its family has. */
  twins: number | undefined
  selected: boolean
  onSelect(key: string): void
}

function Row({ case: one, row, site, twins, selected, onSelect }: RowProps): JSX.Element {
  const { key, post, verdict, decision, report, lastSeen } = one
  const words = firstWords(post.text) || t('untitled')
  return (
    <tr aria-rowindex={row} aria-current={selected ? 'true' : undefined} onClick={() => onSelect(key)}>
      <td>
        <button type="button" class="words-of" tabIndex={-1} aria-label={t('selectRow', { words })}>{words}</button>
        <span class="by">{twins && <span class="twins">{t('rowFamily', { n: twins })}</span>}{post.author.name || t('unnamed')}</span>
      </td>
      <td>
        <span class={`sealed ${verdict.band}`}>
          <Seal state={sealOf({ verdict, decision, reported: false })} />
          <span>{verdictName(verdict)}</span>
        </span>
        <span class="by at-site">{site}</span>
      </td>
      <td class="number">{verdict.model ? scoreOf(verdict) : ''}</td>
      <td>
        {decisionName(decision)}
        {report && <span class="by">{t('reported')}</span>}
      </td>
      <td class="number">{timeText(lastSeen)}</td>
    </tr>
  )
}

/** Where the box is scrolled to, and how much of it is seen. */
function useScroll(box: { current: HTMLElement | null }): { top: number; height: number } {
  const [seen, setSeen] = useState({ top: 0, height: 800 })
  useLayoutEffect(() => {
    const element = box.current
    if (!element) return
    const look = (): void => setSeen({ top: element.scrollTop, height: element.clientHeight || 800 })
    const resized = typeof ResizeObserver === 'undefined' ? null : new ResizeObserver(look)
    resized?.observe(element)
    element.addEventListener('scroll', look, { passive: true })
    look()
    return () => {
      resized?.disconnect()
      element.removeEventListener('scroll', look)
    }
  }, [])
  return seen
}

/** Scrolls no further than needed to keep the selected row in sight. */
function useReveal(box: { current: HTMLElement | null }, cases: readonly Case[], selected: string | undefined): void {
  useEffect(() => {
    const element = box.current
    const at = cases.findIndex(({ key }) => key === selected)
    if (!element || at < 0) return
    const top = at * ROW
    if (top < element.scrollTop) element.scrollTop = top
    else if (top + ROW + HEAD > element.scrollTop + element.clientHeight) element.scrollTop = top + ROW + HEAD - element.clientHeight
  }, [selected])
}
