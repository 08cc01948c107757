/** npm run sign: keys of issuers, and signed lists. */
import { readFile, writeFile } from 'node:fs/promises'
import { listOfDraft } from '../lists/draft.ts'
import { newKey, sign, SignedError } from '../signed/envelope.ts'
import { command, UsageError } from './command.ts'

const HELP = `
用法  npm run sign -- --new-key KEYFILE        或  npm run sign -- KEYFILE LIST.json [--output FILE]
Usage npm run sign -- --new-key KEYFILE        or  npm run sign -- KEYFILE LIST.json [--output FILE]

--new-key：生成 Ed25519 密钥（JWK，只有自己可读），打印公钥；公钥要另行公布，供接收方核对。
否则给共享名单签名（格式见 src/lists/schema.json）。条目里可以写明文 "value"，由本命令换成遮盖的值和校验值；明文不写入结果。
--new-key makes an Ed25519 key (JWK, readable by its owner alone) and prints the public part, to be published where receivers can compare it.
Otherwise signs a shared list (src/lists/schema.json). An entry may hold a plain "value", which is replaced by its masked form and hash.
`

async function jsonOf(file: string): Promise<unknown> {
  try {
    return JSON.parse(await readFile(file, 'utf8'))
  } catch (cause) {
    throw new UsageError(`${file}: ${(cause as Error).message}`)
  }
}

/** Neither a key nor a signed file is ever written over another. */
const write = (file: string, text: string): Promise<void> =>
  writeFile(file, text, { flag: 'wx', mode: 0o600 }).catch((cause: Error) => {
    throw new UsageError(`${file}: ${cause.message}`)
  })

await command(HELP, { 'new-key': { type: 'boolean' }, output: { type: 'string' } }, async (options, [keyFile, file, ...more]) => {
  if (!keyFile || more.length > 0 || (options['new-key'] ? file !== undefined : file === undefined)) throw new UsageError('缺少或多出文件。 Give a key file, and a list to sign.')
  if (options['new-key']) {
    const key = await newKey()
    await write(keyFile, `${JSON.stringify(key)}\n`)
    console.log(key.x)
    return
  }
  const draft = await jsonOf(file!)
  try {
    const signed = await sign('list', await listOfDraft(draft), (await jsonOf(keyFile)) as JsonWebKey)
    if (options.output) await write(options.output, `${signed}\n`)
    else console.log(signed)
  } catch (cause) {
    if (cause instanceof SignedError) throw new UsageError(`${file}: ${cause.message}`)
    if (cause instanceof DOMException) throw new UsageError(`${keyFile}: 不是私钥。 No private Ed25519 key. (${cause.message})`)
    throw cause
  }
})
