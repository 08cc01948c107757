/** @jsxImportSource preact */
import type { JSX } from 'preact'
import { useMemo, useState } from 'preact/hooks'
import { agreementsOf, dueForSecond, goldenReadersOf, type READERS, reviewersOf, type Row, weeksOf } from '../review/agreement.ts'
import { SECOND_SHARES } from '../store/settings.ts'
import type { Case, Choice, Decision } from '../types.ts'
import { Bars, Figure } from './chart.tsx'
import { practiceName, t } from './i18n.ts'
import { useKeys } from './use-keys.ts'

export interface QualityProps {
  cases: readonly Case[]
  /** Keeps what a blind second reading said. */
  onReadAgain(key: string, said: Decision): void
  /** Who reads, '' without a name. */
  reader: string
  /** One decided case in this many is read again; 0 for none. */
  share: number
  onShare(share: number): void
}

/** How well readers agree, and the second reading that measures it. */
export function Quality(props: QualityProps): JSX.Element {
  const { cases } = props
  return (
    <>
      <SecondReading {...props} />
      <Agreements title={t('qualityLists')} cases={cases} of="lists" />
      <Agreements title={t('qualitySecond')} cases={cases} of="second" />
      <Kappas title={t('qualityGolden')} first={t('reviewer')} cases={cases} of={goldenReadersOf} />
      <Kappas title={t('qualityReviewers')} first={t('reviewer')} cases={cases} of={reviewersOf} />
      <Kappas title={t('qualityWeeks')} first={t('figureWeek')} cases={cases} of={weeksOf} />
    </>
  )
}

function Agreements({ title, cases, of }: { title: string; cases: readonly Case[]; of: keyof typeof READERS }): JSX.Element {
  const rows = useMemo(() => agreementsOf(cases, of), [cases, of])
  return (
    <Figure title={title}>
      {rows.length === 0 ? <p class="quiet">{t('qualityNoPairs')}</p> : (
        <table>
          <thead>
            <tr>
              <th scope="col">{t('category')}</th>
              {(['qualityPairs', 'qualitySame', 'qualityKappa'] as const).map((key) => <th scope="col" class="number" key={key}>{t(key)}</th>)}
            </tr>
          </thead>
          <tbody>
            {rows.map(({ practice, agreement: { pairs, same, kappa } }) => (
              <tr key={practice}>
                <th scope="row">{practice ? practiceName(practice) : t('qualityAll')}</th>
                <td class="number">{pairs}</td>
                <td class="number">{same}</td>
                <td class="number">{kappa === null ? t('qualityNoKappa') : kappa.toFixed(2)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </Figure>
  )
}

/** A bar as long as kappa; none where it is 0 or less, or has no value. */
function Kappas({ title, first, cases, of }: { title: string; first: string; cases: readonly Case[]; of(cases: readonly Case[]): Row[] }): JSX.Element {
  const rows = useMemo(() => of(cases), [cases])
  return (
    <Figure title={title}>
      {rows.length === 0 ? <p class="quiet">{t('qualityNoPairs')}</p> : (
        <Bars
          headings={[first, t('qualityPairs'), t('qualitySame'), t('qualityKappa')]}
          most={1}
          rows={rows.map(({ name, practice, agreement: { pairs, same, kappa } }) => ({
            name: [name || t('qualityUnnamed'), ...(practice ? [practiceName(practice)] : [])].join(' · '),
            value: Math.max(0, kappa ?? 0),
            cells: [pairs, same, kappa === null ? t('qualityNoKappa') : kappa.toFixed(2)],
          }))}
        />
      )}
    </Figure>
  )
}

const ANSWERS = [['confirmed', '1', 'confirm'], ['wrong', '2', 'wrong'], ['unsure', '3', 'unsure']] as const

/** The text alone: neither the first decision nor the model's word, which would lead the reader. */
function SecondReading({ cases, onReadAgain, reader, share, onShare }: QualityProps): JSX.Element {
  // What was said is kept elsewhere; until it comes back, it is not asked again.
  const [done, setDone] = useState<ReadonlySet<string>>(new Set())
  const [choice, setChoice] = useState<Choice | null>(null)
  const due = useMemo(() => dueForSecond(cases, share, reader).filter(({ key }) => !done.has(key)), [cases, done, share, reader])
  const [one] = due
  const chosen = choice?.key === one?.key ? choice?.decision : undefined
  const choose = (decision: Decision): void => setChoice(one ? { key: one.key, decision } : null)
  const save = (): void => {
    if (!one || !chosen) return
    onReadAgain(one.key, chosen)
    setDone(new Set([...done, one.key]))
  }
  useKeys((action) => {
    const answer = ANSWERS.find(([, , of]) => of === action)
    if (answer) choose(answer[0])
    else if (action === 'save') save()
  })
  return (
    <Figure title={t('secondTitle')}>
      <p class="quiet">{t('secondHint')}</p>
      <label class="row">
        <span>{t('secondShare')}</span>
        <select value={share} onChange={({ currentTarget: { value } }) => onShare(Number(value))}>
          {SECOND_SHARES.map((one) => <option key={one} value={one}>{one === 0 ? t('secondShareNone') : t('secondShareOf', { n: one })}</option>)}
        </select>
      </label>
      <p role="status">{due.length > 0 ? t('secondLeft', { n: due.length }) : t('secondNone')}</p>
      {one && (
        <>
          <p class="full">{one.post.text || t('untitled')}</p>
          <div class="answers" role="group" aria-label={t('secondTitle')}>
            {ANSWERS.map(([decision, key]) => (
              <button type="button" key={decision} aria-pressed={chosen === decision} onClick={() => choose(decision)}>{t(`decide_${decision}`)} <kbd>{key}</kbd></button>
            ))}
            <button type="button" class="first" disabled={!chosen} onClick={save}>{t('decideSave')} <kbd>Enter</kbd></button>
          </div>
        </>
      )}
    </Figure>
  )
}
