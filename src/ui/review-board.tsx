/** @jsxImportSource preact */
import type { JSX } from 'preact'
import { t } from './i18n.ts'
import { Chain } from './review-chain.tsx'
import { type BoardProps, Figures } from './review-figures.tsx'
import type { LinksProps } from './review-links.tsx'
import { Portraits } from './review-portraits.tsx'
import { Quality, type QualityProps } from './review-quality.tsx'
import type { Desk } from './state.ts'

/** What the filters show, seen as a whole rather than one by one; made to be printed as well. */
export function Board({ desk, cases, sites, lang, links, onLink, ...quality }: { desk: Exclude<Desk, 'list'> } & BoardProps & Pick<LinksProps, 'onLink'> & QualityProps): JSX.Element {
  return (
    <div class="board" role="region" aria-label={t(`desk_${desk}`)} tabIndex={0}>
      <p class="links">
        <span class="quiet">{t('boardOf', { n: cases.length })}</span>
        <button type="button" class="plain" onClick={() => globalThis.print()}>{t('print')}</button>
      </p>
      {desk === 'chain' && <Chain cases={cases} links={links} onLink={onLink} />}
      {desk === 'portraits' && <Portraits cases={cases} sites={sites} lang={lang} links={links} />}
      {desk === 'figures' && <Figures cases={cases} sites={sites} lang={lang} links={links} />}
      {desk === 'quality' && <Quality cases={cases} {...quality} />}
    </div>
  )
}
