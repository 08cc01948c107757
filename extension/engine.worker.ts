/** Runs the engine off the main thread. One request at a time from {@link file://./engine-host.ts}. */
import mjsUrl from 'onnxruntime-web/ort-wasm-simd-threaded.mjs?url'
import wasmUrl from 'onnxruntime-web/ort-wasm-simd-threaded.wasm?url'
import config from '../models/classifier/config.json'
import modelUrl from '../models/classifier/model.onnx?url'
import vocabulary from '../models/classifier/vocabulary.json'
import { Engine, EngineError } from '../src/model/engine.ts'
import type { Verdict } from '../src/types.ts'

export type WorkerRequest = { id: number; texts: string[] }
export type WorkerReply =
  | { loaded: string }
  | { failed: { reason: string; detail: string } }
  | { id: number; verdicts: Verdict[] }
  | { id: number; error: string }

const reply = (message: WorkerReply): void => self.postMessage(message)
const absolute = (url: string): string => new URL(url, self.location.origin).href

const engine = (async () => {
  const response = await fetch(absolute(modelUrl)).catch((cause: unknown) => {
    throw new EngineError('modelUnreadable', cause)
  })
  if (!response.ok) throw new EngineError('modelUnreadable', `model.onnx: ${response.status}`)
  const model = new Uint8Array(await response.arrayBuffer())
  return Engine.load({ model, vocabulary, config }, { mjs: absolute(mjsUrl), wasm: absolute(wasmUrl) })
})()

engine.then(
  ({ config: { version } }) => reply({ loaded: version }),
  (cause: EngineError) => reply({ failed: { reason: cause.reason ?? 'engineLoadFailed', detail: cause.message } }),
)

self.addEventListener('message', ({ data: { id, texts } }: MessageEvent<WorkerRequest>) => {
  engine
    .then((loaded) => loaded.classify(texts))
    .then(
      (verdicts) => reply({ id, verdicts }),
      (cause: Error) => reply({ id, error: cause.message }),
    )
})
