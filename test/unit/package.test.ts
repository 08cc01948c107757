import { spawnSync } from 'node:child_process'
import { createRequire } from 'node:module'
import { mkdtempSync, readdirSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Ajv } from 'ajv'
import { unzipSync } from 'fflate'
import { beforeAll, describe, expect, test } from 'vitest'
import { manifest } from '../../extension/manifest.ts'
import lock from '../../package-lock.json' with { type: 'json' }
import packageJson from '../../package.json' with { type: 'json' }
import { entriesOf } from '../../src/cli/archive.ts'

/** Bytes 16 to 24 of a PNG: its width and height, px. */
const sizeOfPng = (bytes: Buffer) => [bytes.readUInt32BE(16), bytes.readUInt32BE(20)]

describe('npm run package', () => {
  const folder = mkdtempSync(join(tmpdir(), 'mingcha-package-'))
  const make = (name: string, zone: string) =>
    spawnSync('npx', ['--no-install', 'tsx', 'src/cli/package.ts', '--out', join(folder, name)], { encoding: 'utf8', env: { ...process.env, TZ: zone } })
  let said = ''
  beforeAll(() => {
    for (const [name, zone] of [['a', 'UTC'], ['b', 'Asia/Shanghai']] as const) {
      const { status, stdout, stderr } = make(name, zone)
      expect(status, stderr).toBe(0)
      said = stdout
    }
  }, 240_000)
  const packages = () => readdirSync(join(folder, 'a')).filter((name) => /\.(zip|xpi)$/.test(name))

  test('twice gives the same bytes, in any time zone', () => {
    expect(packages()).toEqual([`mingcha-${packageJson.version}-chrome.zip`, `mingcha-${packageJson.version}-firefox.xpi`])
    for (const name of packages().flatMap((one) => [one, `${one}.cdx.json`, `${one}.licences.txt`])) expect(readFileSync(join(folder, 'a', name)).equals(readFileSync(join(folder, 'b', name))), name).toBe(true)
  })

  test('beside each its bill of materials: CycloneDX, of what travels and of nothing else', () => {
    const resources = join(createRequire(import.meta.url).resolve('@cyclonedx/cyclonedx-library/package.json'), '../res/schema')
    const schema = (name: string) => ({ ...(JSON.parse(readFileSync(join(resources, name), 'utf8')) as object), $id: `http://cyclonedx.org/schema/${name}` })
    const others = ['spdx.SNAPSHOT.schema.json', 'jsf-0.82.SNAPSHOT.schema.json', 'cryptography-defs.SNAPSHOT.schema.json']
    const fits = new Ajv({ strict: false, validateFormats: false, schemas: others.map(schema) }).compile(schema('bom-1.6.SNAPSHOT.schema.json'))
    for (const name of packages()) {
      const bom = JSON.parse(readFileSync(join(folder, 'a', `${name}.cdx.json`), 'utf8')) as { components: { type: string; name: string; version: string; hashes: unknown[]; licenses: { license?: { id: string }; expression?: string }[] }[] }
      expect(fits(bom), JSON.stringify(fits.errors)).toBe(true)
      const libraries = bom.components.filter(({ type }) => type === 'library')
      const names = libraries.map((one) => one.name)
      // Of the page's script, of the worker, of a copied file, of the background, below another package.
      expect(names).toEqual(expect.arrayContaining(['preact', 'webextension-polyfill', 'onnxruntime-web', 'idb', 'asn1js', 'opencc-js']))
      expect(new Set(names).size).toBe(names.length)
      for (const one of libraries) {
        const locked = Object.entries(lock.packages as Record<string, { version?: string; dev?: boolean }>).filter(([path, { version }]) => path.endsWith(`node_modules/${one.name}`) && version === one.version)
        expect(locked.some(([, { dev }]) => !dev), one.name).toBe(true)
        expect(one.hashes.length, one.name).toBe(1)
      }
      for (const absent of ['playwright-core', 'vite', '@nats-io/transport-node', 'fast-check']) expect(names).not.toContain(absent)
      expect(bom.components.filter(({ type }) => type === 'machine-learning-model').map((one) => one.name)).toEqual(['mingcha-gate', 'mingcha-judge'])
      // Another licence is for a person to look at first.
      const licences = bom.components.flatMap(({ licenses }) => licenses.map(({ license, expression }) => license?.id ?? expression))
      expect(['Apache-2.0', 'BSD-3-Clause', 'ISC', 'MIT', 'MIT AND Apache-2.0', 'MPL-2.0', 'Unlicense']).toEqual(expect.arrayContaining([...new Set(licences)]))
    }
  })

  test('and the licences, in the package as well, each with its text', () => {
    for (const name of packages()) {
      const beside = readFileSync(join(folder, 'a', `${name}.licences.txt`))
      expect(beside.equals(unzipSync(readFileSync(join(folder, 'a', name)))['licences.txt']!)).toBe(true)
      const bom = JSON.parse(readFileSync(join(folder, 'a', `${name}.cdx.json`), 'utf8')) as { components: { type: string; name: string; version: string }[] }
      const [, ...parts] = beside.toString('utf8').split(/^-{80}$/m)
      const texts = new Map(parts.flatMap((head, at) => (at % 2 === 0 ? [[head.trim().split(' ')[0]!, parts[at + 1]!] as const] : [])))
      expect([...texts.keys()]).toEqual(bom.components.filter(({ type }) => type === 'library').map((one) => one.name))
      for (const [library, text] of texts) expect(text, library).toMatch(/copyright|mozilla public license/i)
    }
  })

  test('says what makes up the size, and the parts are the whole', () => {
    for (const name of packages()) {
      const bytes = readFileSync(join(folder, 'a', name))
      expect(bytes.byteLength).toBeLessThanOrEqual(16 * 1024 * 1024)
      expect(said).toContain(`${name}  ${(bytes.byteLength / 1024 / 1024).toFixed(2)} MB`)
      const entries = entriesOf(bytes)
      expect(entries.map((one) => one.name)).toContain('manifest.json')
      // Nothing for developers travels along.
      expect(entries.filter((one) => /\.map$|CHANGELOG|\.ts$|^\.vite/.test(one.name))).toEqual([])
    }
    expect(said).toMatch(/模型 model[\s\S]*推理引擎 runtime[\s\S]*程序 program/)
    expect(said).not.toMatch(/其他 other/)
  })

  test('the linter of Firefox’s store finds nothing', () => {
    const [xpi] = packages().filter((name) => name.endsWith('.xpi'))
    const { stdout } = spawnSync('npx', ['--no-install', 'addons-linter', '--output', 'json', join(folder, 'a', xpi!)], { encoding: 'utf8', maxBuffer: 1e8 })
    const { errors, warnings, notices, metadata } = JSON.parse(stdout) as Record<string, unknown> & { metadata: { id: string } }
    expect(metadata.id).toBeTruthy()
    expect({ errors, warnings, notices }).toEqual({ errors: [], warnings: [], notices: [] })
  }, 60_000)
})

describe('what the stores are told', () => {
  const { icons } = manifest(false) as unknown as { icons: Record<string, string> }
  test.each(Object.entries(icons))('the icon of %s px has that size', (size, path) => {
    expect(sizeOfPng(readFileSync(`public/${path}`))).toEqual([Number(size), Number(size)])
  })

  test('the changelog begins with this version', () => {
    expect(/^## (\S+)$/m.exec(readFileSync('extension/CHANGELOG.md', 'utf8'))?.[1]).toBe(packageJson.version)
  })

  test.each(readdirSync('public/_locales'))('%s: name and summary are those of the manifest, and every permission has its reason', (locale) => {
    const text = readFileSync(`extension/store/${locale}.md`, 'utf8')
    const { appName, appDescription } = JSON.parse(readFileSync(`public/_locales/${locale}/messages.json`, 'utf8')) as Record<string, { message: string }>
    expect(text.startsWith(`# ${appName!.message}\n`)).toBe(true)
    expect(text.split('\n')).toContain(appDescription!.message)
    const permissions = [false, true].flatMap((firefox) => (manifest(firefox) as unknown as { permissions: string[] }).permissions)
    for (const permission of permissions) expect(text).toMatch(new RegExp(`^- ${permission}[：:] ?\\S`, 'm'))
  })
})
