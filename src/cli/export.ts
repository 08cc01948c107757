/** npm run export: exported records, or the lines of `npm run scan`, to a file for people or programs. */
import { createHash } from 'node:crypto'
import { createWriteStream } from 'node:fs'
import { rename, rm, writeFile } from 'node:fs/promises'
import { once } from 'node:events'
import { basename } from 'node:path'
import { aboutOf } from '../export/about.ts'
import { type ExportMeta, FORMATS } from '../export/index.ts'
import { wrongInCase } from '../checks.ts'
import { adapters } from '../sites/index.ts'
import { type Case, POLICY } from '../types.ts'
import { command, UsageError } from './command.ts'
import { readRows } from './rows.ts'
import { caseOfLine } from './scan-line.ts'

const HELP = `
用法  npm run export -- RECORDS.jsonl --format csv|xlsx|jsonl|html --out FILE [--zone Asia/Shanghai]
Usage npm run export -- RECORDS.jsonl --format csv|xlsx|jsonl|html --out FILE [--zone Asia/Shanghai]

RECORDS：审阅台导出的 JSONL，或 npm run scan 的输出（只取标记和拿不准的）。旁边另写 FILE.about.json：条数、模型、政策、时区、SHA-256。
RECORDS: JSONL of the review page, or what npm run scan printed (of that, what is flagged or unsure). Beside it FILE.about.json
says how many, which models and policy, the time zone, and SHA-256. A line that is neither is named, and the exit code is then 1.
`

await command(HELP, { format: { type: 'string' }, out: { type: 'string' }, zone: { type: 'string' } }, async ({ format: id, out, zone }, [file]) => {
  const format = FORMATS.find((one) => one.id === id)
  if (!file || !out) throw new UsageError('需要 RECORDS.jsonl 和 --out。 Give RECORDS.jsonl and --out.')
  if (!format) throw new UsageError(`--format 应是 ${FORMATS.map((one) => one.id).join('、')} 之一。 --format must be one of them.`)
  const timeZone = zone ?? Intl.DateTimeFormat().resolvedOptions().timeZone
  if (!isZone(timeZone)) throw new UsageError(`没有时区 ${timeZone}。 No such time zone.`)
  const { cases, bad } = await readCases(file)
  const meta: ExportMeta = { madeAt: Date.now(), timeZone, policy: POLICY, filter: '', siteNames: Object.fromEntries(adapters.map((one) => [one.id, one.names.zh])) }

  // Beside the place first, so that a file that is there is whole.
  const part = `${out}.part`
  const hash = createHash('sha256')
  const stream = createWriteStream(part)
  let bytes = 0
  try {
    for await (const piece of format.parts(cases, meta)) {
      const data = typeof piece === 'string' ? Buffer.from(piece) : piece
      hash.update(data)
      bytes += data.length
      if (!stream.write(data)) await once(stream, 'drain')
    }
    stream.end()
    await once(stream, 'finish')
    await rename(part, out)
  } catch (cause) {
    await rm(part, { force: true })
    throw cause
  }
  const about = { ...(await aboutOf(cases, meta)), file: basename(out), bytes, fileSha256: hash.digest('hex') }
  await writeFile(`${out}.about.json`, `${JSON.stringify(about, null, 2)}\n`)
  console.error(`${out}: ${cases.length} 条 cases, ${bytes} bytes, SHA-256 ${about.fileSha256}`)
  return bad > 0 ? 1 : 0
})

async function readCases(file: string): Promise<{ cases: Case[]; bad: number }> {
  const cases = new Map<string, Case>()
  let bad = 0
  const readAt = Date.now()
  for await (const row of readRows(file)) {
    const one = 'value' in row ? (wrongInCase(row.value) ? caseOfLine(row.value, readAt) : (row.value as unknown as Case)) : row.error
    if (typeof one === 'string') {
      bad++
      console.error(`${file}:${row.line}: ${one}`)
    } else if (one) cases.set(one.key, one)
  }
  return { cases: [...cases.values()], bad }
}

function isZone(name: string): boolean {
  try {
    return Boolean(new Intl.DateTimeFormat('en', { timeZone: name }))
  } catch {
    return false
  }
}
