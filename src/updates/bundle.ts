import { base64, bytesOfBase64 } from '../evidence/hash.ts'
import { checkFile, configOf, type ModelConfig, type Network, NETWORKS } from '../model/config.ts'
import type { ModelFiles } from '../model/engine.ts'
import { SignedError } from '../signed/envelope.ts'
import { isNorms, type Norms } from '../sites/norms.ts'

/** A model whose files were checked against its config, and what readers of sites may take for usual by now. */
export interface Model extends ModelFiles {
  config: ModelConfig
  norms?: Norms
}

/** Payload of a signed envelope of type `model`: the files of models/classifier, networks in base64. Data, no logic. */
interface Payload extends Record<Network, string> {
  config: unknown
  vocabulary: unknown
  norms?: unknown
}

const FIELDS = ['config', 'vocabulary', 'norms', ...NETWORKS]
/** Most characters of a vocabulary, and UTF-16 units of one. */
const MOST_TOKENS = 65_536
const LONGEST_TOKEN = 8
/** A date, and the number of the issue on that day where there is more than one. */
const VERSION = /^\d{4}\.\d{1,2}\.\d{1,2}(\.\d{1,3})?$/

export const payloadOf = ({ config, vocabulary, gate, judge }: ModelFiles, norms?: unknown): Payload => ({
  config,
  vocabulary,
  gate: base64(gate),
  judge: base64(judge),
  ...(norms === undefined ? {} : { norms }),
})

/**
 * Checks the payload of an envelope: its fields, and each file by size and SHA-256.
 * @throws {SignedError} `signedMalformed`, with what is wrong
 */
export async function modelOf(payload: unknown): Promise<Model> {
  const refuse = (what: string): never => {
    throw new SignedError('signedMalformed', what)
  }
  if (typeof payload !== 'object' || payload === null) return refuse('{}')
  const unknown = Object.keys(payload).find((name) => !FIELDS.includes(name))
  if (unknown !== undefined) refuse(unknown.slice(0, 40))
  const { config: given, vocabulary, norms, ...networks } = payload as Payload
  const isVocabulary = Array.isArray(vocabulary) && vocabulary.length <= MOST_TOKENS && vocabulary.every((token) => typeof token === 'string' && token.length > 0 && token.length <= LONGEST_TOKEN)
  if (!isVocabulary) refuse('vocabulary')
  if (norms !== undefined && !isNorms(norms)) return refuse('norms')
  try {
    const config = configOf(given)
    if (!VERSION.test(config.version)) refuse('config.version')
    const [gate, judge] = NETWORKS.map((name) => bytesOfBase64(networks[name])) as [Uint8Array, Uint8Array]
    for (const name of NETWORKS) await checkFile(name, { gate, judge }[name], config)
    return { config, vocabulary, gate, judge, ...(norms === undefined ? {} : { norms }) }
  } catch (cause) {
    return cause instanceof SignedError ? Promise.reject(cause) : refuse((cause as Error).message)
  }
}

/** Below 0 where version `a` came before `b`, above 0 where after it, number by number. */
export function compareVersions(a: string, b: string): number {
  const [left, right] = [a, b].map((version) => version.split('.').map(Number)) as [number[], number[]]
  for (let at = 0; at < Math.max(left.length, right.length); at++) {
    const difference = (left[at] ?? 0) - (right[at] ?? 0)
    if (difference !== 0) return difference
  }
  return 0
}
