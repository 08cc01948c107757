/** npm run train: from corpus to shipped files. Python does the training; the text goes through src/text. */
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, rmSync } from 'node:fs'
import { command, UsageError } from '../src/cli/command.ts'
import { EXTRA, OUT, WORK } from './corpus.ts'
import { readModel, reportChange, takeReviewed } from './extra.ts'

const HELP = `
用法  npm run train -- [--data DIR] [--version V] [--from STEP] [--extra REVIEWED.jsonl]
Usage npm run train -- [--data DIR] [--version V] [--from STEP] [--extra REVIEWED.jsonl]

从语料到 models/classifier：vocabulary → pretrain → examples → adapt → finetune → grams → gate → export。中断后再运行会从检查点继续。设置在 models/settings.json。
From the corpus to models/classifier. Run again after an interruption, it resumes. Settings: models/settings.json.

  --data DIR     unpacked public texts (models/corpus/README.md lists them); default models/work/data
  --version V    written into config.json; default today's date
  --from STEP    vocabulary | pretrain | examples | adapt | finetune | grams | gate | export; earlier steps are left as they are
  --extra FILE   adapts the shipped model to a reviewer's decisions, exported as JSONL from the review page: one more
                 epoch with them beside the corpus; rows near the corpus test split are refused; says what changed
Needs Python ≥ 3.11 with the packages of models/requirements.txt.
`

const STEPS = ['vocabulary', 'pretrain', 'examples', 'adapt', 'finetune', 'grams', 'gate', 'export'] as const
type Step = (typeof STEPS)[number]

const options = { data: { type: 'string' }, version: { type: 'string' }, from: { type: 'string' }, extra: { type: 'string' } } as const

await command(HELP, options, async ({ data, version, from, extra }) => {
  const first = STEPS.indexOf((from ?? (extra ? 'examples' : 'vocabulary')) as Step)
  if (first < 0) throw new UsageError(`没有步骤 ${from}。 No step named ${from}.`)
  const folder = data ?? `${WORK}/data`
  if (first <= STEPS.indexOf('examples') && !existsSync(folder)) {
    throw new UsageError(`没有 ${folder}：先按 models/corpus/README.md 解包公开文本。 No such folder: unpack the public texts first.`)
  }
  mkdirSync(WORK, { recursive: true })
  rmSync(EXTRA, { force: true })
  const before = extra ? await takeReviewed(extra) : undefined

  const run = (program: string, ...args: string[]) => {
    console.log(`\n$ ${program} ${args.join(' ')}`)
    // Large blocks go back to the allocator instead of the system: a quarter more speed on a CPU.
    const allocator = { MALLOC_TRIM_THRESHOLD_: '100000000000', MALLOC_MMAP_THRESHOLD_: '33554432', MALLOC_TOP_PAD_: '268435456' }
    const { status, error } = spawnSync(program, args, { stdio: 'inherit', env: { ...allocator, ...process.env, DATA: folder } })
    if (error) throw new Error(`${program}: ${error.message}`)
    if (status !== 0) throw new Error(`${program} ${args.join(' ')} ended with ${status}`)
  }
  const prepare = (job: string) => run('tsx', 'models/prepare.ts', job)
  const python = (...args: string[]) => run(process.env['PYTHON'] ?? 'python3', ...args)
  const steps: Record<Step, () => void> = {
    vocabulary: () => prepare('vocabulary'),
    pretrain: () => {
      prepare('pretrain')
      python('models/pretrain.py')
    },
    examples: () => prepare('examples'),
    adapt: () => {
      if (!extra) python('models/adapt.py')
    },
    finetune: () => python('models/finetune.py', ...(extra ? ['--resume', `${OUT}/judge.onnx`, '--epochs', '1'] : [])),
    grams: () => python('models/grams.py'),
    gate: () => python('models/gate.py'),
    export: () => python('models/export.py', '--version', version ?? new Date().toISOString().slice(0, 10).replaceAll('-', '.')),
  }
  for (const step of STEPS.slice(first)) steps[step]()
  if (before) await reportChange(before, await readModel())
})
