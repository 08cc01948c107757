import { type Practice, PRACTICES } from '../types.ts'

/** models/classifier/config.json: the one home of labels, calibration and thresholds. Written by the export step. */
export interface ModelConfig {
  version: string
  /** Order of the category outputs. */
  practices: Practice[]
  /**
   * score = sigmoid(scale · logit + shift), fitted on the development split: of the judge on all of it, of the gate on
   * what it stops.
   */
  calibration: Record<Network, { scale: number; shift: number }>
  /** Least logit of the gate with which the judge is asked; least calibrated score of each band, of a category. */
  thresholds: { gate: number; flagged: number; unsure: number; category: number }
  files: Record<Network, { bytes: number; sha256: string }>
}

/** The gate is small and lets pass whatever may be marked; the judge decides. */
export const NETWORKS = ['gate', 'judge'] as const
export type Network = (typeof NETWORKS)[number]

/** Checks what was read from disk or an update; the error says what is wrong. */
export function configOf(value: unknown): ModelConfig {
  const config = value as ModelConfig
  const isNumber = (x: unknown) => typeof x === 'number' && Number.isFinite(x)
  const good =
    typeof config?.version === 'string' &&
    JSON.stringify(config.practices) === JSON.stringify(PRACTICES) &&
    NETWORKS.every((name) => isNumber(config.calibration?.[name]?.scale) && isNumber(config.calibration[name].shift)) &&
    (['gate', 'flagged', 'unsure', 'category'] as const).every((name) => isNumber(config.thresholds?.[name])) &&
    NETWORKS.every((name) => isNumber(config.files?.[name]?.bytes) && /^[0-9a-f]{64}$/.test(config.files[name].sha256))
  if (!good) throw new Error('config.json of the model lacks a field, or its practices differ from src/types.ts')
  return config
}

/** Throws where a file of the model is not the one that its config names. */
export async function checkFile(name: Network, file: Uint8Array, config: ModelConfig): Promise<void> {
  const stated = config.files[name]
  if (file.byteLength !== stated.bytes) throw new Error(`${name}.onnx has ${file.byteLength} bytes, config.json says ${stated.bytes}`)
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', file as Uint8Array<ArrayBuffer>))
  const hex = [...digest].map((byte) => byte.toString(16).padStart(2, '0')).join('')
  if (hex !== stated.sha256) throw new Error(`${name}.onnx does not match the hash in config.json`)
}
