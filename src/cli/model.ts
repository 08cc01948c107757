import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { configOf, type ModelConfig } from '../model/config.ts'
import { Engine, type ModelFiles } from '../model/engine.ts'
import type { Span, Verdict } from '../types.ts'

/** A model, the shipped one unless another folder is named, run by the same engine as in the browser. */
export async function loadEngine(folder?: string): Promise<Engine> {
  return Engine.load(await readModel(folder))
}

const ROOT = fileURLToPath(new URL('../..', import.meta.url))

/** The files of a model, unchecked; `folder` is absolute, or relative to the repository. */
export async function readModel(folder = 'models/classifier'): Promise<ModelFiles> {
  const at = (name: string) => resolve(ROOT, folder, name)
  const [gate, judge, vocabulary, config] = await Promise.all([
    readFile(at('gate.onnx')),
    readFile(at('judge.onnx')),
    readFile(at('vocabulary.json'), 'utf8'),
    readFile(at('config.json'), 'utf8'),
  ])
  return { gate: new Uint8Array(gate), judge: new Uint8Array(judge), vocabulary: JSON.parse(vocabulary), config: JSON.parse(config) }
}

/** The shipped model's config alone. */
export async function loadConfig(): Promise<ModelConfig> {
  return configOf(JSON.parse(await readFile(new URL('../../models/classifier/config.json', import.meta.url), 'utf8')))
}

/** A verdict as the commands print it: evidence as the words themselves. */
export interface PrintedVerdict extends Omit<Verdict, 'evidence'> {
  evidence: string[]
}

export function printed(verdict: Verdict, text: string): PrintedVerdict {
  return { ...verdict, score: Math.round(verdict.score * 1e6) / 1e6, evidence: verdict.evidence.map(({ start, end }: Span) => text.slice(start, end)) }
}
