import { Worker } from 'node:worker_threads'
import type { Verdict } from '../types.ts'
import type { Answer } from './judge.thread.ts'

interface Job {
  texts: readonly string[]
  resolve(verdicts: Verdict[]): void
  reject(cause: Error): void
}

interface Thread {
  worker: Worker
  job?: Job | undefined
}

/** The shipped model on several threads, each with an engine of its own; a thread starts when there is work for it. */
export class Pool {
  readonly size: number
  readonly #threads: Thread[] = []
  readonly #waiting: Job[] = []
  #disposed = false

  constructor(size: number) {
    this.size = size
  }

  /** Verdicts of these texts, in order; rejects when they cannot be judged or the thread that judges them dies. */
  classify(texts: readonly string[]): Promise<Verdict[]> {
    if (this.#disposed) return Promise.reject(new Error('the pool was disposed'))
    return new Promise((resolve, reject) => {
      this.#waiting.push({ texts, resolve, reject })
      this.#next()
    })
  }

  /** Ends the threads; what they have not answered is rejected. */
  async dispose(): Promise<void> {
    this.#disposed = true
    for (const { reject } of this.#waiting.splice(0)) reject(new Error('the pool was disposed'))
    await Promise.all(this.#threads.map(({ worker }) => worker.terminate()))
  }

  #next(): void {
    if (this.#disposed || this.#waiting.length === 0) return
    const thread = this.#threads.find(({ job }) => !job) ?? (this.#threads.length < this.size ? this.#start() : undefined)
    if (!thread) return
    thread.job = this.#waiting.shift()!
    thread.worker.postMessage(thread.job.texts)
  }

  #start(): Thread {
    const thread: Thread = { worker: new Worker(new URL('./judge.thread.mjs', import.meta.url)) }
    let failure = ''
    thread.worker.on('message', (answer: Answer) => {
      const job = thread.job
      thread.job = undefined
      if ('error' in answer) job?.reject(new Error(answer.error))
      else job?.resolve(answer.verdicts)
      this.#next()
    })
    thread.worker.on('error', (cause: Error) => (failure = cause.message))
    thread.worker.on('exit', (code) => {
      this.#threads.splice(this.#threads.indexOf(thread), 1)
      thread.job?.reject(new Error(`a thread that judges ended: ${failure || `exit code ${code}`}`))
      this.#next()
    })
    this.#threads.push(thread)
    return thread
  }
}
