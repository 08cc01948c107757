/** npm run sign: keys of issuers, signed lists and signed models. */
import { readFile, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { listOfDraft } from '../lists/draft.ts'
import { Engine } from '../model/engine.ts'
import { LIMITS, newKey, sign, SignedError } from '../signed/envelope.ts'
import { modelOf, payloadOf } from '../updates/bundle.ts'
import { command, UsageError } from './command.ts'
import { readModel } from './model.ts'

const HELP = `
用法 · Usage
  npm run sign -- --new-key KEYFILE
  npm run sign -- KEYFILE LIST.json [--output FILE]
  npm run sign -- KEYFILE --model FOLDER --output FILE

--new-key：生成 Ed25519 密钥（JWK，只有自己可读），打印公钥；公钥要另行公布，供接收方核对。
LIST.json：给共享名单签名（格式见 src/lists/schema.json）。条目里可以写明文 "value"，由本命令换成遮盖的值和校验值；明文不写入结果。
--model：把一个模型（如 models/classifier：config.json、vocabulary.json、gate.onnx、judge.onnx）试载后签成一个文件，在设置页导入；
　　扩展只认 src/updates/pinned.ts 里的公钥。其中若有 norms.json（形如 src/sites/norms.ts 的 NORMS），一并签入。
--new-key makes an Ed25519 key (JWK, readable by its owner alone) and prints the public part, to be published where receivers can compare it.
LIST.json is a shared list (src/lists/schema.json) to be signed. An entry may hold a plain "value", which is replaced by its masked form and hash.
--model loads a model once (such as models/classifier: config.json, vocabulary.json, gate.onnx, judge.onnx) and signs it as one file for the
  settings page. The extension trusts the public key in src/updates/pinned.ts alone. A norms.json beside them, in the form of NORMS in
  src/sites/norms.ts, is signed with it.
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

/** norms.json of a folder, where there is one. */
const normsIn = (folder: string): Promise<unknown> =>
  readFile(join(folder, 'norms.json'), 'utf8').then(JSON.parse as (text: string) => unknown, (cause: NodeJS.ErrnoException) => (cause.code === 'ENOENT' ? undefined : Promise.reject(cause)))

/** A model as it is signed, once the engine has run it. */
async function signedModel(folder: string, key: JsonWebKey): Promise<string> {
  let payload
  try {
    const files = await readModel(resolve(folder))
    await (await Engine.load(files)).dispose()
    payload = payloadOf(files, await normsIn(folder))
    await modelOf(payload)
  } catch (cause) {
    throw new UsageError(`${folder}: ${(cause as Error).message}`)
  }
  const text = await sign('model', payload, key)
  if (text.length > LIMITS.model) throw new UsageError(`${folder}: ${text.length} > ${LIMITS.model}，太大，扩展不会读取。 Too large: the extension would refuse it.`)
  return text
}

await command(HELP, { 'new-key': { type: 'boolean' }, model: { type: 'string' }, output: { type: 'string' } }, async (options, [keyFile, file, ...more]) => {
  if (!keyFile || more.length > 0 || (options['new-key'] || options.model ? file !== undefined : file === undefined)) throw new UsageError('缺少或多出文件。 Give a key file, and a list or a model to sign.')
  if (options.model && (options['new-key'] || !options.output)) throw new UsageError('--model 需要 --output。 --model needs --output.')
  if (options['new-key']) {
    const key = await newKey()
    await write(keyFile, `${JSON.stringify(key)}\n`)
    console.log(key.x)
    return
  }
  const key = (await jsonOf(keyFile)) as JsonWebKey
  const draft = file === undefined ? undefined : await jsonOf(file)
  try {
    const signed = options.model ? await signedModel(options.model, key) : await sign('list', await listOfDraft(draft), key)
    if (options.output) await write(options.output, `${signed}\n`)
    else console.log(signed)
  } catch (cause) {
    if (cause instanceof SignedError) throw new UsageError(`${file}: ${cause.message}`)
    if (cause instanceof DOMException) throw new UsageError(`${keyFile}: 不是私钥。 No private Ed25519 key. (${cause.message})`)
    throw cause
  }
})
