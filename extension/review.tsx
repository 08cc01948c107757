/** Joins ui/review to the store, the background and the export formats. */
import { render } from 'preact'
import browser from 'webextension-polyfill'
import { sha256 } from '../src/evidence/hash.ts'
import type { Particulars } from '../src/evidence/list.ts'
import { type Verification, verifyPackage } from '../src/evidence/verify.ts'
import { writePackage } from '../src/evidence/package.ts'
import { type ExportMeta, fileName, FORMATS } from '../src/export/index.ts'
import type { Tlp } from '../src/export/tlp.ts'
import type { Written } from '../src/export/write.ts'
import { type Incoming, readLists } from '../src/export/import.ts'
import { type Links, linksOf } from '../src/review/links.ts'
import { knownOf } from '../src/lists/known.ts'
import { heldLists } from '../src/lists/shelf.ts'
import { changeSettings } from '../src/store/settings.ts'
import { adapters } from '../src/sites/index.ts'
import { onCasesChanged, Store, StoreError } from '../src/store/store.ts'
import { type Case, type Choice, POLICY } from '../src/types.ts'
import { languageOf, languageTag } from '../src/ui/i18n.ts'
import { Review } from '../src/ui/review.tsx'
import { foldAhead } from '../src/ui/state.ts'
import type { Exporting } from '../src/ui/review-export.tsx'
import { createUnread } from '../src/ui/unread.ts'
import '../src/ui/style.css'
import type { TeamView } from '../src/ui/review-team.tsx'
import { ask } from './bridge.ts'
import { onSettings, readEffective, readPolicy } from './effective.ts'
import type { ExportJob, ExportNews } from './export.worker.ts'
import { saveFile } from './save-file.ts'
import { linkTeam, type TeamLink } from './team-link.ts'

const store = new Store()
let settings = await readEffective()
const { managed } = await readPolicy()
let cases: Case[] | null = null
let endFolding = (): void => undefined
let error: string | undefined

const unread = createUnread()

let joined: string | undefined
let link: TeamLink | undefined
let team: TeamView | undefined
/** Joins, leaves or changes the team as the settings say. */
async function followTeam(): Promise<void> {
  const choice = await store.team()
  if (JSON.stringify(choice) === joined) return
  joined = JSON.stringify(choice)
  link?.end()
  team = undefined
  link = choice && linkTeam(store, choice, (view) => {
    if (joined !== JSON.stringify(choice)) return
    team = view
    draw()
  })
}

async function read(): Promise<void> {
  try {
    const complete = unread.reading()
    // A case that a fuller reading cleared is no work for anyone, unless a person has touched it.
    cases = complete(await store.all()).filter(({ verdict, report, decision }) => verdict.band !== 'clean' || report || decision !== 'open')
    await followTeam()
    link?.tell(cases)
    endFolding()
    endFolding = foldAhead(cases)
    error = undefined
  } catch (cause) {
    error = cause instanceof StoreError ? cause.reason : 'storeBroken'
  }
  draw()
}

let reading: Promise<void> = Promise.resolve()
const refresh = (): Promise<void> => (reading = reading.then(read))

/** Keeps something beside the decisions; what could not be kept is said. */
function note(keeping: Promise<unknown>): void {
  keeping.catch((cause: StoreError) => {
    error = cause.reason
    draw()
  })
}

function decide(choices: readonly Choice[]): void {
  const { cases: decided, settled } = unread.decide(cases ?? [], choices)
  cases = decided
  draw()
  ask('decide', { choices: [...choices] }).then(settled, async (cause: { reason?: string }) => {
    settled()
    await refresh()
    error = cause.reason ?? 'storeBroken'
    draw()
  })
}

/** Permissions must be asked for in the person's own click, before anything is awaited. */
async function savePackage(one: Case, particulars: Particulars, stamped: boolean): Promise<string> {
  const { url } = settings.stamp
  if (stamped && !(await browser.permissions.request({ origins: [`${new URL(url).origin.replace(/:\d+$/, '')}/*`] }))) throw new Error(url)
  const written = await writePackage({
    case: one,
    captures: await store.captures(one.key),
    particulars,
    madeAt: Date.now(),
    timeZone: Intl.DateTimeFormat().resolvedOptions().timeZone,
    software: browser.runtime.getManifest().version,
    siteName: adapters.find(({ id }) => id === one.post.platform)?.names.zh ?? one.post.platform,
  })
  const bytes = stamped ? await (await import('../src/evidence/timestamp.ts')).stampPackage(written, url) : written
  saveFile(`mingcha-${one.key.replace(/[^\w-]+/g, '-').slice(0, 80)}.wacz`, bytes as BlobPart, 'application/wacz')
  return sha256(bytes)
}

async function verify(file: Blob): Promise<Verification> {
  const { roots } = settings.stamp
  return verifyPackage(file, roots.trim() ? (await import('../src/evidence/timestamp.ts')).certificatesOf(roots) : [])
}

function exportCases(formatId: string, chosen: readonly Case[], { filter, tlp }: { filter: string; tlp: Tlp }, onProgress: (done: number) => void): Exporting {
  const format = FORMATS.find(({ id }) => id === formatId)!
  const meta: ExportMeta = {
    madeAt: Date.now(),
    timeZone: Intl.DateTimeFormat().resolvedOptions().timeZone,
    policy: POLICY,
    filter,
    tlp,
    siteNames: Object.fromEntries(adapters.map(({ id, names }) => [id, names.zh])),
  }
  const worker = new Worker(new URL('./export.worker.ts', import.meta.url), { type: 'module' })
  const result = new Promise<Written>((resolve, reject) => {
    worker.addEventListener('error', ({ message }) => reject(new Error(message)))
    worker.addEventListener('message', ({ data }: MessageEvent<ExportNews>) => {
      if ('done' in data) return onProgress(data.done)
      worker.terminate()
      if ('written' in data) resolve(data.written)
      else reject(new Error(data.failed))
    })
  })
  worker.postMessage({ format: formatId, name: fileName(format, meta), cases: chosen, meta } satisfies ExportJob)
  return { result, cancel: () => worker.terminate() }
}

/** In a worker, so that the page answers meanwhile; in the page itself where none starts. */
function findLinks(of: readonly Case[]): Promise<Links> {
  return new Promise((resolve) => {
    const worker = new Worker(new URL('./links.worker.ts', import.meta.url), { type: 'module' })
    const end = (links: Links): void => {
      worker.terminate()
      resolve(links)
    }
    worker.addEventListener('message', ({ data }: MessageEvent<Links>) => end(data))
    worker.addEventListener('error', () => end(linksOf(of)))
    worker.postMessage(of)
  })
}

function readFiles(files: readonly File[]): Promise<Incoming> {
  return readLists(files, new Map(adapters.map(({ id, names }) => [names.zh, id])), (keys) => store.get(keys))
}

function draw(): void {
  const lang = languageOf(settings.language, navigator.languages)
  document.documentElement.lang = languageTag(lang)
  render(
    <Review
      cases={cases}
      sites={adapters}
      lang={lang}
      views={settings.views}
      onViews={(change) => void changeSettings(browser.storage.local, ({ views }) => ({ views: change(views) }))}
      error={error}
      onDecide={decide}
      onReadAgain={(key, said) => note(store.readAgain(key, said, settings.reviewer))}
      onGolden={(key, golden) => note(store.setGolden(key, golden, settings.reviewer))}
      reader={settings.reviewer}
      share={settings.secondShare}
      onShare={(secondShare) => void changeSettings(browser.storage.local, () => ({ secondShare }))}
      onExport={managed.disabled.includes('export') ? undefined : exportCases}
      onSave={(file, name) => saveFile(name, file, file.type)}
      link={findLinks}
      team={team && link && { team, onTake: link.take, onRelease: link.release }}
      onLists={readFiles}
      onMerge={async (incoming) => void (await store.merge(incoming))}
      known={async (one) => knownOf(one, await heldLists(), Date.now())}
      captured={async (key) => (await store.captures(key)).map(({ at }) => at)}
      onPackage={savePackage}
      stampHost={settings.stamp.url ? new URL(settings.stamp.url).host : undefined}
      onVerify={verify}
      onLanguage={(language) => void changeSettings(browser.storage.local, () => ({ language }))}
    />,
    document.getElementById('app')!,
  )
}

onSettings(() => {
  void readEffective().then((next) => {
    settings = next
    draw()
  })
})
// A feed being judged changes cases many times a second: read them again at most twice.
let timer: ReturnType<typeof setTimeout> | undefined
onCasesChanged(() => (timer ??= setTimeout(() => {
  timer = undefined
  void refresh()
}, 500)))
await refresh()
