/** The calibration: onnxruntime-web by itself, in a worker of a page that is served on loopback, with one thread. */
import { createReadStream, existsSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { fileURLToPath } from 'node:url'
import type { BrowserContext, Page } from 'playwright-core'
import vocabularyJson from '../../models/classifier/vocabulary.json' with { type: 'json' }
import type { Network } from '../../src/model/config.ts'
import { encode, vocabularyOf } from '../../src/model/tokenizer.ts'
import { normalize } from '../../src/text/normalize.ts'

const RUNTIME = fileURLToPath(new URL('../../node_modules/onnxruntime-web/dist/', import.meta.url))
const MODELS = fileURLToPath(new URL('../../models/classifier/', import.meta.url))

const WORKER = `
import * as ort from '/ort.wasm.min.mjs'
ort.env.wasm.numThreads = 1
ort.env.wasm.proxy = false
ort.env.wasm.wasmPaths = '/'
const sessions = {}
onmessage = async ({ data: { network, windows } }) => {
  const session = await (sessions[network] ??= ort.InferenceSession.create('/' + network + '.onnx', { executionProviders: ['wasm'], graphOptimizationLevel: 'all' }))
  const runs = []
  for (const ids of windows) {
    const input = { ids: new ort.Tensor('int64', BigInt64Array.from(ids, BigInt), [1, ids.length]) }
    const began = performance.now()
    const output = await session.run(input)
    runs.push({ ms: performance.now() - began, logit: (output.flag ?? output.post).data[0] })
  }
  postMessage(runs)
}
`
const PAGE = `<!doctype html><meta charset="utf-8"><title>bare</title><script>
  const start = () => new Worker('/worker.js', { type: 'module' })
  const ask = (worker, request) => new Promise((done, fail) => {
    worker.onmessage = ({ data }) => done(data)
    worker.onerror = ({ message }) => fail(new Error(message))
    worker.postMessage(request)
  })
  let worker
  const run = (request) => ask(worker ??= start(), request)
  const cold = async (request) => {
    const began = performance.now()
    const one = start()
    await ask(one, request)
    const ms = performance.now() - began
    one.terminate()
    return ms
  }
</script>`
const TYPES: Record<string, string> = { mjs: 'text/javascript', js: 'text/javascript', wasm: 'application/wasm', onnx: 'application/octet-stream' }

const vocabulary = vocabularyOf(vocabularyJson)
/** A text as the network reads it: the windows that the product makes of it, of exactly its length. */
const windowsOf = (text: string): number[][] => encode(normalize(text), vocabulary).map(({ ids }) => ids)

function serve(): Promise<Server> {
  const server = createServer((request, response) => {
    const name = (request.url ?? '/').slice(1)
    const type = TYPES[name.split('.').at(-1)!]
    if (name === '') return void response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' }).end(PAGE)
    if (name === 'worker.js') return void response.writeHead(200, { 'content-type': 'text/javascript' }).end(WORKER)
    const file = [RUNTIME, MODELS].map((folder) => folder + name).find((path) => /^[\w.-]+$/.test(name) && existsSync(path))
    if (!file || !type) return void response.writeHead(404).end()
    createReadStream(file).pipe(response.writeHead(200, { 'content-type': type }))
  })
  return new Promise((listening) => server.listen(0, '127.0.0.1', () => listening(server)))
}

/** One text: time of its runs, ms, and the highest flag logit of its windows. */
export interface Bare {
  ms: number
  logit: number
}

export interface BareModel {
  /** Runs a network over each text by itself. */
  run(network: Network, texts: readonly string[]): Promise<Bare[]>
  /** Starts another worker, makes a session of the judge and runs it once: ms until the answer is in the page. */
  cold(text: string): Promise<number>
  close(): Promise<void>
}

export async function openBare(context: BrowserContext): Promise<BareModel> {
  const server = await serve()
  const page: Page = await context.newPage()
  await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`)
  return {
    async run(network, texts) {
      const perText = texts.map(windowsOf)
      const runs = (await page.evaluate(`run(${JSON.stringify({ network, windows: perText.flat() })})`)) as Bare[]
      let at = 0
      return perText.map(({ length }) => {
        const own = runs.slice(at, (at += length))
        return { ms: own.reduce((sum, { ms }) => sum + ms, 0), logit: Math.max(...own.map(({ logit }) => logit)) }
      })
    },
    cold: (text) => page.evaluate(`cold(${JSON.stringify({ network: 'judge', windows: windowsOf(text).slice(0, 1) })})`),
    async close() {
      await page.close()
      server.closeAllConnections()
      await new Promise((closed) => server.close(closed))
    },
  }
}
