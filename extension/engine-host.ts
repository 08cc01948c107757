/**
 * Starts the engine's worker and relays to it. Chrome and Edge load this file in offscreen.html, since a service
 * worker can neither start a worker nor import the runtime; Firefox loads it in its background page.
 */
import { BATCH_LIMIT, type EngineState, type Handlers } from '../src/messages.ts'
import type { Verdict } from '../src/types.ts'
import { answer } from './bridge.ts'
import type { WorkerReply, WorkerRequest } from './engine.worker.ts'

/** Longest wait for the model, and then for one text; a worker that is silent for longer is taken for dead. */
const TIME_LIMIT = 60_000
/** A worker that was asked nothing for this long is ended, since the runtime's memory never shrinks, ms. */
const IDLE_LIMIT = 5 * 60_000

type Waiting = { texts: string[]; done(verdicts: Verdict[]): void; timer: ReturnType<typeof setTimeout> }

const timer = () => setTimeout(() => stop({ state: 'failed', reason: 'engineTimeout' }), TIME_LIMIT)

let state: EngineState = { state: 'idle' }
let worker: Worker | undefined
let lastId = 0
let idle: ReturnType<typeof setTimeout> | undefined
const waiting = new Map<number, Waiting>()

const notJudged = (texts: readonly string[], reason: string): Verdict[] =>
  texts.map(() => ({ band: 'not_judged', score: 0, categories: [], form: null, evidence: [], model: '', reason }))

function start(): Worker {
  state = { state: 'loading' }
  const started = new Worker(new URL('./engine.worker.ts', import.meta.url), { type: 'module' })
  started.addEventListener('message', ({ data }: MessageEvent<WorkerReply>) => {
    if (started !== worker) return
    // It lives: eight adverts of ten thousand letters take a slow machine longer than one may.
    for (const one of waiting.values()) {
      clearTimeout(one.timer)
      one.timer = timer()
    }
    if ('judged' in data) return
    if ('loaded' in data) state = { state: 'ready', model: data.loaded, ...(data.fellBack === undefined ? {} : { fellBack: data.fellBack }) }
    else if ('failed' in data) stop({ state: 'failed', ...data.failed })
    else settle(data.id, 'verdicts' in data ? data.verdicts : undefined)
  })
  started.addEventListener('error', (event) => {
    event.preventDefault()
    if (started === worker) stop({ state: 'failed', reason: 'engineGone', detail: event.message })
  })
  return started
}

function settle(id: number, verdicts: Verdict[] | undefined): void {
  const one = waiting.get(id)
  if (!one) return
  waiting.delete(id)
  clearTimeout(one.timer)
  one.done(verdicts?.length === one.texts.length ? verdicts : notJudged(one.texts, 'engineGone'))
  if (waiting.size === 0) idle = setTimeout(() => stop({ state: 'idle' }), IDLE_LIMIT)
}

/** Ends the worker; whoever waits is told that nothing was judged, and why. */
function stop(next: EngineState): void {
  clearTimeout(idle)
  worker?.terminate()
  worker = undefined
  state = next
  for (const [id, one] of waiting) {
    waiting.delete(id)
    clearTimeout(one.timer)
    one.done(notJudged(one.texts, next.reason ?? 'engineGone'))
  }
}

function classify(texts: string[]): Promise<Verdict[]> {
  // A failed engine stays failed until someone asks for a retry: starting it again for each post would spin.
  if (state.state === 'failed') return Promise.resolve(notJudged(texts, state.reason ?? 'engineGone'))
  clearTimeout(idle)
  worker ??= start()
  const id = ++lastId
  const request: WorkerRequest = { id, texts }
  worker.postMessage(request)
  return new Promise((done) => waiting.set(id, { texts, done, timer: timer() }))
}

export const host: Handlers<'engine'> = {
  classify: ({ texts }) => classify(texts.slice(0, BATCH_LIMIT)),
  engineStatus: () => state,
  engineEnd: () => stop({ state: 'idle' }),
}

answer('engine', host)
