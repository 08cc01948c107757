/** npm run train: from corpus to shipped file. Python does the training; the text goes through src/text. */
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync } from 'node:fs'
import { command, UsageError } from '../src/cli/command.ts'

const HELP = `
用法  npm run train -- [--data DIR] [--version V] [--from STEP]
Usage npm run train -- [--data DIR] [--version V] [--from STEP]

从语料到 models/classifier：vocabulary → pretrain → finetune → export。中断后再运行会从检查点继续。设置在 models/settings.json。
From the corpus to models/classifier. Run again after an interruption, it resumes. Settings: models/settings.json.

  --data DIR     unpacked public texts (models/corpus/README.md lists them); default models/work/data
  --version V    written into config.json; default today's date
  --from STEP    vocabulary | pretrain | finetune | export; earlier steps are left as they are
Needs Python ≥ 3.11 with the packages of models/requirements.txt.
`

const STEPS = ['vocabulary', 'pretrain', 'finetune', 'export'] as const

await command(HELP, { data: { type: 'string' }, version: { type: 'string' }, from: { type: 'string' } }, async ({ data, version, from }) => {
  const first = from === undefined ? 0 : STEPS.findIndex((step) => step === from)
  if (first < 0) throw new UsageError(`没有步骤 ${from}。 No step named ${from}.`)
  const folder = data ?? 'models/work/data'
  if (first < STEPS.indexOf('export') && !existsSync(folder)) {
    throw new UsageError(`没有 ${folder}：先按 models/corpus/README.md 解包公开文本。 No such folder: unpack the public texts first.`)
  }
  mkdirSync('models/work', { recursive: true })
  const run = (program: string, ...args: string[]) => {
    console.log(`\n$ ${program} ${args.join(' ')}`)
    const { status, error } = spawnSync(program, args, { stdio: 'inherit', env: { ...process.env, DATA: folder } })
    if (error) throw new Error(`${program}: ${error.message}`)
    if (status !== 0) throw new Error(`${program} ${args[0]} ended with ${status}`)
  }
  const python = process.env['PYTHON'] ?? 'python3'
  for (const step of STEPS.slice(first)) {
    if (step === 'vocabulary') run('tsx', 'models/prepare.ts', 'vocabulary')
    if (step === 'pretrain') {
      run('tsx', 'models/prepare.ts', 'pretrain')
      run(python, 'models/train.py', 'pretrain')
    }
    if (step === 'finetune') {
      run('tsx', 'models/prepare.ts', 'finetune')
      run(python, 'models/train.py', 'finetune')
    }
    if (step === 'export') run(python, 'models/export.py', '--version', version ?? new Date().toISOString().slice(0, 10).replaceAll('-', '.'))
  }
})
