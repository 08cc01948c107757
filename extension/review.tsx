/** Joins ui/review to the store, the background and the export formats. */
import { render } from 'preact'
import browser from 'webextension-polyfill'
import { fileName, FORMATS } from '../src/export/index.ts'
import { type Incoming, readLists } from '../src/import.ts'
import { type Links, linksOf } from '../src/links.ts'
import { changeSettings } from '../src/settings.ts'
import { adapters } from '../src/sites/index.ts'
import { onCasesChanged, Store, StoreError } from '../src/store.ts'
import type { Case } from '../src/types.ts'
import { languageOf, languageTag } from '../src/ui/i18n.ts'
import { Review } from '../src/ui/review.tsx'
import '../src/ui/style.css'
import { ask } from './bridge.ts'
import { onSettings, readEffective, readPolicy } from './effective.ts'
import { saveFile } from './save-file.ts'

const store = new Store()
let settings = await readEffective()
const { managed } = await readPolicy()
let cases: Case[] | null = null
let error: string | undefined

async function refresh(): Promise<void> {
  try {
    // A case that a fuller reading cleared is no work for anyone, unless a person has touched it.
    cases = (await store.all()).filter(({ verdict, report, decision }) => verdict.band !== 'clean' || report || decision !== 'open')
    error = undefined
  } catch (cause) {
    error = cause instanceof StoreError ? cause.reason : 'storeBroken'
  }
  draw()
}

function save(formatId: string, chosen: readonly Case[]): void {
  const format = FORMATS.find(({ id }) => id === formatId)!
  const meta = {
    madeAt: Date.now(),
    timeZone: Intl.DateTimeFormat().resolvedOptions().timeZone,
    siteNames: Object.fromEntries(adapters.map(({ id, names }) => [id, names.zh])),
  }
  saveFile(fileName(format, meta), format.write(chosen, meta) as BlobPart, format.mime)
}

/** In a worker, so that the page answers meanwhile; in the page itself where none starts. */
function link(of: readonly Case[]): Promise<Links> {
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

async function readFiles(files: readonly File[]): Promise<Incoming> {
  const lists = await Promise.all(files.map(async (file) => ({ name: file.name, bytes: new Uint8Array(await file.arrayBuffer()) })))
  return readLists(lists, new Map(adapters.map(({ id, names }) => [names.zh, id])), (keys) => store.get(keys))
}

function draw(): void {
  const lang = languageOf(settings.language, navigator.languages)
  document.documentElement.lang = languageTag(lang)
  render(
    <Review
      cases={cases}
      sites={adapters}
      lang={lang}
      error={error}
      onDecide={(key, decision) =>
        void ask('decide', { key, decision }).catch((cause: { reason?: string }) => {
          error = cause.reason ?? 'storeBroken'
          draw()
        })
      }
      onExport={managed.disabled.includes('export') ? undefined : save}
      link={link}
      onLists={readFiles}
      onMerge={async (incoming) => void (await store.merge(incoming))}
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
