/** npm test: types, lint, unit tests, then browser tests on the built extension. Last line: `N passed, M failed`. */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { bundle, TARGETS } from '../src/cli/bundle.ts'

interface Step {
  name: string
  run(): { passed: number; failed: number } | Promise<{ passed: number; failed: number }>
}

function tool(...command: [string, ...string[]]): { passed: number; failed: number } {
  const { status } = spawnSync('npx', ['--no-install', ...command], { stdio: 'inherit' })
  return status === 0 ? { passed: 1, failed: 0 } : { passed: 0, failed: 1 }
}

/** Tests of one vitest project; a run that finds no test, or dies without a report, has failed. */
function tests(project: string): { passed: number; failed: number } {
  const report = join(mkdtempSync(join(tmpdir(), 'mingcha-test-')), 'report.json')
  const { status } = spawnSync(
    'npx',
    ['--no-install', 'vitest', 'run', '--project', project, '--reporter', 'default', '--reporter', 'json', '--outputFile.json', report],
    { stdio: 'inherit' },
  )
  try {
    const { numPassedTests: passed, numFailedTests, numPendingTests: skipped } = JSON.parse(readFileSync(report, 'utf8')) as Record<string, number>
    // Checks by tools that this machine lacks are skipped and say so; where all are called for (REQUIRE_TOOLS), none may be.
    if (skipped) console.log(`${skipped} 项因缺少工具跳过 · skipped for want of a tool`)
    const failed = Math.max(numFailedTests!, status === 0 && passed! > 0 && !(skipped && process.env['REQUIRE_TOOLS']) ? 0 : 1)
    return { passed: passed!, failed }
  } catch {
    return { passed: 0, failed: 1 }
  }
}

const STEPS: Step[] = [
  { name: 'types', run: () => tool('tsc', '-p', '.') },
  { name: 'types of src without the extension', run: () => tool('tsc', '-p', 'src') },
  { name: 'lint', run: () => tool('oxlint', '--quiet') },
  { name: 'unit', run: () => tests('unit') },
  {
    name: 'build',
    run: async () => {
      for (const target of TARGETS) await bundle(target)
      return { passed: 1, failed: 0 }
    },
  },
  { name: 'browser', run: () => tests('browser') },
]

let passed = 0
let failed = 0
for (const { name, run } of STEPS) {
  console.log(`\n── ${name}`)
  const result = await Promise.resolve(run()).catch((cause: unknown) => {
    console.error(cause)
    return { passed: 0, failed: 1 }
  })
  passed += result.passed
  failed += result.failed
}
console.log(`\n${passed} passed, ${failed} failed`)
process.exitCode = failed > 0 ? 1 : 0
