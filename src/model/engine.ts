import * as ort from 'onnxruntime-web/wasm'
import { normalize } from '../text/normalize.ts'
import { TEXT_LIMIT, type Verdict } from '../types.ts'
import { checkFile, configOf, type ModelConfig, type Network, NETWORKS } from './config.ts'
import { cleared, decide, type WindowScores } from './policy.ts'
import { encode, type Vocabulary, vocabularyOf, type Window } from './tokenizer.ts'

/** The files of models/classifier, read by whoever runs the engine. */
export interface ModelFiles extends Record<Network, Uint8Array> {
  vocabulary: unknown
  config: unknown
}

/** Where the runtime's own files lie; needed in a browser, not in Node. */
export type RuntimeFiles = { mjs: string; wasm: string }

/** A failure with the key of the message catalogue that explains it. */
export class EngineError extends Error {
  readonly reason: 'engineLoadFailed' | 'modelUnreadable'
  constructor(reason: EngineError['reason'], cause: unknown) {
    super(cause instanceof Error ? cause.message : String(cause), { cause })
    this.name = 'EngineError'
    this.reason = reason
  }
}

/** Verdicts kept for texts that come again, the oldest dropped first. */
const REMEMBERED = 4_000

/** The model behind four verbs: {@link Engine.load}, classify, config (status), dispose. Runs in a worker and in Node. */
export class Engine {
  readonly config: ModelConfig
  readonly #sessions: Record<Network, ort.InferenceSession>
  readonly #vocabulary: Vocabulary
  readonly #remembered = new Map<string, Verdict>()
  /** Runs wait for each other: a session does not overlap runs anyway. */
  #chain: Promise<unknown> = Promise.resolve()

  private constructor(sessions: Record<Network, ort.InferenceSession>, vocabulary: Vocabulary, config: ModelConfig) {
    this.#sessions = sessions
    this.#vocabulary = vocabulary
    this.config = config
  }

  /**
   * Checks the files against each other, creates the sessions and runs each once, so that a graph that cannot run
   * fails here and the first post does not pay for the compilation.
   * @throws {EngineError} `modelUnreadable` for bad files, `engineLoadFailed` when the runtime does not start.
   */
  static async load(files: ModelFiles, runtime?: RuntimeFiles): Promise<Engine> {
    ort.env.wasm.numThreads = 1
    ort.env.wasm.proxy = false
    if (runtime) ort.env.wasm.wasmPaths = runtime
    let config: ModelConfig
    let vocabulary: Vocabulary
    try {
      config = configOf(files.config)
      if (!Array.isArray(files.vocabulary)) throw new Error('vocabulary.json is not a list')
      vocabulary = vocabularyOf(files.vocabulary as string[])
      for (const name of NETWORKS) await checkFile(name, files[name], config)
    } catch (cause) {
      throw new EngineError('modelUnreadable', cause)
    }
    try {
      const create = (name: Network) => ort.InferenceSession.create(files[name], { executionProviders: ['wasm'], graphOptimizationLevel: 'all' })
      const engine = new Engine({ gate: await create('gate'), judge: await create('judge') }, vocabulary, config)
      const [window] = encode(normalize('预热'), vocabulary)
      await engine.#pass(window!)
      const { flag, categories, form } = await engine.#judge(window!)
      if (categories.length !== config.practices.length || ![flag, form].every(Number.isFinite)) throw new Error('judge.onnx gives no score for each practice')
      return engine
    } catch (cause) {
      throw new EngineError('engineLoadFailed', cause)
    }
  }

  /** Verdicts of these texts, in order. A text longer than TEXT_LIMIT is judged by its head and its tail. */
  classify(texts: readonly string[]): Promise<Verdict[]> {
    const run = this.#chain.then(async () => {
      const verdicts: Verdict[] = []
      for (const text of texts) verdicts.push(await this.#one(text))
      return verdicts
    })
    this.#chain = run.catch(() => undefined)
    return run
  }

  /** Frees the session; the engine cannot be used afterwards. */
  async dispose(): Promise<void> {
    await this.#chain
    for (const name of NETWORKS) await this.#sessions[name].release()
  }

  async #one(text: string): Promise<Verdict> {
    const known = this.#remembered.get(text)
    if (known) {
      this.#remembered.delete(text)
      this.#remembered.set(text, known)
      return known
    }
    const verdict = await this.#read(text)
    this.#remembered.set(text, verdict)
    if (this.#remembered.size > REMEMBERED) this.#remembered.delete(this.#remembered.keys().next().value!)
    return verdict
  }

  async #read(text: string): Promise<Verdict> {
    const half = TEXT_LIMIT / 2
    const cut = text.length - TEXT_LIMIT
    const normalized = normalize(cut > 0 ? text.slice(0, half) + text.slice(-half) : text)
    const windows = encode(normalized, this.#vocabulary)
    let highest = -Infinity
    for (const window of windows) {
      highest = Math.max(highest, await this.#pass(window))
      if (highest >= this.config.thresholds.gate) break
    }
    // The gate was measured on whole texts: where one window passes, all are judged.
    if (highest < this.config.thresholds.gate) return cleared(highest, this.config)
    const scores: WindowScores[] = []
    for (const window of windows) scores.push(await this.#judge(window))
    const verdict = decide(normalized, scores, this.config)
    // Offsets behind the cut-out middle belong further right in the text that the caller knows.
    if (cut > 0) {
      for (const span of verdict.evidence) {
        if (span.start >= half) span.start += cut
        if (span.end > half) span.end += cut
      }
    }
    return verdict
  }

  /** The gate's guess at the judge's flag logit. */
  async #pass(window: Window): Promise<number> {
    const { flag } = await this.#sessions.gate.run({ ids: tensorOf(window) })
    return (flag!.data as Float32Array)[0]!
  }

  async #judge(window: Window): Promise<WindowScores> {
    const output = await this.#sessions.judge.run({ ids: tensorOf(window) })
    const post = output['post']!.data as Float32Array
    const words = output['words']!.data as Float32Array
    const last = post.length - 1
    return { flag: post[0]!, categories: post.slice(1, last), form: post[last]!, at: window.at, words: words.slice() }
  }
}

const tensorOf = ({ ids }: Window) => new ort.Tensor('int64', BigInt64Array.from(ids, BigInt), [1, ids.length])
