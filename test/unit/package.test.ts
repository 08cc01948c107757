import { spawnSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { manifest } from '../../extension/manifest.ts'
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
    for (const name of packages()) expect(readFileSync(join(folder, 'a', name)).equals(readFileSync(join(folder, 'b', name))), name).toBe(true)
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
