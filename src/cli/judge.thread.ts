/** A thread of {@link Pool}: texts in, verdicts out. */
import { parentPort } from 'node:worker_threads'
import type { Verdict } from '../types.ts'
import { loadEngine } from './model.ts'

export type Answer = { verdicts: Verdict[] } | { error: string }

const port = parentPort!
const engine = loadEngine()
port.on('message', (texts: string[]) => {
  void engine
    .then((loaded) => loaded.classify(texts))
    .then((verdicts): Answer => ({ verdicts }), (cause: unknown): Answer => ({ error: cause instanceof Error ? cause.message : String(cause) }))
    .then((answer) => port.postMessage(answer))
})
