/** @jsxImportSource preact */
import type { JSX, RefObject } from 'preact'
import { useMemo } from 'preact/hooks'
import { type Links, NO_LINKS } from '../review/links.ts'
import { type Case, PRACTICES } from '../types.ts'
import { bandName, decisionName, formName, type Key, type Language, practiceName, inLanguage, t } from './i18n.ts'
import type { Site } from './review.tsx'
import { Views, type ViewsProps } from './review-views.tsx'
import { ALL, BANDS, countsOf, type Filter, FORMS, hashOf, SIDES, SPANS, STATES } from './state.ts'

interface Choice {
  value: string
  name: string
}

interface FiltersProps extends Pick<ViewsProps, 'views' | 'onViews'> {
  cases: readonly Case[]
  sites: readonly Site[]
  lang: Language
  links: Links | null
  filter: Filter
  onFilter(filter: Filter): void
  search: RefObject<HTMLInputElement | null>
}

/** The narrow column of filters; each choice says how many cases it has. */
export function Filters({ cases, sites, lang, links, filter, onFilter, search, views, onViews }: FiltersProps): JSX.Element {
  const counts = useMemo(() => countsOf(cases), [cases])
  const groups: { field: 'state' | 'category' | 'form' | 'band' | 'site' | 'time' | 'origin' | 'reporter'; heading: Key; choices: Choice[] }[] = [
    { field: 'state', heading: 'state', choices: STATES.map((value) => ({ value, name: value === 'reported' ? t('reported') : decisionName(value) })) },
    { field: 'category', heading: 'category', choices: PRACTICES.map((value) => ({ value, name: practiceName(value) })) },
    { field: 'form', heading: 'form', choices: FORMS.map((value) => ({ value, name: formName(value) })) },
    { field: 'band', heading: 'band', choices: BANDS.map((value) => ({ value, name: bandName(value) })) },
    { field: 'site', heading: 'site', choices: sites.map(({ id, names }) => ({ value: id, name: inLanguage(names, lang) })) },
    { field: 'time', heading: 'time', choices: SPANS.map((value) => ({ value, name: t(`time_${value}`) })) },
    { field: 'origin', heading: 'origin', choices: SIDES.map((value) => ({ value, name: t(`origin_${value}`) })) },
    { field: 'reporter', heading: 'reporter', choices: SIDES.map((value) => ({ value, name: t(`reporter_${value}`) })) },
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
      <Views views={views} onViews={onViews} filter={filter} onFilter={onFilter} />
      <Linked links={links} filter={filter} onFilter={onFilter} />
      {groups.map(({ field, heading, choices }) => (
        <div class="group" role="group" aria-label={t(heading)} key={field}>
          <h2>{t(heading)}</h2>
          {[{ value: '', name: t('any') }, ...choices].map(({ value, name }) => {
            const count = value ? (counts.get(`${field} ${value}`) ?? 0) : cases.length
            // A choice without cases is left out, unless it is the one chosen.
            if (count === 0 && value && filter[field] !== value) return null
            return (
              <button type="button" class="choice" key={value} aria-pressed={filter[field] === value} onClick={() => onFilter({ ...filter, ...(field === 'time' ? { from: '', to: '' } : {}), [field]: value })}>
                <span>{name}</span>
                <span class="number">{count}</span>
              </button>
            )
          })}
          {field === 'time' && <Days filter={filter} onFilter={onFilter} />}
        </div>
      ))}
      {hashOf(filter) && <button type="button" class="clear" onClick={() => onFilter(ALL)}>{t('clearFilters')}</button>}
    </nav>
  )
}

/** A span of days of one's own; either end may stay open. */
function Days({ filter, onFilter }: Pick<FiltersProps, 'filter' | 'onFilter'>): JSX.Element {
  return (
    <>
      {(['from', 'to'] as const).map((end) => (
        <label class="day" key={end}>
          <span>{t(end === 'from' ? 'timeFrom' : 'timeTo')}</span>
          <input type="date" value={filter[end]} onChange={({ currentTarget: { value } }) => onFilter({ ...filter, time: '', [end]: value })} />
        </label>
      ))}
    </>
  )
}

/** The family, contact, author or page that is shown alone: chosen in the detail, let go here. */
function Linked({ links, filter, onFilter }: Pick<FiltersProps, 'links' | 'filter' | 'onFilter'>): JSX.Element {
  const { families, sizes, shared } = links ?? NO_LINKS
  const chosen = [
    { field: 'family', name: t('sameTemplate'), count: sizes.get(families.get(filter.family) ?? '') },
    { field: 'contact', name: t('sameContact'), count: shared.get(filter.contact) },
    { field: 'author', name: `${t('author')} ${filter.author.slice(filter.author.indexOf(' ') + 1)}`, count: '' },
    { field: 'page', name: t('source'), count: '' },
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
