import { createReadStream } from 'node:fs'
import { open, truncate } from 'node:fs/promises'
import { UsageError } from './command.ts'

/** What an output of classify holds already. */
export interface Written {
  /** Whole lines, which is rows of the input. */
  rows: number
  /** Lines that answer a row without a text. */
  bad: number
  /** The last whole line, undefined where there is none. */
  last?: Record<string, unknown>
}

const NEWLINE = 0x0a

/** Reads an output that a run left behind and cuts off a last line that was not written to its end; a missing file is an empty one. */
export async function readWritten(file: string): Promise<Written> {
  const handle = await open(file, 'a+').catch((cause: Error) => {
    throw new UsageError(`无法写入 ${file}：${cause.message} Cannot be written.`)
  })
  await handle.close()
  let rows = 0
  let bad = 0
  let line: Buffer[] = []
  let last: Buffer | undefined
  let read = 0
  let whole = 0
  for await (const chunk of createReadStream(file) as AsyncIterable<Buffer>) {
    let from = 0
    for (let to = chunk.indexOf(NEWLINE); to >= 0; to = chunk.indexOf(NEWLINE, from)) {
      last = Buffer.concat([...line, chunk.subarray(from, to)])
      line = []
      rows++
      if (last.subarray(0, 8).toString() === '{"line":') bad++
      from = to + 1
      whole = read + from
    }
    line.push(chunk.subarray(from))
    read += chunk.length
  }
  if (whole < read) await truncate(file, whole)
  if (!last) return { rows, bad }
  try {
    return { rows, bad, last: JSON.parse(last.toString()) as Record<string, unknown> }
  } catch {
    throw new UsageError(`${file} 不是 classify 的输出：请换一个输出文件。 Not an output of classify: name another file.`)
  }
}
