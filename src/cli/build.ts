/** npm run build: the extension for each browser, into dist/. */
import { bundle, type Target, TARGETS } from './bundle.ts'
import { command, UsageError } from './command.ts'

const HELP = `
用法  npm run build -- [chrome] [firefox]     生成 dist/chrome（也用于 Edge）和 dist/firefox；不指定则两个都生成
Usage npm run build -- [chrome] [firefox]     writes dist/chrome (also for Edge) and dist/firefox; both by default
`

await command(HELP, {}, async (_, named) => {
  const isTarget = (name: string): name is Target => TARGETS.some((target) => target === name)
  const unknown = named.find((name) => !isTarget(name))
  if (unknown) throw new UsageError(`没有名为 ${unknown} 的目标。 No target named ${unknown}.`)
  for (const target of named.length > 0 ? named.filter(isTarget) : TARGETS) {
    await bundle(target)
    console.error(`dist/${target}`)
  }
})
