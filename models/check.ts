/**
 * npm run train:check: the whole training, small. The same code and the same steps as `npm run train`, on some hundred
 * posts with a tiny network, interrupted once; then the exported files are loaded and asked. Minutes on any CPU.
 */
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { loadEngine } from '../src/cli/model.ts'
import { readCorpus, TRAINABLE } from './corpus.ts'

const HERE = 'models/work/check'
const SETTINGS = 'models/settings.check.json'
const env = { ...process.env, WORK: HERE, OUT: `${HERE}/classifier`, CORPUS: `${HERE}/corpus`, SETTINGS }

rmSync(HERE, { recursive: true, force: true })
for (const folder of ['classifier', 'corpus', 'data']) mkdirSync(`${HERE}/${folder}`, { recursive: true })
const lines = (rows: readonly unknown[]): string => rows.map((row) => `${JSON.stringify(row)}\n`).join('')
const train = readCorpus('train').slice(0, 300)
writeFileSync(`${HERE}/corpus/train.jsonl`, lines(train))
for (const split of ['dev', 'test']) writeFileSync(`${HERE}/corpus/${split}.jsonl`, lines(readCorpus(split).slice(0, 80)))
// In place of the public sets: clean posts of our own, and a few positive ones where the sets have some.
const clean = readCorpus('train').filter(({ flag, text }) => flag === 0 && !text.includes('\n')).slice(0, 1_100)
for (const [index, file] of TRAINABLE.entries()) {
  const texts = clean.filter((_, i) => i % TRAINABLE.length === index).map(({ text }) => text)
  const positive = file === 'fraud-sms.jsonl' ? train.filter(({ flag }) => flag).slice(0, 5) : []
  writeFileSync(`${HERE}/data/${file}`, file.endsWith('.txt') ? `${texts.join('\n')}\n` : lines([...texts.map((text) => ({ text })), ...positive.map(({ text, categories }) => ({ text, categories, positive: true }))]))
}

const run = (program: string, ...args: string[]): string => {
  const { status, error, stdout, stderr } = spawnSync(program, args, { env, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] })
  console.log(stdout.trim())
  assert.equal(error, undefined)
  assert.equal(status, 0, `${program} ${args.join(' ')}: ${stderr}`)
  return stdout
}
run('tsx', 'models/prepare.ts', 'vocabulary', 'pretrain')
run(process.env['PYTHON'] ?? 'python3', 'models/pretrain.py', '--steps', '3')
const told = run('tsx', 'models/train.ts', '--data', `${HERE}/data`, '--from', 'pretrain', '--version', 'check')
assert.match(told, /resumed at step 3/)

const settings = JSON.parse(readFileSync(SETTINGS, 'utf8')) as { finetune: { epochs: number } }
assert.match(told, new RegExp(`epoch ${settings.finetune.epochs}/${settings.finetune.epochs} loss [0-9.]+ dev AP 0\\.`))
const engine = await loadEngine(`${HERE}/classifier`)
assert.equal(engine.config.version, 'check')
const verdicts = await engine.classify(readCorpus('dev').slice(0, 80).map(({ text }) => text))
assert.ok(verdicts.every(({ score }) => score >= 0 && score <= 1))
await engine.dispose()
console.log(`train:check: corpus → ${HERE}/classifier, resumed, loaded and asked ${verdicts.length} posts.`)
