/** What the processes of one browser use, from Linux's /proc. */
import { readdirSync, readFileSync } from 'node:fs'

interface Process {
  pid: number
  parent: number
  command: string
  /** CPU time so far, ms. */
  cpu: number
}

/** Clock ticks of /proc/<pid>/stat, a constant of Linux's interface: 100 in a second. */
const TICK = 10

function processes(): Process[] {
  if (process.platform !== 'linux') throw new Error('这一项读取 /proc，只能在 Linux 上测。 This measure reads /proc: run it on Linux, or choose others with --only.')
  return readdirSync('/proc').filter((name) => /^\d+$/.test(name)).flatMap((name) => {
    try {
      const stat = readFileSync(`/proc/${name}/stat`, 'utf8')
      // The name in brackets may hold anything; the numbers begin after it.
      const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
      return [{ pid: Number(name), parent: Number(fields[1]), command: readFileSync(`/proc/${name}/cmdline`, 'utf8'), cpu: (Number(fields[11]) + Number(fields[12])) * TICK }]
    } catch {
      return [] // It ended meanwhile.
    }
  })
}

/** All processes of the browser that uses this profile. */
function ofBrowser(profile: string): Process[] {
  const all = processes()
  const found = new Set(all.filter(({ command }) => command.split('\0').includes(`--user-data-dir=${profile}`)).map(({ pid }) => pid))
  for (let size = -1; size !== found.size; ) {
    size = found.size
    for (const { pid, parent } of all) if (found.has(parent)) found.add(pid)
  }
  if (found.size === 0) throw new Error(`no process of a browser with the profile ${profile}`)
  return all.filter(({ pid }) => found.has(pid))
}

/** CPU time of the whole browser so far, ms. */
export const cpuOf = (profile: string): number => ofBrowser(profile).reduce((sum, { cpu }) => sum + cpu, 0)

/** Memory of the extension's own processes, proportional set size in MB: worker, offscreen document and pages. */
export function memoryOf(profile: string): number {
  const own = ofBrowser(profile).filter(({ command }) => command.includes('--extension-process'))
  if (own.length === 0) throw new Error('no process of the extension')
  const kilobytes = own.map(({ pid }) => Number(/^Pss:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8'))?.[1] ?? 0))
  return kilobytes.reduce((sum, one) => sum + one, 0) / 1024
}
