/** npm run build: the extension for each browser, into dist/. */
import { build } from 'vite'
import { command, UsageError } from './command.ts'

const HELP = `
用法  npm run build -- [chrome] [firefox]     生成 dist/chrome（也用于 Edge）和 dist/firefox；不指定则两个都生成
Usage npm run build -- [chrome] [firefox]     writes dist/chrome (also for Edge) and dist/firefox; both by default
`

const TARGETS = ['chrome', 'firefox']

await command(HELP, {}, async (_, named) => {
  const unknown = named.find((target) => !TARGETS.includes(target))
  if (unknown) throw new UsageError(`没有名为 ${unknown} 的目标。 No target named ${unknown}.`)
  for (const mode of named.length > 0 ? named : TARGETS) {
    await build({ mode, logLevel: 'warn' })
    console.error(`dist/${mode}`)
  }
})
