const number = new Intl.NumberFormat('en')

/** `1:02:03`, from seconds. */
function clock(seconds: number): string {
  const [h, m, s] = [seconds / 3600, (seconds / 60) % 60, seconds % 60].map(Math.floor) as [number, number, number]
  return `${h > 0 ? `${h}:${String(m).padStart(2, '0')}` : m}:${String(s).padStart(2, '0')}`
}

/** How far a long run is, how fast, and how long it will still take: `done` of `total` rows, `before` of them in an earlier run. */
export function progressLine({ done, before, total, seconds }: { done: number; before: number; total?: number | undefined; seconds: number }): string {
  const rate = seconds > 0 ? (done - before) / seconds : 0
  const speed = `${number.format(rate < 10 ? Math.round(rate * 10) / 10 : Math.round(rate))} 条/秒 per second`
  if (!total) return `${number.format(done)} · ${speed}`
  const part = Math.min(1, done / total)
  const filled = Math.round(part * 24)
  const left = rate > 0 ? clock(Math.max(0, total - done) / rate) : '?'
  return `[${'█'.repeat(filled)}${'░'.repeat(24 - filled)}] ${Math.floor(part * 100)} % · ${number.format(done)} / ${number.format(total)} · ${speed} · 剩余 left ${left}`
}

/** Keeps {@link progressLine} on standard error: in place once a second on a terminal, elsewhere as a line every ten seconds. */
export class Progress {
  total: number | undefined
  done: number
  readonly #before: number
  readonly #start = performance.now()
  readonly #timer: NodeJS.Timeout
  #drawn: number
  readonly #terminal = process.stderr.isTTY === true

  constructor(before = 0) {
    this.done = this.#before = this.#drawn = before
    this.#timer = setInterval(() => this.#draw(), this.#terminal ? 1_000 : 10_000)
    this.#timer.unref()
  }

  /** Stops, and leaves the last line standing where it was drawn in place. */
  end(): void {
    clearInterval(this.#timer)
    if (!this.#terminal) return
    this.#draw()
    process.stderr.write('\n')
  }

  #draw(): void {
    const line = progressLine({ done: this.done, before: this.#before, total: this.total, seconds: (performance.now() - this.#start) / 1_000 })
    // Outside a terminal a log would fill with nothing new.
    if (!this.#terminal && this.done === this.#drawn) return
    this.#drawn = this.done
    process.stderr.write(this.#terminal ? `\r\x1b[2K${line}` : `${line}\n`)
  }
}
