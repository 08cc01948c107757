/** npm run classify: texts in, verdicts of the shipped model out, in order, on all cores. */
import { createWriteStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import { availableParallelism } from 'node:os'
import type { Writable } from 'node:stream'
import { TEXT_LIMIT } from '../types.ts'
import { command, countOf, UsageError } from './command.ts'
import { loadConfig, printed } from './model.ts'
import { Pool } from './pool.ts'
import { Progress } from './progress.ts'
import { readWritten } from './resume.ts'
import { readRows, type Row } from './rows.ts'

const HELP = `
用法  npm run classify -- FILE [--output OUT [--resume]] [--threads N]
        FILE：每行一个含 text 的 JSON 对象的 JSONL；带 text 列的 CSV；或 - 读标准输入
Usage npm run classify -- FILE [--output OUT [--resume]] [--threads N]
        FILE: JSONL with "text", CSV with a text column, or - for standard input

逐行按原顺序输出 JSON：id（有则原样）、band（flagged 标记 / unsure 拿不准 / clean 未发现）、score、categories、form、evidence、model。
Prints one JSON object a row, in order. A row without a text is answered by {"line", "error"}, and the exit code is then 1.

--output OUT  写入文件而不是标准输出 · writes to a file instead of standard output
--resume      接着 OUT 已有的结果继续（输入须是同一个文件） · goes on where OUT ends (FILE must be the same)
--threads N   线程数，默认每个处理器核一个 · threads, one a core unless given
进度、速度和剩余时间写到标准错误。 Progress, rate and time left go to standard error.
`

/** Rows judged before their verdicts are written: enough to keep a thread busy, few enough to stream. */
const AT_ONCE = 16

interface Asked {
  id: unknown
  text: string
}
/** A row to judge, or the line that answers one which cannot be. */
type Entry = Asked | { answer: string }

function entryOf(row: Row): Entry {
  const text = 'value' in row ? (row.value['text'] ?? row.value['正文']) : undefined
  if ('value' in row && typeof text === 'string') return { id: row.value['id'], text }
  return { answer: JSON.stringify({ line: row.line, error: 'error' in row ? row.error : 'no "text" (string) in this row' }) }
}

async function openOutput(file: string | undefined, resume: boolean): Promise<{ output: Writable; written: Awaited<ReturnType<typeof readWritten>> }> {
  if (!file) {
    if (resume) throw new UsageError('--resume 需要 --output OUT：接着哪个文件？ --resume needs --output OUT.')
    return { output: process.stdout, written: { rows: 0, bad: 0 } }
  }
  if (!resume && ((await stat(file).catch(() => undefined))?.size ?? 0) > 0) {
    throw new UsageError(`${file} 已有内容：加 --resume 继续，或换一个文件。 Not empty: add --resume to go on, or name another file.`)
  }
  const written = await readWritten(file)
  const model = written.last?.['model']
  const { version } = await loadConfig()
  if (typeof model === 'string' && model !== version) {
    throw new UsageError(`${file} 由模型 ${model} 写出，现在的模型是 ${version}：请换一个文件从头开始。 Written by another model: start again in another file.`)
  }
  return { output: createWriteStream(file, { flags: 'a' }), written }
}

await command(HELP, { output: { type: 'string' }, resume: { type: 'boolean' }, threads: { type: 'string' } }, async (options, [file]) => {
  if (!file) throw new UsageError('缺少文件。 No file given.')
  const threads = countOf('threads', options.threads) ?? availableParallelism()
  const rows = readRows(file)
  // The first row is asked for before anything is opened, so that a missing input leaves no output behind.
  let row = await rows.next()
  const { output, written } = await openOutput(options.output, options.resume === true)
  const failed = new Promise<never>((_, reject) => output.once('error', reject))
  failed.catch(() => undefined)
  const pool = new Pool(threads)
  const progress = new Progress(written.rows)
  const counting = new AbortController()
  if (file !== '-') void count(file, counting.signal).then((total) => (progress.total = total)).catch(() => undefined)

  let { bad } = written
  let batch: Entry[] = []
  const open: Promise<void>[] = []
  let last: Promise<unknown> = Promise.resolve()
  const write = async (entries: Entry[], verdicts: ReturnType<Pool['classify']>) => {
    let next = 0
    const judged = await verdicts
    const text = entries.map((entry) => {
      if ('answer' in entry) return `${entry.answer}\n`
      const { id } = entry
      return `${JSON.stringify({ ...(id === undefined ? {} : { id }), ...printed(judged[next++]!, entry.text) })}\n`
    })
    if (!output.write(text.join(''))) await Promise.race([new Promise((drained) => output.once('drain', drained)), failed])
    progress.done += entries.length
  }
  const flush = async () => {
    if (batch.length === 0) return
    const entries = batch
    batch = []
    const verdicts = pool.classify(entries.flatMap((entry) => ('answer' in entry ? [] : [entry.text])))
    // Either may fail before its turn to be awaited comes.
    verdicts.catch(() => undefined)
    const turn = last.then(() => write(entries, verdicts))
    turn.catch(() => undefined)
    last = turn
    open.push(turn)
    if (open.length > 2 * threads) await open.shift()
  }

  try {
    for (let skipped = 0; skipped < written.rows; skipped++, row = await rows.next()) {
      const id = row.done ? undefined : 'value' in row.value ? row.value.value['id'] : undefined
      const other = row.done || (skipped === written.rows - 1 && !('error' in written.last!) && written.last!['id'] !== id)
      if (other) throw new UsageError(`${options.output} 不是 ${file} 的结果：第 ${skipped + 1} 行对不上。 Not the output of this input: row ${skipped + 1} differs.`)
    }
    for (; !row.done; row = await rows.next()) {
      const entry = entryOf(row.value)
      if ('answer' in entry) bad++
      batch.push(entry)
      if (batch.length >= AT_ONCE || ('text' in entry && entry.text.length > TEXT_LIMIT)) await flush()
    }
    await flush()
    await last
    if (output !== process.stdout) await Promise.race([new Promise<void>((closed) => output.end(closed)), failed])
  } finally {
    counting.abort()
    progress.end()
    await pool.dispose()
  }
  if (bad > 0) console.error(`${bad} 行无法读取，见输出中的 error。 ${bad} rows could not be read, see "error" in the output.`)
  return bad > 0 ? 1 : 0
})

/** Rows of a file, counted while the first are judged already. */
async function count(file: string, signal: AbortSignal): Promise<number> {
  let rows = 0
  for await (const _ of readRows(file)) {
    if (signal.aborted) break
    rows++
  }
  return rows
}
