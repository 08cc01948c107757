/** Joins ui/settings-page to the stored settings. */
import { render } from 'preact'
import browser from 'webextension-polyfill'
import { changeSettings, readSettings } from '../src/settings.ts'
import { generic } from '../src/sites/generic.ts'
import { adapters } from '../src/sites/index.ts'
import { languageOf, languageTag, setLanguage, t } from '../src/ui/i18n.ts'
import { SettingsPage } from '../src/ui/settings-page.tsx'
import '../src/ui/style.css'

async function hasCertificates(pem: string): Promise<boolean> {
  const { certificatesOf } = await import('../src/evidence/timestamp.ts')
  try {
    return certificatesOf(pem).length > 0
  } catch {
    return false
  }
}

async function draw(): Promise<void> {
  const settings = await readSettings(browser.storage.local)
  const lang = languageOf(settings.language, navigator.languages)
  setLanguage(lang)
  document.documentElement.lang = languageTag()
  document.title = `${t('settings')} · ${t('name')}`
  render(
    <SettingsPage settings={settings} sites={[...adapters, generic]} lang={lang} now={Date.now()} onChange={(change) => void changeSettings(browser.storage.local, change)} hasCertificates={hasCertificates} />,
    document.getElementById('app')!,
  )
}

browser.storage.local.onChanged.addListener(() => void draw())
await draw()
