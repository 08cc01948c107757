/** @jsxImportSource preact */
import type { JSX } from 'preact'
import { useState } from 'preact/hooks'
import { type TeamChoice, teamChoiceOf } from '../team/options.ts'
import { t } from './i18n.ts'

export interface TeamSectionProps {
  now: number
  team: TeamChoice | null
  /** Joins, or leaves with null. */
  onTeam(team: TeamChoice | null): Promise<void>
}

/** The team's servers and the login. */
export function TeamSection(props: TeamSectionProps): JSX.Element {
  const { team, onTeam } = props
  const [said, setSaid] = useState('')
  const keep = (change: TeamChoice | null): void => void onTeam(change).then(() => setSaid(t(change ? 'teamJoined' : 'teamLeft')), (cause: Error) => setSaid(cause.message))
  return (
    <section class="team-settings">
      <h2>{t('team')}</h2>
      <p class="hint">{t('teamHint')}</p>
      <TeamForm key={JSON.stringify(team)} {...props} onTeam={async (choice) => keep(choice)} setSaid={setSaid} />
      {team && <button type="button" class="plain" onClick={() => keep(null)}>{t('teamLeave')}</button>}
      <p role="status">{said}</p>
    </section>
  )
}

function TeamForm({ now, team, onTeam, setSaid }: TeamSectionProps & { setSaid(text: string): void }): JSX.Element {
  const [draft, setDraft] = useState({ servers: team?.servers.join(' ') ?? '', person: team?.person ?? '', password: team?.password ?? '', creds: team?.creds ?? '' })
  const field = (name: keyof typeof draft, placeholder = ''): JSX.Element => {
    const given = { value: draft[name], placeholder, maxLength: 20_000, autocomplete: 'off' as const, onInput: ({ currentTarget: { value } }: { currentTarget: HTMLInputElement | HTMLTextAreaElement }) => setDraft((old) => ({ ...old, [name]: value })) }
    return (
      <label class="row">
        <span>{t(`teamField_${name}`)}</span>
        {name === 'creds' ? <textarea rows={3} {...given} /> : name === 'password' ? <input type="password" {...given} /> : <input {...given} />}
      </label>
    )
  }
  const join = (): void => {
    try {
      // Who changes only the password goes on where they were.
      const since = team && team.person === draft.person.trim() ? team.since : now
      void onTeam(teamChoiceOf({ ...draft, person: draft.person.trim(), since }, now))
    } catch (cause) {
      const { message } = cause as Error
      setSaid(t(message === 'servers' || message === 'person' ? `teamWrong_${message}` : 'teamWrong'))
    }
  }
  return (
    <form
      noValidate
      onSubmit={(event) => {
        event.preventDefault()
        join()
      }}
    >
      {field('servers', 'wss://')}
      {field('person')}
      {field('password')}
      {field('creds', '-----BEGIN NATS USER JWT-----')}
      <button type="submit">{t('teamJoin')}</button>
    </form>
  )
}
