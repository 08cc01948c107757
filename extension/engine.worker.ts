/** Runs the engine off the main thread. One request at a time from {@link file://./engine-host.ts}. */
import mjsUrl from 'onnxruntime-web/ort-wasm-simd-threaded.mjs?url'
import wasmUrl from 'onnxruntime-web/ort-wasm-simd-threaded.wasm?url'
import config from '../models/classifier/config.json'
import gateUrl from '../models/classifier/gate.onnx?url'
import judgeUrl from '../models/classifier/judge.onnx?url'
import vocabulary from '../models/classifier/vocabulary.json'
import { Engine, EngineError, type ModelFiles } from '../src/model/engine.ts'
import type { Verdict } from '../src/types.ts'
import { modelInUse } from '../src/updates/shelf.ts'

export type WorkerRequest = { id: number; texts: string[] }
export type WorkerReply =
  | { loaded: string; fellBack?: string }
  | { failed: { reason: string; detail: string } }
  | { judged: number }
  | { id: number; verdicts: Verdict[] }
  | { id: number; error: string }

const reply = (message: WorkerReply): void => self.postMessage(message)
const absolute = (url: string): string => new URL(url, self.location.origin).href

async function read(url: string): Promise<Uint8Array> {
  const response = await fetch(absolute(url)).catch((cause: unknown) => {
    throw new EngineError('modelUnreadable', cause)
  })
  if (!response.ok) throw new EngineError('modelUnreadable', `${url}: ${response.status}`)
  return new Uint8Array(await response.arrayBuffer())
}

async function shipped(): Promise<ModelFiles> {
  const [gate, judge] = await Promise.all([read(gateUrl), read(judgeUrl)])
  return { gate, judge, vocabulary, config }
}

const runtime = { mjs: absolute(mjsUrl), wasm: absolute(wasmUrl) }
let fellBack: string | undefined
/** An update that cannot be read or run leaves the model that ships, and says so. */
const engine = modelInUse(config.version)
  .then((model) => model && Engine.load(model, runtime))
  .catch((cause: Error) => void (fellBack = cause.message))
  .then(async (updated) => updated ?? Engine.load(await shipped(), runtime))

engine.then(
  ({ config: { version } }) => reply({ loaded: version, ...(fellBack === undefined ? {} : { fellBack }) }),
  (cause: EngineError) => reply({ failed: { reason: cause.reason ?? 'engineLoadFailed', detail: cause.message } }),
)

self.addEventListener('message', ({ data: { id, texts } }: MessageEvent<WorkerRequest>) => {
  engine
    .then(async (loaded) => {
      const verdicts: Verdict[] = []
      for (const text of texts) {
        verdicts.push(...(await loaded.classify([text])))
        reply({ judged: verdicts.length })
      }
      return verdicts
    })
    .then(
      (verdicts) => reply({ id, verdicts }),
      (cause: Error) => reply({ id, error: cause.message }),
    )
})
