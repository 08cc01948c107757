/** @jsxImportSource preact */
import type { JSX } from 'preact'
import { useState } from 'preact/hooks'
import type { TeamStatus } from '../team/team.ts'
import { t } from './i18n.ts'

/** What the review page shows of the team: `elsewhere` while another page holds the link. */
export interface TeamView extends Omit<TeamStatus, 'link'> {
  link: TeamStatus['link'] | 'elsewhere'
  /** Key of the case that the queue gave this reviewer. */
  hand: string | null
}

export interface TeamProps {
  team: TeamView
  /** Asks the queue for a case; its key, null where none waits. */
  onTake(): Promise<string | null>
  onRelease(): void
  /** Shows a case of the desk. */
  onOpen(key: string): void
}

/** How the link stands, the next case of the queue, and the one in hand. */
export function TeamBar({ team: { link, why, waiting, hand }, onTake, onRelease, onOpen }: TeamProps): JSX.Element {
  const [state, setState] = useState<'' | 'asking' | 'none' | { failed: string }>('')
  const take = (): void => {
    setState('asking')
    onTake().then(
      (key) => {
        setState(key === null ? 'none' : '')
        if (key !== null) onOpen(key)
      },
      (cause: Error) => setState({ failed: cause.message }),
    )
  }
  return (
    <div class="team" role="group" aria-label={t('team')}>
      <span role="status" title={why}>
        {t(`teamLink_${link}`)}
        {waiting > 0 && ` · ${t('teamWaiting', { n: waiting })}`}
        {(link === 'away' || link === 'refused') && why && <span class="quiet"> {why.slice(0, 120)}</span>}
        {state === 'none' && <span class="quiet"> {t('teamNone')}</span>}
        {typeof state === 'object' && <span class="quiet"> {state.failed.slice(0, 120)}</span>}
      </span>
      {hand === null ? (
        link === 'connected' && <button type="button" disabled={state === 'asking'} onClick={take}>{t('teamTake')}</button>
      ) : (
        <>
          <button type="button" onClick={() => onOpen(hand)}>{t('teamHand')}</button>
          <button type="button" class="plain" onClick={onRelease}>{t('teamRelease')}</button>
        </>
      )}
    </div>
  )
}
