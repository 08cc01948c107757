/** The settings that hold here: the person's own under the policy of the organisation. */
import browser from 'webextension-polyfill'
import { effective, type Managed, managedOf, NOT_MANAGED, type PolicyProblem } from '../src/store/managed.ts'
import { DEFAULTS, readSettings, type Settings } from '../src/store/settings.ts'
import { generic } from '../src/sites/generic.ts'
import { adapters } from '../src/sites/index.ts'

const SITES = [...adapters, generic].map(({ id }) => id)

/** Firefox rejects where no policy is set. */
export async function readPolicy(): Promise<{ managed: Managed; problems: PolicyProblem[] }> {
  const given = await browser.storage.managed?.get(null).catch(() => undefined)
  return given === undefined ? { managed: NOT_MANAGED, problems: [] } : managedOf(given, SITES)
}

/** Calls back when the person or the organisation changed anything. */
export function onSettings(callback: () => void): void {
  browser.storage.onChanged.addListener((changes, area) => {
    if (area === 'managed' || (area === 'local' && changes['settings'])) callback()
  })
}

export async function readEffective(): Promise<Settings> {
  const [own, { managed }] = await Promise.all([readSettings(browser.storage.local), readPolicy()])
  return effective(own, managed, DEFAULTS).settings
}
