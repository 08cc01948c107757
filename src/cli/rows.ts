import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import { createInterface } from 'node:readline'
import type { Readable } from 'node:stream'
import Papa from 'papaparse'
import { UsageError } from './command.ts'

/** One row of an input, or why it cannot be read. `line` counts from 1. */
export type Row = { line: number; value: Record<string, unknown> } | { line: number; error: string }

/**
 * Rows of a JSONL or CSV file (with a header line), or of standard input for `-`, as they come.
 * @param plain field that a whole line becomes, for files of one text a line
 */
export async function* readRows(file: string, plain?: string): AsyncGenerator<Row> {
  if (file !== '-') {
    const found = await stat(file).catch(() => undefined)
    if (!found?.isFile()) throw new UsageError(`找不到文件 ${file}：请给出 JSONL 或 CSV 文件的路径。 No such file: give the path of a JSONL or CSV file.`)
  }
  const stream = file === '-' ? process.stdin : createReadStream(file)
  stream.setEncoding('utf8')
  if (file.toLowerCase().endsWith('.csv')) yield* csvRows(stream)
  else yield* lineRows(stream, file === '-', plain)
}

async function* lineRows(stream: Readable, guess: boolean, plain?: string): AsyncGenerator<Row> {
  let line = 0
  let csv: ((text: string) => Record<string, unknown>) | undefined
  for await (const raw of createInterface({ input: stream, crlfDelay: Infinity })) {
    const text = ++line === 1 ? raw.replace(/^\ufeff/, '') : raw
    if (!text.trim()) continue
    // Standard input has no name to tell by: a first line that is no object is the header of a CSV.
    if (guess && line === 1 && !text.trimStart().startsWith('{')) {
      const names = Papa.parse<string[]>(text).data[0] ?? []
      csv = (cells) => Object.fromEntries(Papa.parse<string[]>(cells).data[0]!.map((cell, i) => [names[i] ?? String(i), cell]))
      continue
    }
    if (plain) yield { line, value: { [plain]: text } }
    else yield csv ? { line, value: csv(text) } : parseLine(text, line)
  }
}

function parseLine(text: string, line: number): Row {
  try {
    const value: unknown = JSON.parse(text)
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return { line, value: value as Record<string, unknown> }
    return { line, error: 'not a JSON object' }
  } catch (cause) {
    return { line, error: (cause as Error).message }
  }
}

async function* csvRows(stream: Readable): AsyncGenerator<Row> {
  const parser = stream.pipe(Papa.parse(Papa.NODE_STREAM_INPUT, { header: true, skipEmptyLines: 'greedy', transformHeader: (name) => name.replace(/^\ufeff/, '').trim() }))
  let line = 1
  for await (const value of parser) yield { line: ++line, value: value as Record<string, unknown> }
}
