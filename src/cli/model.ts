import { readFile } from 'node:fs/promises'
import { Engine } from '../model/engine.ts'
import type { Span, Verdict } from '../types.ts'

const FOLDER = new URL('../../models/classifier/', import.meta.url)

/** The shipped model, run by the same engine as in the browser. */
export async function loadEngine(): Promise<Engine> {
  const [model, vocabulary, config] = await Promise.all([
    readFile(new URL('model.onnx', FOLDER)),
    readFile(new URL('vocabulary.json', FOLDER), 'utf8'),
    readFile(new URL('config.json', FOLDER), 'utf8'),
  ])
  return Engine.load({ model: new Uint8Array(model), vocabulary: JSON.parse(vocabulary), config: JSON.parse(config) })
}

/** A verdict as the commands print it: evidence as the words themselves. */
export interface PrintedVerdict extends Omit<Verdict, 'evidence'> {
  evidence: string[]
}

export function printed(verdict: Verdict, text: string): PrintedVerdict {
  return { ...verdict, score: Math.round(verdict.score * 1e6) / 1e6, evidence: verdict.evidence.map(({ start, end }: Span) => text.slice(start, end)) }
}
