/** npm run verify: whether packages of evidence are as they were written. */
import { readFile } from 'node:fs/promises'
import en from '../../public/_locales/en/messages.json' with { type: 'json' }
import zh from '../../public/_locales/zh_CN/messages.json' with { type: 'json' }
import { verifyPackage } from '../evidence/verify.ts'
import { command, UsageError } from './command.ts'

const HELP = `
用法  npm run verify -- FILE.wacz …
Usage npm run verify -- FILE.wacz …

检查证据包：每个校验值、归档和索引、处理记录的链、文件的次序、缺少和多出的文件。全部完好退出码为 0，否则为 1。
Checks packages of evidence: every digest, archive and index, the chain of history, the order of files, files missing and added.
Exit code 0 when all are whole, 1 otherwise.
`

const both = (key: keyof typeof zh, count = 0): string => [zh, en].map((words) => words[key].message.replace('{count}', String(count))).join(' ')

await command(HELP, {}, async (_, files) => {
  if (files.length === 0) throw new UsageError('缺少文件。 Give a package.')
  let broken = 0
  for (const file of files) {
    const bytes = await readFile(file).catch(() => {
      throw new UsageError(`读不到 ${file}。 Cannot read the file.`)
    })
    const { sha256, findings } = await verifyPackage(new Uint8Array(bytes))
    console.log(`${file}\nSHA-256 ${sha256}`)
    for (const { where, what, detail } of findings) console.log(`  ${where || file}: ${both(what)}${detail && ` (${detail})`}`)
    console.log(findings.length > 0 ? both('verify_broken', findings.length) : both('verify_whole'))
    if (findings.length > 0) broken++
  }
  return broken > 0 ? 1 : 0
})
