/** What of other projects travels in the built extension: the packages whose modules the bundler took in, and their licences. */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Contrib, Enums, Models, Serialize, Spec } from '@cyclonedx/cyclonedx-library'
import { build, type Plugin } from 'vite'
import lock from '../../package-lock.json' with { type: 'json' }
import packageJson from '../../package.json' with { type: 'json' }
import { loadConfig } from './model.ts'

/** A package as its package.json says, and the text of its licence. */
export interface Shipped {
  name: string
  version: string
  /** SPDX. */
  license: string
  /** As published. */
  text: string
  /** SHA-512 of what the registry gave, hexadecimal, from the lock file. */
  sha512: string
}

/** Licences that stand in the repository of a package and not in the package. */
const PUBLISHED_WITHOUT: Readonly<Record<string, string>> = {
  // github.com/microsoft/onnxruntime, LICENSE: the same words as ours.
  'onnxruntime-web': readFileSync('LICENSE', 'utf8').replace(/^Copyright.*$/m, 'Copyright (c) Microsoft Corporation'),
}

/** Hears of every module that is written into a bundle, workers included. */
export interface Inventory {
  plugin: Plugin
  /** Folders of packages, as `node_modules/name`. */
  folders: ReadonlySet<string>
}

export function inventory(): Inventory {
  const folders = new Set<string>()
  const note = (id: string): void => {
    const folder = /(?:^|\/)(node_modules\/(?:.*\/node_modules\/)?(?:@[^/]+\/)?[^/]+)\//.exec(id)?.[1]
    if (folder) folders.add(folder)
  }
  const plugin: Plugin = {
    name: 'inventory',
    generateBundle(_, written) {
      for (const file of Object.values(written)) (file.type === 'chunk' ? file.moduleIds : file.originalFileNames).forEach(note)
    },
  }
  return { plugin, folders }
}

/** The content script is bundled where no plugin sees it: here once more, to see what it takes in. */
export async function takeContentScript({ plugin }: Inventory): Promise<void> {
  await build({ configFile: false, logLevel: 'error', plugins: [plugin], build: { write: false, minify: false, lib: { entry: 'extension/content.iife.ts', formats: ['es'] } } })
}

/** Each once, sorted by name. */
export function shippedOf({ folders }: Inventory): Shipped[] {
  const locked = lock.packages as Readonly<Record<string, { integrity?: string }>>
  const packages = new Map<string, Shipped>()
  for (const folder of folders) {
    const { name, version, license = '' } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as { name: string; version: string; license?: string }
    const file = readdirSync(folder).sort().find((one) => /^(?:licen[cs]e|copying)/i.test(one))
    const text = file ? readFileSync(join(folder, file), 'utf8') : (PUBLISHED_WITHOUT[name] ?? '')
    const integrity = /^sha512-(\S+)$/.exec(locked[folder]?.integrity ?? '')?.[1] ?? ''
    packages.set(`${name}@${version}`, { name, version, license, text: text.trim(), sha512: Buffer.from(integrity, 'base64').toString('hex') })
  }
  return [...packages].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, one]) => one)
}

/** The same bytes for the same packages: no date, no serial number, no tool. CycloneDX 1.6, JSON. */
export async function sbom(shipped: readonly Shipped[]): Promise<string> {
  const licences = new Contrib.License.Factories.LicenseFactory((written) => void written)
  const purl = (name: string, version: string): string => `pkg:npm/${name.replace('@', '%40')}@${version}`
  const component = (type: Enums.ComponentType, { name, version, license, sha512 }: Omit<Shipped, 'text'>): Models.Component =>
    new Models.Component(type, name, {
      version,
      bomRef: purl(name, version),
      purl: purl(name, version),
      licenses: new Models.LicenseRepository([licences.makeFromString(license)]),
      hashes: new Models.HashDictionary(sha512 ? [[Enums.HashAlgorithm['SHA-512'], sha512]] : []),
    })
  const own = component(Enums.ComponentType.Application, { ...packageJson, sha512: '' })
  const { version, files } = await loadConfig()
  const models = Object.entries(files).map(([name, { sha256 }]) =>
    new Models.Component(Enums.ComponentType.MachineLearningModel, `${packageJson.name}-${name}`, {
      version,
      bomRef: `${packageJson.name}-${name}@${version}`,
      licenses: new Models.LicenseRepository([licences.makeFromString(packageJson.license)]),
      hashes: new Models.HashDictionary([[Enums.HashAlgorithm['SHA-256'], sha256]]),
    }),
  )
  const others = shipped.map((one) => component(Enums.ComponentType.Library, one))
  for (const part of [...others, ...models]) own.dependencies.add(part.bomRef)
  const bom = new Models.Bom({ metadata: new Models.Metadata({ component: own }), components: new Models.ComponentRepository([...others, ...models]) })
  const { Factory } = Serialize.JSON.Normalize
  return `${new Serialize.JsonSerializer(new Factory(Spec.Spec1dot6)).serialize(bom, { sortLists: true, space: 2 })}\n`
}

/** What the licences ask for beside the program: their texts, as published. */
export function licenceList(shipped: readonly Shipped[]): string {
  const runtime = shipped.find(({ name }) => name === 'onnxruntime-web')
  const head = [
    `本扩展（${packageJson.name} ${packageJson.version}，${packageJson.license}）内含下列软件。`,
    `This extension (${packageJson.name} ${packageJson.version}, ${packageJson.license}) contains the following software.`,
    ...(runtime
      ? [
          '推理引擎的 WebAssembly 文件内含的库另见 The libraries within the runtime’s WebAssembly file are listed in',
          `https://github.com/microsoft/onnxruntime/blob/v${runtime.version}/ThirdPartyNotices.txt`,
        ]
      : []),
  ].join('\n')
  const rule = '-'.repeat(80)
  return `${[head, readFileSync('LICENSE', 'utf8').trim(), ...shipped.map(({ name, version, license, text }) => `${rule}\n${name} ${version}  ${license}\n${rule}\n\n${text}`)].join('\n\n')}\n`
}
