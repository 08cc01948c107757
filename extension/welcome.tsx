/** The first page: joins ui/welcome to the permissions, the settings and the check. */
import { render } from 'preact'
import browser from 'webextension-polyfill'
import { changeSettings, displayOf } from '../src/store/settings.ts'
import { adapters } from '../src/sites/index.ts'
import { languageOf, languageTag, setLanguage, t } from '../src/ui/i18n.ts'
import { Welcome } from '../src/ui/welcome.tsx'
import '../src/ui/style.css'
import { ask } from './bridge.ts'
import { onSettings, readEffective } from './effective.ts'
import { mayRead } from './own-sites.ts'

/** Ids of the sites that may be read: known beforehand, since the browser asks only in the click itself, before anything is awaited. */
let granted: string[] = []
const learn = async (): Promise<string[]> =>
  (granted = (await Promise.all(adapters.map(async ({ id, matches }) => ((await mayRead(matches)) ? id : '')))).filter(Boolean))
browser.permissions.onAdded.addListener(() => void learn())
browser.permissions.onRemoved.addListener(() => void learn())
await learn()

/** Asks once, for the chosen sites alone that are not granted. */
async function start(chosen: readonly string[]): Promise<{ on: number; refused: number }> {
  const wanted = adapters.filter(({ id }) => chosen.includes(id))
  const missing = wanted.filter(({ id }) => !granted.includes(id))
  if (missing.length > 0) await browser.permissions.request({ origins: missing.flatMap(({ matches }) => [...matches]) })
  const on = (await learn()).filter((id) => chosen.includes(id))
  await changeSettings(browser.storage.local, ({ display }) => ({
    display: {
      ...display,
      ...Object.fromEntries(adapters.map(({ id }) => [id, !on.includes(id) ? 'off' : display[id] === 'fold' ? 'fold' : 'mark'])),
    },
  }))
  return { on: on.length, refused: wanted.length - on.length }
}

const chosen = await readEffective().then((settings) => adapters.filter(({ id }) => displayOf(settings, id) !== 'off').map(({ id }) => id))

async function draw(): Promise<void> {
  const lang = languageOf((await readEffective()).language, navigator.languages)
  setLanguage(lang)
  document.documentElement.lang = languageTag()
  document.title = t('welcome')
  render(
    <Welcome
      lang={lang}
      sites={adapters}
      chosen={chosen}
      onCheck={(text) => ask('check', { text })}
      onStart={start}
      onReview={() => location.assign(browser.runtime.getURL('extension/review.html'))}
      onSettings={() => void browser.runtime.openOptionsPage()}
    />,
    document.getElementById('app')!,
  )
}

onSettings(() => void draw())
await draw()
