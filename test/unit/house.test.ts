/** The repository checks itself. */
import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join, relative, resolve } from 'node:path'
import { describe, expect, test } from 'vitest'
import { manifest } from '../../extension/manifest.ts'
import { Nearby } from '../../models/near.ts'
import { configOf, NETWORKS } from '../../src/model/config.ts'
import { adapters } from '../../src/sites/index.ts'
import { PRACTICES } from '../../src/types.ts'

const files = (folder: string): string[] =>
  readdirSync(folder, { withFileTypes: true }).flatMap((entry) => (entry.isDirectory() ? files(join(folder, entry.name)) : [join(folder, entry.name)]))
const sources = ['src', 'extension'].flatMap(files).filter((path) => /\.tsx?$/.test(path) && !path.endsWith('.d.ts'))

/** Modules of this repository that a file imports, as paths from its root. */
function importsOf(path: string): string[] {
  const text = readFileSync(path, 'utf8')
  return [...text.matchAll(/(?:from|import)\s*\(?\s*'(\.[^']+)'/g)].map(([, to]) => relative('.', resolve(path, '..', to!.replace(/\?.*$/, ''))))
}

test('the README says why each dependency is there', () => {
  const { dependencies, devDependencies } = JSON.parse(readFileSync('package.json', 'utf8')) as Record<'dependencies' | 'devDependencies', Record<string, string>>
  const readme = readFileSync('README.md', 'utf8')
  const named = readme.slice(readme.indexOf('## 依赖'), readme.indexOf('## 许可')).split('\n').flatMap((line) => [...line.matchAll(/`(@?[\w/.-]+)`(?=[ 、])/g)].map(([, name]) => name!))
  expect(named.filter((name) => name !== 'package-lock.json').sort()).toEqual([...Object.keys(dependencies), ...Object.keys(devDependencies)].sort())
})

describe('which way imports run', () => {
  const never: [from: RegExp, to: RegExp][] = [
    [/^src\//, /^(extension|models|test)\//],
    [/^src\/(?!cli\/)/, /^src\/cli\//],
    [/^src\/text\//, /^src\/(?!text\/|types)/],
    [/^src\/model\//, /^src\/(?!model\/|text\/|types)/],
    [/^src\/sites\//, /^src\/(?!sites\/|types)/],
    [/^src\/feed/, /^src\/(?!sites\/|types|messages)/],
    [/^src\/checks/, /^src\/(?!types)/],
    [/^src\/messages/, /^src\/(?!types|checks)/],
    [/^src\/store\//, /^src\/(?!store\/|types|checks|sinks\/(endpoint|outbox)|team\/options)/],
    [/^src\/advice\//, /^src\/(?!advice\/|types|text\/)/],
    [/^src\/review\//, /^src\/(?!review\/|types|text\/)/],
    [/^src\/export\//, /^src\/(?!export\/|types|checks|review\/|store\/merge)/],
    [/^src\/evidence\//, /^src\/(?!evidence\/|types|export\/)/],
    [/^src\/cloudevent\.ts/, /^src\/(?!types)/],
    [/^src\/sinks\//, /^src\/(?!sinks\/|types|cloudevent)/],
    [/^src\/team\//, /^src\/(?!team\/|types|checks|cloudevent)/],
    [/^src\/signed\//, /^src\/(?!signed\/|evidence\/hash)/],
    [/^src\/lists\//, /^src\/(?!lists\/|signed\/|types|text\/|review\/|evidence\/hash)/],
    // A shared list informs a person; nothing that judges or marks knows of it.
    [/^(?!src\/(lists|ui|cli)\/|extension\/(options|review)\.tsx)/, /^src\/lists\//],
    [/^src\/updates\//, /^src\/(?!updates\/|signed\/|model\/(config|engine)|sites\/norms|evidence\/hash)/],
    [/^src\/ui\//, /^src\/(model|store\/(store|verdicts|presence)|feed|cli)/],
  ]
  test.each(never)('%s never imports %s', (from, to) => {
    const broken = sources.filter((path) => from.test(path)).flatMap((path) => importsOf(path).filter((one) => to.test(one)).map((one) => `${path} → ${one}`))
    expect(broken).toEqual([])
  })

  test('only extension/ speaks to the browser, only src/cli to Node', () => {
    for (const path of sources) {
      const text = readFileSync(path, 'utf8')
      if (path.startsWith('src/') && !path.startsWith('src/cli/')) {
        expect(text, path).not.toMatch(/webextension-polyfill|\bchrome\.(runtime|tabs|storage)|from 'node:/)
      }
    }
  })

  test('nothing is ever assigned as markup', () => {
    for (const path of sources) expect(readFileSync(path, 'utf8'), path).not.toMatch(/\b(innerHTML|outerHTML|insertAdjacentHTML|dangerouslySetInnerHTML|document\.write)\b/)
  })
})

describe('sites', () => {
  test.each(adapters.map((adapter) => [adapter.id, adapter] as const))('%s has names, exact hosts, pages and a place in both manifests', (id, adapter) => {
    expect(id).toMatch(/^[a-z0-9]+$/)
    expect(adapter.names.zh && adapter.names.en).toBeTruthy()
    expect(existsSync(`test/fixtures/sites/${id}`)).toBe(true)
    for (const firefox of [false, true]) {
      const { content_scripts: [script] } = manifest(firefox) as unknown as { content_scripts: [{ matches: string[] }] }
      for (const match of adapter.matches) {
        expect(match).toMatch(/^https:\/\/[a-z0-9.-]+\/\*$/)
        expect(script.matches).toContain(match)
      }
    }
  })

  test('the permissions are these and no more', () => {
    const of = (firefox: boolean) => (manifest(firefox) as unknown as { permissions: string[]; host_permissions?: string[]; web_accessible_resources?: unknown })
    expect(of(false).permissions).toEqual(['activeTab', 'alarms', 'contextMenus', 'offscreen', 'scripting', 'sidePanel', 'storage'])
    expect(of(true).permissions).toEqual(['activeTab', 'alarms', 'contextMenus', 'scripting', 'storage'])
    for (const firefox of [false, true]) {
      expect(of(firefox).host_permissions).toBeUndefined()
      expect(of(firefox).web_accessible_resources).toBeUndefined()
    }
  })
})

test('the policy of extension pages allows our own scripts and WebAssembly, and no more', () => {
  for (const firefox of [false, true]) {
    const { content_security_policy: policy } = manifest(firefox) as unknown as { content_security_policy: unknown }
    expect(policy).toEqual({ extension_pages: "script-src 'self' 'wasm-unsafe-eval'; object-src 'self'" })
  }
})

test('the threat model names files that are there', () => {
  for (const [, path] of readFileSync('src/threats.md', 'utf8').matchAll(/`((?:test|extension|models)\/[\w./-]+)`/g)) expect(existsSync(path!), path).toBe(true)
})

describe('the shipped model', () => {
  const config = configOf(JSON.parse(readFileSync('models/classifier/config.json', 'utf8')))
  test('is the files that its config names, and its labels are those of the product', () => {
    for (const name of NETWORKS) {
      const file = readFileSync(`models/classifier/${name}.onnx`)
      expect(file.byteLength).toBe(config.files[name].bytes)
      expect(createHash('sha256').update(file).digest('hex')).toBe(config.files[name].sha256)
    }
    expect(config.practices).toEqual(PRACTICES)
  })
  test('takes at most 12 MB', () => {
    expect(NETWORKS.reduce((sum, name) => sum + config.files[name].bytes, 0)).toBeLessThanOrEqual(12_000_000)
  })
  test('its policy names every practice', () => {
    const policy = readFileSync('models/policy.md', 'utf8')
    for (const practice of PRACTICES) expect(policy).toContain(`\`${practice}\``)
  })
})

interface Row {
  id: string
  text: string
  flag: number
  categories: string[]
  form: string | null
  evidence: string[]
}
const SPLITS = ['train', 'dev', 'test'] as const
const corpus = Object.fromEntries(
  SPLITS.map((split) => [split, readFileSync(`models/corpus/${split}.jsonl`, 'utf8').split('\n').filter(Boolean)]),
) as Record<(typeof SPLITS)[number], string[]>

describe('the corpus', () => {
  const rows = Object.fromEntries(SPLITS.map((split) => [split, corpus[split].map((line) => JSON.parse(line) as Row)])) as Record<string, Row[]>
  const all = Object.values(rows).flat()

  test('is canonical: each line is itself, parsed and written again', () => {
    for (const split of SPLITS) for (const line of corpus[split]) expect(JSON.stringify(JSON.parse(line))).toBe(line)
  })

  test('every row is whole', () => {
    expect(new Set(all.map(({ id }) => id)).size).toBe(all.length)
    for (const { id, text, flag, categories, form, evidence } of all) {
      expect(categories.length > 0, id).toBe(flag === 1)
      expect(form !== null, id).toBe(flag === 1)
      expect(evidence.length > 0, id).toBe(flag === 1)
      for (const practice of categories) expect(PRACTICES, id).toContain(practice)
      for (const words of evidence) expect(text, id).toContain(words)
    }
  })

  test('no text of one split is near a text of another: Jaccard of character 5-grams at most 0.3', () => {
    const near: string[] = []
    const trained = new Nearby(rows['train']!)
    const developed = new Nearby(rows['dev']!)
    for (const { id, text } of rows['dev']!) for (const other of trained.of(text)) near.push(`${id} ~ ${other.id}`)
    for (const { id, text } of rows['test']!) for (const other of [...trained.of(text), ...developed.of(text)]) near.push(`${id} ~ ${other.id}`)
    expect(near).toEqual([])
  })
})
