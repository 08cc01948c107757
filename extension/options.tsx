/** Joins ui/settings-page to the stored settings. */
import { render } from 'preact'
import browser from 'webextension-polyfill'
import modelConfig from '../models/classifier/config.json'
import { type Backup, mergeSettings, previewOf, readBackup, writeBackup } from '../src/store/backup.ts'
import { distrust, type Offer, offerOf, removeList, shelf, take } from '../src/lists/shelf.ts'
import { trust } from '../src/lists/store.ts'
import { effective, endpointFor } from '../src/store/managed.ts'
import { changeSettings, DEFAULTS, readSettings } from '../src/store/settings.ts'
import { generic } from '../src/sites/generic.ts'
import { adapters } from '../src/sites/index.ts'
import { type Endpoint, originOf } from '../src/sinks/endpoint.ts'
import { atOnce } from '../src/sinks/outbox.ts'
import { onCasesChanged, Store } from '../src/store/store.ts'
import { Verdicts } from '../src/store/verdicts.ts'
import { Local } from '../src/team/local.ts'
import { configOf } from '../src/model/config.ts'
import { modelOffer, modelShelf, restoreModel, takeModel } from '../src/updates/shelf.ts'
import { languageOf, languageTag, setLanguage, t } from '../src/ui/i18n.ts'
import type { Inventory } from '../src/ui/kept.tsx'
import { SettingsPage } from '../src/ui/settings-page.tsx'
import '../src/ui/style.css'
import { ask } from './bridge.ts'
import { mayReach } from './delivery.ts'
import { onSettings, readPolicy } from './effective.ts'
import { fetchSigned, signedIn } from './fetch-signed.ts'
import { saveFile } from './save-file.ts'

const store = new Store()
const shipped = configOf(modelConfig)
const verdicts = new Verdicts(async () => shipped.version)
const { local } = browser.storage

async function backUp(): Promise<void> {
  const now = Date.now()
  const name = `mingcha-backup-${new Date(now).toISOString().slice(0, 10)}.json`
  saveFile(name, writeBackup(await readSettings(local), await store.all(), now), 'application/json')
}

async function readFile(file: File) {
  const backup = await readBackup(file)
  return { backup, preview: previewOf(backup, await readSettings(local), await store.get(backup.cases.map(({ key }) => key))) }
}

/** Records first: where the disk is full, the settings are still the old ones. */
async function restore(backup: Backup): Promise<void> {
  await store.restore(backup.cases)
  await changeSettings(local, (old) => mergeSettings(old, backup.settings))
}

async function reset(what: 'settings' | 'records'): Promise<void> {
  if (what === 'records') await Promise.all([store.clear(), verdicts.clear(), forgetTeam()])
  else {
    await changeSettings(local, () => DEFAULTS)
    await Promise.all([store.setEndpoint(undefined), store.setTeam(undefined)])
    await draw()
  }
}

/** What this browser keeps of a team's record and has not sent. */
async function forgetTeam(): Promise<void> {
  const local = new Local()
  await local.clear()
  await local.close()
}

/** Asks in the person's own click, before anything is awaited; false where the browser or the person refused. */
async function allow(endpoint: Endpoint): Promise<boolean> {
  const granted = await browser.permissions.request({ origins: [originOf(endpoint)] })
  await draw()
  return granted
}

/** What waits goes to the new endpoint at once. */
async function setEndpoint(endpoint: Endpoint | null): Promise<boolean> {
  if (endpoint && !(await allow(endpoint))) return false
  await store.setEndpoint(endpoint ?? 'off')
  await retry()
  return true
}

async function retry(): Promise<void> {
  await store.outbox.change(atOnce)
  await ask('deliver', {})
  await draw()
}

async function drop(id: string): Promise<void> {
  await store.drop(id)
  await draw()
}

async function inspect(): Promise<Inventory> {
  const [kept, marks, { usage }] = await Promise.all([store.kept(), verdicts.count(), navigator.storage.estimate()])
  return { ...kept, marks, ...(usage === undefined ? {} : { bytes: usage }) }
}

async function hasCertificates(pem: string): Promise<boolean> {
  const { certificatesOf } = await import('../src/evidence/timestamp.ts')
  try {
    return certificatesOf(pem).length > 0
  } catch {
    return false
  }
}

async function takeList(offer: Offer, name: string | undefined): Promise<void> {
  if (name !== undefined) await trust({ key: offer.key, name, since: Date.now() })
  await take(offer, Date.now())
}

/** Another model stays only where the engine runs it. */
async function changeModel(changed: ReturnType<typeof takeModel>): Promise<void> {
  const undo = await changed
  const { state, fellBack, detail } = await ask('engineRetry', {})
  if (state === 'ready' && fellBack === undefined) return
  await undo()
  await ask('engineRetry', {})
  throw Object.assign(new Error(fellBack ?? detail), { reason: 'modelRefused' })
}

async function readShelf() {
  const [shelf, { fellBack }] = await Promise.all([modelShelf(shipped.version), ask('engineState', {})])
  return { ...shelf, ...(fellBack === undefined ? {} : { fellBack }) }
}

async function draw(): Promise<void> {
  const [own, { managed, problems }, ownEndpoint, pending, team] = await Promise.all([
    readSettings(local), readPolicy(), store.endpoint().catch(() => undefined), store.pending().catch(() => []), store.team().catch(() => undefined),
  ])
  const { endpoint, origin } = endpointFor(ownEndpoint, managed)
  const { settings, origins } = effective(own, managed, DEFAULTS)
  const lang = languageOf(settings.language, navigator.languages)
  setLanguage(lang)
  document.documentElement.lang = languageTag()
  document.title = `${t('settings')} · ${t('name')}`
  render(
    <SettingsPage
      settings={settings}
      own={own}
      managed={managed}
      problems={problems}
      origins={origins}
      endpoint={endpoint}
      endpointOrigin={origin}
      reachable={endpoint === null || (await mayReach(endpoint))}
      pending={pending}
      onEndpoint={setEndpoint}
      onAllow={allow}
      onRetry={retry}
      onDrop={drop}
      team={team ?? null}
      onTeam={async (choice) => void (await store.setTeam(choice ?? undefined), await draw())}
      sites={[...adapters, generic]}
      lang={lang}
      now={Date.now()}
      onChange={(change) => void changeSettings(local, change)}
      onBackup={managed.disabled.includes('export') ? undefined : backUp}
      onRead={readFile}
      onRestore={restore}
      onReset={reset}
      onInspect={inspect}
      hasCertificates={hasCertificates}
      onShelf={shelf}
      onListFile={async (file) => offerOf(await signedIn(file, 'list'), '', Date.now())}
      onListAddress={async (address) => offerOf(await fetchSigned(address, 'list'), address, Date.now())}
      onTake={takeList}
      onDistrust={distrust}
      onRemoveList={removeList}
      onModelShelf={readShelf}
      onModelFile={async (file) => modelOffer(await signedIn(file, 'model'), shipped)}
      onModelAddress={async (address) => modelOffer(await fetchSigned(address, 'model'), shipped)}
      onTakeModel={(offer) => changeModel(takeModel(offer?.model ?? null, shipped.version, Date.now()))}
      onRestoreModel={() => changeModel(restoreModel(shipped.version))}
    />,
    document.getElementById('app')!,
  )
}

onSettings(() => void draw())
// Reports come and go while the page is open; many at once are one change to it.
let timer: ReturnType<typeof setTimeout> | undefined
onCasesChanged(() => (timer ??= setTimeout(() => {
  timer = undefined
  void draw()
}, 500)))
await draw()
