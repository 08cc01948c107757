/** @jsxImportSource preact */
import type { JSX } from 'preact'
import { displayOrigin, type Managed, type Origin, type Origins, type PolicyProblem } from '../store/managed.ts'
import { displayOf, type Settings } from '../store/settings.ts'
import type { Endpoint } from '../sinks/endpoint.ts'
import type { Adapter } from '../sites/adapter.ts'
import { type Language, languageName, inLanguage, t } from './i18n.ts'

export interface PolicyProps {
  /** What holds. */
  settings: Settings
  /** The person's own, whatever the policy says. */
  own: Settings
  managed: Managed
  problems: readonly PolicyProblem[]
  origins: Origins
  /** Where reports go besides, and who said so. */
  endpoint: Endpoint | null
  endpointOrigin: Origin
  sites: readonly Pick<Adapter, 'id' | 'names'>[]
  lang: Language
}

export const organisationOf = ({ organisation }: Managed): string => organisation ?? t('policySomeone')
const isSet = (managed: Managed): boolean => Object.keys(managed).length > 2 || managed.locked.length + managed.disabled.length > 0

/** The effective policy: every value and where it comes from. */
export function PolicySection({ settings, own, managed, problems, origins, endpoint, endpointOrigin, sites, lang }: PolicyProps): JSX.Element {
  const { thresholds, retentionDays, modelAddress, disabled } = managed
  const rows: [name: string, value: string, origin: Origin][] = [
    ...sites.map(({ id, names }): (typeof rows)[number] => [inLanguage(names, lang), t(`display_${displayOf(settings, id)}`), displayOrigin(own, managed, id)]),
    [t('moderator'), t(settings.moderator ? 'yes' : 'no'), origins.moderator],
    [t('settingsLanguage'), languageName(settings.language), origins.language],
    [t('settingsRules'), String(settings.rules.length), origins.rules],
    [t('policy_thresholds_flagged'), thresholds?.flagged?.toFixed(2) ?? t('policyModel'), thresholds?.flagged === undefined ? 'default' : 'fixed'],
    [t('policy_thresholds_unsure'), thresholds?.unsure?.toFixed(2) ?? t('policyModel'), thresholds?.unsure === undefined ? 'default' : 'fixed'],
    [t('policy_retention'), retentionDays === undefined ? t('policyUnlimited') : String(retentionDays), retentionDays === undefined ? 'default' : 'fixed'],
    [t('sink'), endpoint ? new URL(endpoint.address).host : t('no'), endpointOrigin],
    [t('modelAddress'), modelAddress ? new URL(modelAddress).host : t('no'), modelAddress ? 'policy' : 'default'],
    [t('policy_disabled'), disabled.map((one) => t(`feature_${one}`)).join(' · ') || t('no'), disabled.length > 0 ? 'fixed' : 'default'],
  ]
  return (
    <section class="policy">
      <h2>{t('policy')}</h2>
      <p>{isSet(managed) ? t('policyBy', { name: organisationOf(managed) }) : t('policyNone')}</p>
      {problems.length > 0 && (
        <div role="alert">
          <p>{t('policyProblems')}</p>
          <ul>{problems.slice(0, 50).map((path) => <li key={path}><code>{path.slice(0, 200)}</code></li>)}</ul>
        </div>
      )}
      <details open={isSet(managed)}>
        <summary>{t('policyHint')}</summary>
        <table>
          <thead>
            <tr><th scope="col">{t('policySetting')}</th><th scope="col">{t('policyValue')}</th><th scope="col">{t('policyOrigin')}</th></tr>
          </thead>
          <tbody>
            {rows.map(([name, value, origin]) => (
              <tr key={name}><th scope="row">{name}</th><td>{value}</td><td>{t(`origin_${origin}`)}</td></tr>
            ))}
          </tbody>
        </table>
      </details>
    </section>
  )
}
