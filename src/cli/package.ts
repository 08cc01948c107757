/** npm run package: what the stores are given, byte for byte the same for the same commit. */
import { createHash } from 'node:crypto'
import { mkdir, writeFile } from 'node:fs/promises'
import packageJson from '../../package.json' with { type: 'json' }
import { entriesOf, type Entry, zipFolder } from './archive.ts'
import { bundle, type Target, TARGETS } from './bundle.ts'
import { command, UsageError } from './command.ts'
import { inventory, licenceList, sbom, shippedOf, takeContentScript } from './shipped.ts'
import { shoot } from './store-pictures.ts'

const HELP = `
用法  npm run package -- [chrome] [firefox] [--out DIR] [--pictures]
      生成商店用的包：DIR/mingcha-版本-chrome.zip（也用于 Edge）和 DIR/mingcha-版本-firefox.xpi；DIR 默认为 dist
      每个包旁边有 .cdx.json（CycloneDX 软件物料清单）和 .licences.txt（包内软件的许可）
      --pictures  另外用真实的扩展拍商店截图、画图标，写到 DIR/store（需要 Chromium）
Usage npm run package -- [chrome] [firefox] [--out DIR] [--pictures]
      writes the packages for the stores; DIR is dist by default;
      beside each its bill of materials (.cdx.json, CycloneDX) and the licences of what is in it (.licences.txt)
      --pictures  also takes the store's pictures of the real extension and draws the icons, into DIR/store (needs Chromium)
`

/** A store's patience and a person's: most bytes of a package. */
const BUDGET = 16 * 1024 * 1024

const PARTS: [name: string, of: (file: string) => boolean][] = [
  ['模型 model', (file) => file.endsWith('.onnx')],
  ['推理引擎 runtime', (file) => /ort-wasm|\.wasm$/.test(file)],
  ['程序 program', (file) => /\.(js|mjs|css|html|json)$/.test(file) && !file.startsWith('_locales/')],
  ['文字 words', (file) => file.startsWith('_locales/')],
  ['许可 licences', (file) => file === 'licences.txt'],
  ['图标 icons', (file) => file.startsWith('icons/')],
  ['其他 other', () => true],
]

const mb = (bytes: number): string => `${(bytes / 1024 / 1024).toFixed(2).padStart(6)} MB`

function sheet(entries: readonly Entry[]): string[] {
  const left = new Set(entries)
  return PARTS.flatMap(([name, of]) => {
    const own = [...left].filter((entry) => of(entry.name))
    for (const one of own) left.delete(one)
    const sum = (key: 'size' | 'zipped') => own.reduce((total, one) => total + one[key], 0)
    return own.length === 0 ? [] : [`  ${mb(sum('zipped'))}  (${mb(sum('size')).trim()}, ${own.length})  ${name}`]
  })
}

await command(HELP, { out: { type: 'string', default: 'dist' }, pictures: { type: 'boolean', default: false } }, async ({ out, pictures }, named) => {
  const isTarget = (name: string): name is Target => TARGETS.some((target) => target === name)
  const unknown = named.find((name) => !isTarget(name))
  if (unknown) throw new UsageError(`没有名为 ${unknown} 的目标。 No target named ${unknown}.`)
  await mkdir(out, { recursive: true })
  let over = false
  for (const target of named.length > 0 ? named.filter(isTarget) : TARGETS) {
    const taken = inventory()
    await bundle(target, `${out}/${target}`, taken.plugin)
    await takeContentScript(taken)
    const shipped = shippedOf(taken)
    const licences = licenceList(shipped)
    await writeFile(`${out}/${target}/licences.txt`, licences)
    const archive = await zipFolder(`${out}/${target}`)
    const path = `${out}/mingcha-${packageJson.version}-${target}.${target === 'firefox' ? 'xpi' : 'zip'}`
    await writeFile(path, archive)
    await writeFile(`${path}.cdx.json`, await sbom(shipped))
    await writeFile(`${path}.licences.txt`, licences)
    console.log(`${path}  ${mb(archive.byteLength).trim()}  sha256 ${createHash('sha256').update(archive).digest('hex')}`)
    for (const line of sheet(entriesOf(archive))) console.log(line)
    if (archive.byteLength > BUDGET) {
      over = true
      console.error(`${path} 超出预算 ${mb(BUDGET).trim()}。 Over the budget of ${mb(BUDGET).trim()}.`)
    }
  }
  if (pictures) await shoot(`${out}/chrome`, `${out}/store`)
  return over ? 1 : 0
})
