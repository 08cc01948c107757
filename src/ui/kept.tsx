/** @jsxImportSource preact */
import type { JSX } from 'preact'
import { useEffect, useState } from 'preact/hooks'
import { RETENTION, type Settings } from '../store/settings.ts'
import type { Kept } from '../types.ts'
import { numberText, t, timeText } from './i18n.ts'

/** All that is on this machine about what was read. */
export interface Inventory extends Kept {
  /** Texts that are known again by a keyed mark; the texts themselves are not kept. */
  marks: number
  /** Of everything that the extension keeps, in bytes; undefined where the browser does not say. */
  bytes?: number
}

export interface KeptProps {
  settings: Settings
  onChange(change: (old: Settings) => Partial<Settings>): void
  onInspect(): Promise<Inventory>
}

/** What is kept of what was read, for how long, and nothing besides. */
export function KeptSection({ settings, onChange, onInspect }: KeptProps): JSX.Element {
  const [kept, setKept] = useState<Inventory>()
  useEffect(() => {
    void onInspect().then(setKept, () => undefined)
  }, [settings])
  return (
    <section>
      <h2>{t('kept')}</h2>
      <p class="hint">{t('keptHint')}</p>
      {kept && (
        <table class="kept">
          <tbody>
            <Row name="cases" n={kept.cases} />
            <Row name="captures" n={kept.captures} />
            <Row name="outbox" n={kept.outbox} />
            <Row name="marks" n={kept.marks} />
          </tbody>
        </table>
      )}
      {kept?.oldest !== undefined && <p class="hint">{t('keptOldest', { date: timeText(kept.oldest).slice(0, 10) })}</p>}
      {kept?.bytes !== undefined && <p class="hint">{t('keptBytes', { n: numberText(Math.ceil(kept.bytes / 1e6)) })}</p>}
      <label class="row">
        <span>
          {t('retention')}
          <br />
          <span class="hint">{t('retentionHint')}</span>
        </span>
        <select value={settings.retentionDays} onChange={({ currentTarget: { value } }) => onChange(() => ({ retentionDays: Number(value) }))}>
          {RETENTION.map((days) => <option key={days} value={days}>{days === 0 ? t('retentionNever') : t('retentionDays', { n: days })}</option>)}
        </select>
      </label>
    </section>
  )
}

function Row({ name, n }: { name: 'cases' | 'captures' | 'outbox' | 'marks'; n: number }): JSX.Element {
  return (
    <tr>
      <th scope="row">
        {t(`kept_${name}`)}
        <br />
        <span class="hint">{t(`kept_${name}_hint`)}</span>
      </th>
      <td>{numberText(n)}</td>
    </tr>
  )
}
