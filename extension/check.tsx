/** A window that checks the text a person selected on any page. */
import { render } from 'preact'
import browser from 'webextension-polyfill'
import { Check } from '../src/ui/check.tsx'
import { languageOf, languageTag, setLanguage, t } from '../src/ui/i18n.ts'
import '../src/ui/style.css'
import { ask } from './bridge.ts'
import { onSettings, readEffective } from './effective.ts'

const { selection } = await browser.storage.session.get('selection')
await browser.storage.session.remove('selection')

async function draw(): Promise<void> {
  setLanguage(languageOf((await readEffective()).language, navigator.languages))
  document.documentElement.lang = languageTag()
  document.title = t('checkTitle')
  render(
    <main class="popup check-window" aria-label={t('check')}>
      <div class="popup-body">
        <Check given={typeof selection === 'string' ? selection : ''} onCheck={(text) => ask('check', { text })} />
      </div>
    </main>,
    document.getElementById('app')!,
  )
}

onSettings(() => void draw())
await draw()
