/** npm run verify: whether packages of evidence are as they were written. */
import { readFile } from 'node:fs/promises'
import en from '../../public/_locales/en/messages.json' with { type: 'json' }
import zh from '../../public/_locales/zh_CN/messages.json' with { type: 'json' }
import { certificatesOf } from '../evidence/timestamp.ts'
import { verifyPackage } from '../evidence/verify.ts'
import { command, UsageError } from './command.ts'

const HELP = `
用法  npm run verify -- FILE.wacz … [--roots CERTIFICATES.pem]
Usage npm run verify -- FILE.wacz … [--roots CERTIFICATES.pem]

检查证据包：每个校验值、归档和索引、处理记录的链、文件的次序、缺少和多出的文件。全部完好退出码为 0，否则为 1。--roots：时间戳的签发者须在这些根证书之下。
Checks packages of evidence: every digest, archive and index, the chain of history, the order of files, files missing and added.
Exit code 0 when all are whole, 1 otherwise. --roots: the signer of a time stamp must stand under these certificates.
`

type Values = Record<string, string | number>
const both = (key: keyof typeof zh, values: Values = {}): string =>
  [zh, en].map((words) => words[key].message.replace(/\{(\w+)\}/g, (_, name: string) => String(values[name]))).join(' ')

async function rootsIn(file: string): Promise<Uint8Array[]> {
  try {
    return certificatesOf(await readFile(file, 'utf8'))
  } catch (cause) {
    throw new UsageError(`${file}: ${(cause as Error).message}`)
  }
}

await command(HELP, { roots: { type: 'string' } }, async ({ roots }, files) => {
  if (files.length === 0) throw new UsageError('缺少文件。 Give a package.')
  const trusted = roots === undefined ? [] : await rootsIn(roots)
  let broken = 0
  for (const file of files) {
    const bytes = await readFile(file).catch(() => {
      throw new UsageError(`读不到 ${file}。 Cannot read the file.`)
    })
    const { sha256, findings, stamp } = await verifyPackage(new Uint8Array(bytes), trusted)
    console.log(`${file}\nSHA-256 ${sha256}`)
    if (stamp) console.log(`${both('stampIs', { at: new Date(stamp.at).toISOString(), authority: stamp.authority })}${stamp.trusted === null ? both('stampUntrusted') : ''}`)
    for (const { where, what, detail } of findings) console.log(`  ${where || file}: ${both(what)}${detail && ` (${detail})`}`)
    console.log(findings.length > 0 ? both('verify_broken', { count: findings.length }) : both('verify_whole'))
    if (findings.length > 0) broken++
  }
  return broken > 0 ? 1 : 0
})
