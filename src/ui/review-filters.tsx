/** @jsxImportSource preact */
import type { JSX, RefObject } from 'preact'
import { useMemo } from 'preact/hooks'
import { type Links, NO_LINKS } from '../links.ts'
import { type Case, PRACTICES } from '../types.ts'
import { bandName, decisionName, type Key, type Language, practiceName, inLanguage, t } from './i18n.ts'
import type { Site } from './review.tsx'
import { ALL, BANDS, countsOf, type Filter, hashOf, STATES } from './state.ts'

interface Choice {
  value: string
  name: string
}

interface FiltersProps {
  cases: readonly Case[]
  sites: readonly Site[]
  lang: Language
  links: Links | null
  filter: Filter
  onFilter(filter: Filter): void
  search: RefObject<HTMLInputElement | null>
}

/** The narrow column of filters; each choice says how many cases it has. */
export function Filters({ cases, sites, lang, links, filter, onFilter, search }: FiltersProps): JSX.Element {
  const counts = useMemo(() => countsOf(cases), [cases])
  const groups: { field: 'state' | 'category' | 'band' | 'site'; heading: Key; choices: Choice[] }[] = [
    { field: 'state', heading: 'state', choices: STATES.map((value) => ({ value, name: value === 'reported' ? t('reported') : decisionName(value) })) },
    { field: 'category', heading: 'category', choices: PRACTICES.map((value) => ({ value, name: practiceName(value) })) },
    { field: 'band', heading: 'band', choices: BANDS.map((value) => ({ value, name: bandName(value) })) },
    { field: 'site', heading: 'site', choices: sites.map(({ id, names }) => ({ value: id, name: inLanguage(names, lang) })) },
  ]
  return (
    <nav class="filters" aria-label={t('filters')}>
      <input
        type="search"
        ref={search}
        aria-label={t('search')}
        placeholder={t('search')}
        value={filter.q}
        onInput={(event) => onFilter({ ...filter, q: event.currentTarget.value })}
        onKeyDown={(event) => {
          if (event.key === 'Escape') event.currentTarget.blur()
        }}
      />
      <Linked links={links} filter={filter} onFilter={onFilter} />
      {groups.map(({ field, heading, choices }) => (
        <div class="group" role="group" aria-label={t(heading)} key={field}>
          <h2>{t(heading)}</h2>
          {[{ value: '', name: t('any') }, ...choices].map(({ value, name }) => {
            const count = value ? (counts.get(`${field} ${value}`) ?? 0) : cases.length
            // A choice without cases is left out, unless it is the one chosen.
            if (count === 0 && value && filter[field] !== value) return null
            return (
              <button type="button" class="choice" key={value} aria-pressed={filter[field] === value} onClick={() => onFilter({ ...filter, [field]: value })}>
                <span>{name}</span>
                <span class="number">{count}</span>
              </button>
            )
          })}
        </div>
      ))}
      {hashOf(filter) && <button type="button" class="clear" onClick={() => onFilter(ALL)}>{t('clearFilters')}</button>}
    </nav>
  )
}

/** The family or contact that is shown alone: chosen in the detail, let go here. */
function Linked({ links, filter, onFilter }: Pick<FiltersProps, 'links' | 'filter' | 'onFilter'>): JSX.Element {
  const { families, sizes, shared } = links ?? NO_LINKS
  const chosen = [
    { field: 'family', name: t('sameTemplate'), count: sizes.get(families.get(filter.family) ?? '') },
    { field: 'contact', name: t('sameContact'), count: shared.get(filter.contact) },
  ] as const
  return (
    <>
      {chosen.filter(({ field }) => filter[field]).map(({ field, name, count }) => (
        <button type="button" class="choice linked" key={field} aria-pressed={true} onClick={() => onFilter({ ...filter, [field]: '' })}>
          <span>{name}</span>
          <span class="number">{count ?? 0}</span>
        </button>
      ))}
    </>
  )
}
