/** @jsxImportSource preact */
import type { JSX } from 'preact'
import { useMemo } from 'preact/hooks'
import { accountOf, type Case } from '../types.ts'
import { decisionName, t, verdictName } from './i18n.ts'
import { firstWords } from './popup-item.tsx'
import type { LinksProps } from './review-links.tsx'
import type { Filter } from './state.ts'

/** Most neighbours of one kind that are drawn. */
const MOST = 4

type Alone = Partial<Pick<Filter, 'author' | 'page'>>

export interface NeighboursProps extends Pick<LinksProps, 'case' | 'cases' | 'onLink'> {
  /** Brings a case under work; `alone` is a filter that shows it where the present one does not. */
  onOpen(key: string, alone: Alone): void
}

/** The front page of a site holds what has nothing in common but the day. */
const isOnePage = (address: string): boolean => URL.canParse(address) && new URL(address).pathname.length > 1

/** Cases that stand near one, nearest in time first: same thread, same author, same page. None is listed twice. */
export function neighboursOf(one: Case, cases: readonly Case[]): { name: 'sameThread' | 'sameAuthor' | 'samePage'; alone: Alone; cases: Case[] }[] {
  const { platform, id, parentId } = one.post
  const threads = new Set([id, parentId].filter((each) => each !== undefined))
  const account = accountOf(one.post)
  const [thread, author, page]: [Case[], Case[], Case[]] = [[], [], []]
  for (const other of cases) {
    if (other.key === one.key || other.post.platform !== platform) continue
    if (threads.has(other.post.id) || (other.post.parentId !== undefined && threads.has(other.post.parentId))) thread.push(other)
    else if ((one.post.author.id ?? one.post.author.name) !== '' && accountOf(other.post) === account) author.push(other)
    else if (other.pageUrl === one.pageUrl && isOnePage(one.pageUrl)) page.push(other)
  }
  const near = (a: Case, b: Case): number => Math.abs(a.firstSeen - one.firstSeen) - Math.abs(b.firstSeen - one.firstSeen)
  return [
    { name: 'sameThread' as const, alone: { page: one.pageUrl }, cases: thread.sort(near) },
    { name: 'sameAuthor' as const, alone: { author: account }, cases: author.sort(near) },
    { name: 'samePage' as const, alone: { page: one.pageUrl }, cases: page.sort(near) },
  ].filter(({ cases }) => cases.length > 0)
}

export function Neighbours({ case: one, cases, onOpen, onLink }: NeighboursProps): JSX.Element | null {
  const groups = useMemo(() => neighboursOf(one, cases), [one, cases])
  if (groups.length === 0) return null
  return (
    <section class="neighbours" aria-label={t('neighbours')}>
      <h3>{t('neighbours')}</h3>
      {groups.map(({ name, alone, cases: near }) => (
        <div key={name}>
          <h4>{t(name)}</h4>
          <ul>
            {near.slice(0, MOST).map(({ key, post, verdict, decision }) => (
              <li key={key}>
                <button type="button" class="plain near" title={`${verdictName(verdict)} · ${decisionName(decision)}`} onClick={() => onOpen(key, alone)}>
                  {firstWords(post.text, 40) || t('untitled')} <span class="quiet">{decisionName(decision)}</span>
                </button>
              </li>
            ))}
          </ul>
          {name !== 'sameThread' && <button type="button" class="small" onClick={() => onLink(alone)}>{t('neighboursAll')}</button>}
        </div>
      ))}
    </section>
  )
}
