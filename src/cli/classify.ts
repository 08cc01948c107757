/** npm run classify: texts in, verdicts of the shipped model out, in order. */
import { TEXT_LIMIT } from '../types.ts'
import { command, UsageError } from './command.ts'
import { loadEngine, printed } from './model.ts'
import { readRows } from './rows.ts'

const HELP = `
用法  npm run classify -- FILE      （FILE：每行一个含 text 的 JSON 对象的 JSONL；带 text 列的 CSV；或 - 读标准输入）
Usage npm run classify -- FILE      (FILE: JSONL with "text", CSV with a text column, or - for standard input)

逐行按原顺序输出 JSON：id（有则原样）、band（flagged 标记 / unsure 拿不准 / clean 未发现）、score、categories、form、evidence、model。
Prints one JSON object a row, in order. A row without a text is answered by {"line", "error"}, and the exit code is then 1.
`

/** Rows judged before their verdicts are written: enough to keep the engine busy, few enough to stream. */
const AT_ONCE = 16

await command(HELP, {}, async (_, [file]) => {
  if (!file) throw new UsageError('缺少文件。 No file given.')
  const engine = await loadEngine()
  let bad = 0
  let batch: { id: unknown; text: string }[] = []
  const write = async (value: unknown) => {
    if (!process.stdout.write(`${JSON.stringify(value)}\n`)) await new Promise((drained) => process.stdout.once('drain', drained))
  }
  const flush = async () => {
    const verdicts = await engine.classify(batch.map(({ text }) => text))
    for (const [index, verdict] of verdicts.entries()) {
      const { id, text } = batch[index]!
      await write({ ...(id === undefined ? {} : { id }), ...printed(verdict, text) })
    }
    batch = []
  }
  for await (const row of readRows(file)) {
    const text = 'value' in row ? (row.value['text'] ?? row.value['正文']) : undefined
    if ('value' in row && typeof text === 'string') {
      batch.push({ id: row.value['id'], text })
      if (batch.length >= AT_ONCE || text.length > TEXT_LIMIT) await flush()
      continue
    }
    await flush()
    bad++
    await write({ line: row.line, error: 'error' in row ? row.error : 'no "text" (string) in this row' })
  }
  await flush()
  await engine.dispose()
  if (bad > 0) console.error(`${bad} 行无法读取，见输出中的 error。 ${bad} rows could not be read, see "error" in the output.`)
  return bad > 0 ? 1 : 0
})
