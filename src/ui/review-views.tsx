/** @jsxImportSource preact */
import type { JSX } from 'preact'
import { useRef } from 'preact/hooks'
import { type View, VIEWS } from '../store/settings.ts'
import { t } from './i18n.ts'
import { type Filter, filterOf, hashOf } from './state.ts'

export interface ViewsProps {
  views: readonly View[]
  onViews(change: (old: readonly View[]) => readonly View[]): void
  filter: Filter
  onFilter(filter: Filter): void
}

/** Filters that the person named, and the naming of those that are set; a name used again takes the new filters. */
export function Views({ views, onViews, filter, onFilter }: ViewsProps): JSX.Element | null {
  const name = useRef<HTMLInputElement>(null)
  const address = hashOf(filter)
  const unnamed = address !== '' && address.length <= VIEWS.address && !views.some((view) => view.address === address)
  if (views.length === 0 && !unnamed) return null
  return (
    <div class="group views" role="group" aria-label={t('views')}>
      <h2>{t('views')}</h2>
      <ul>
        {views.map((view) => (
          <li key={view.name}>
            <button type="button" class="choice" aria-pressed={view.address === address} onClick={() => onFilter(filterOf(view.address))}>
              <span>{view.name}</span>
            </button>
            <button type="button" class="plain" aria-label={t('viewRemove', { name: view.name })} onClick={() => onViews((old) => old.filter((one) => one.name !== view.name))}>×</button>
          </li>
        ))}
      </ul>
      {unnamed && (
        <form
          onSubmit={(event) => {
            event.preventDefault()
            const view = { name: name.current!.value.trim(), address }
            if (!view.name) return
            name.current!.value = ''
            onViews((old) => [...old.filter((one) => one.name !== view.name), view].slice(-VIEWS.most))
          }}
        >
          <input ref={name} required maxLength={VIEWS.name} aria-label={t('viewName')} placeholder={t('viewName')} />
          <button type="submit" class="small">{t('viewSave')}</button>
        </form>
      )}
    </div>
  )
}
