import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { writePackage } from '../../src/evidence/package.ts'
import { source } from '../evidence/sample.ts'

const folder = mkdtempSync(join(tmpdir(), 'mingcha-cli-'))
const file = (name: string, text: string): string => {
  const path = join(folder, name)
  writeFileSync(path, text)
  return path
}
const run = (script: string, args: string[], input = '') => spawnSync('npx', ['--no-install', 'tsx', script, ...args], { encoding: 'utf8', input })
const lines = (text: string) => text.split('\n').filter(Boolean).map((line) => JSON.parse(line) as Record<string, unknown>)

describe('every command', () => {
  test.each(['src/cli/start.ts', 'src/cli/build.ts', 'src/cli/scan.ts', 'src/cli/verify.ts', 'src/cli/classify.ts', 'src/cli/evaluate.ts', 'models/train.ts', 'models/evaluate.ts'])('%s explains itself and refuses what it does not know', (script) => {
    const help = run(script, ['--help'])
    expect(help.status).toBe(0)
    expect(help.stdout).toMatch(/用法[\s\S]*Usage/)
    const wrong = run(script, ['--no-such-option'])
    expect(wrong.status).toBe(2)
    expect(wrong.stderr).toContain('--no-such-option')
    expect(wrong.stderr).not.toContain('    at ')
  })

  test.each([
    ['src/cli/classify.ts', ['/no/such/file.jsonl'], '找不到文件'],
    ['src/cli/evaluate.ts', [], '缺少文件'],
    ['src/cli/scan.ts', ['--url', 'https://weibo.com/'], 'CASES.json'],
    ['src/cli/start.ts', ['not an address'], '不是地址'],
    ['src/cli/build.ts', ['opera'], 'opera'],
  ])('%s %j says what is wrong', (script, args, words) => {
    const { status, stderr } = run(script, args)
    expect(status).toBe(2)
    expect(stderr).toContain(words)
  })
})

describe('verify', () => {
  test('0 for a whole package, 1 for a broken one, and where it is broken', async () => {
    const bytes = await writePackage(source())
    const [whole, broken] = [join(folder, 'whole.wacz'), join(folder, 'broken.wacz')]
    writeFileSync(whole, bytes)
    bytes[1_000]! ^= 1
    writeFileSync(broken, bytes)
    expect(run('src/cli/verify.ts', [whole])).toMatchObject({ status: 0, stdout: expect.stringMatching(/SHA-256 [0-9a-f]{64}\n完好/) as string })
    expect(run('src/cli/verify.ts', [whole, broken])).toMatchObject({ status: 1, stdout: expect.stringContaining('archive/data.warc: 内容与校验值不符') as string })
    expect(run('src/cli/verify.ts', ['/no/such/file.wacz']).status).toBe(2)
  })
})

describe('classify', () => {
  test('JSONL: one verdict a row, in order; a bad row is answered in its place', () => {
    const { status, stdout } = run('src/cli/classify.ts', [file('in.jsonl', '{"id":"a","text":"早饭吃了包子"}\nnonsense\n{"id":"b"}\n{"id":"c","text":"晚饭"}\n')])
    const out = lines(stdout)
    expect(status).toBe(1)
    expect(out.map(({ id, line }) => id ?? line)).toEqual(['a', 2, 3, 'c'])
    expect(out[0]).toMatchObject({ band: 'clean', categories: [], form: null, evidence: [] })
    expect(out[1]!['error']).toBeTruthy()
  })

  test('CSV with quotes and line breaks, and standard input', () => {
    const { stdout, status } = run('src/cli/classify.ts', [file('in.csv', '\ufeffid,text\r\n1,"早饭，\n包子"\r\n2,晚饭\r\n')])
    expect(status).toBe(0)
    expect(lines(stdout).map(({ id }) => id)).toEqual(['1', '2'])
    expect(lines(run('src/cli/classify.ts', ['-'], '{"text":"早饭"}\n').stdout)).toHaveLength(1)
  })
})

describe('evaluate', () => {
  test('counts, slices and scores', () => {
    const scores = join(folder, 'scores.jsonl')
    const rows = file('rows.jsonl', '{"id":1,"text":"早饭吃了包子","flag":0,"categories":[],"form":null,"lang":"hans"}\n{"id":2,"text":"晚饭吃面","flag":1,"categories":["debt_ad"],"form":"ad","lang":"hant"}\n')
    const { stdout, status } = run('src/cli/evaluate.ts', [rows, '--by', 'lang', '--scores', scores])
    expect(status).toBe(0)
    expect(JSON.parse(stdout)).toMatchObject({
      counts: { rows: 2, positive: 1 },
      flag: { tn: 1, fn: 1, precision: null, recall: 0, falsePositiveRate: 0 },
      by: { lang: { hans: { rows: 1 }, hant: { rows: 1 } } },
    })
    expect(lines(readFileSync(scores, 'utf8')).map(({ id }) => id)).toEqual([1, 2])
  })

  test('a row without a label is named', () => {
    const { status, stderr } = run('src/cli/evaluate.ts', [file('bad.jsonl', '{"text":"早饭","flag":0}\n{"text":"晚饭"}\n')])
    expect(status).toBe(1)
    expect(stderr).toContain('bad.jsonl:2')
  })
})
