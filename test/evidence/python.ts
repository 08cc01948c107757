/** A Python of its own with the archive readers of others, for checks that share no code with ours. */
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

const REQUIREMENTS = 'test/evidence/requirements.txt'

/**
 * Folder of the environment's commands; made on first use under node_modules, and anew when the requirements change.
 * undefined where there is no Python or pip cannot install, unless REQUIRE_TOOLS is set: then that is an error.
 */
export function pythonEnvironment(): string | undefined {
  const version = createHash('sha256').update(readFileSync(REQUIREMENTS)).digest('hex').slice(0, 12)
  const folder = join('node_modules', '.cache', `mingcha-evidence-${version}`)
  const done = join(folder, 'done')
  if (existsSync(done)) return join(folder, 'bin')
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(join(folder, '..'), { recursive: true })
  const bin = join(folder, 'bin')
  for (const [command, ...args] of [
    [process.env['PYTHON'] ?? 'python3', '-m', 'venv', folder],
    [join(bin, 'python'), '-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '--requirement', REQUIREMENTS],
  ] as [string, ...string[]][]) {
    const { status, stderr, error } = spawnSync(command, args, { encoding: 'utf8' })
    if (status === 0) continue
    const why = `${command} ${args.join(' ')}: ${error?.message ?? stderr}`
    if (process.env['REQUIRE_TOOLS']) throw new Error(why)
    console.warn(`没有 Python，略过独立检查。 No Python for the independent check: ${why}`)
    return undefined
  }
  writeFileSync(done, '')
  return bin
}
