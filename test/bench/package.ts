import { cp, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { zipFolder } from '../../src/cli/archive.ts'
import { NETWORKS } from '../../src/model/config.ts'
import type { Measure } from './measure.ts'
import { resultOf } from './result.ts'

const RUNTIME = ['ort-wasm-simd-threaded.mjs', 'ort-wasm-simd-threaded.wasm']

export const packageSize: Measure = {
  names: ['package'],
  what: '压缩后的扩展包 · the built extension, zipped / the runtime\'s own wasm files and the model, zipped the same way',
  limits: [1.15],
  async run() {
    const folder = await mkdtemp(join(tmpdir(), 'mingcha-bench-'))
    try {
      for (const name of RUNTIME) await cp(`node_modules/onnxruntime-web/dist/${name}`, join(folder, name))
      for (const name of NETWORKS) await cp(`models/classifier/${name}.onnx`, join(folder, `${name}.onnx`))
      const [value, baseline] = [await zipFolder('dist/chrome'), await zipFolder(folder)].map(({ byteLength }) => byteLength / 1024 / 1024)
      return [resultOf('package', 'MB', [{ value: value!, baseline: baseline! }])]
    } finally {
      await rm(folder, { recursive: true, force: true })
    }
  },
}
