import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { progressLine } from '../../src/cli/progress.ts'
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

/** Every script of package.json that takes options. */
const COMMANDS = Object.values((JSON.parse(readFileSync('package.json', 'utf8')) as { scripts: Record<string, string> }).scripts)
  .flatMap((script) => /tsx ((?:src|models)\/\S+\.ts)/.exec(script)?.[1] ?? [])
  .filter((script) => script !== 'models/check.ts')

describe('every command', () => {
  test.each(COMMANDS)('%s explains itself and refuses what it does not know', (script) => {
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
    ['src/cli/export.ts', ['x.jsonl', '--out', 'x.pdf', '--format', 'pdf'], 'csv、xlsx、jsonl、html'],
    ['src/cli/package.ts', ['opera'], 'opera'],
  ])('%s %j says what is wrong', (script, args, words) => {
    const { status, stderr } = run(script, args)
    expect(status).toBe(2)
    expect(stderr).toContain(words)
  })
})

describe('export', () => {
  const scanned = { case: 0, platform: 'weibo', id: '5', kind: 'comment', author: '小鹿', text: '停息挂账，先办后付', permalink: 'https://weibo.com/1/5' }
  const said = { band: 'flagged', score: 0.9, categories: ['debt_ad'], form: 'ad', evidence: ['停息挂账'], model: 'm-1' }

  test('takes the lines of scan, names what is neither, and its JSONL is taken again unchanged', () => {
    const scan = file('scan.jsonl', [{ ...scanned, verdict: said }, { ...scanned, id: '6', verdict: { ...said, band: 'clean' } }, { nothing: 1 }].map((line) => JSON.stringify(line)).join('\n'))
    const [first, second] = [join(folder, 'first.jsonl'), join(folder, 'second.jsonl')]
    const { status, stderr } = run('src/cli/export.ts', [scan, '--format', 'jsonl', '--out', first])
    expect(status).toBe(1)
    expect(stderr).toContain(`${scan}:3:`)
    const cases = lines(readFileSync(first, 'utf8'))
    expect(cases).toMatchObject([{ key: 'weibo:5', post: { text: scanned.text, author: { name: '小鹿' } }, verdict: { evidence: [{ start: 0, end: 4 }] }, decision: 'open' }])
    expect(run('src/cli/export.ts', [first, '--format', 'jsonl', '--out', second]).status).toBe(0)
    expect(readFileSync(second, 'utf8')).toBe(readFileSync(first, 'utf8'))
    const about = JSON.parse(readFileSync(`${second}.about.json`, 'utf8')) as Record<string, unknown>
    expect(about['fileSha256']).toBe(createHash('sha256').update(readFileSync(second)).digest('hex'))
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

describe('classify into a file', () => {
  const rows = Array.from({ length: 70 }, (_, index) => (index === 40 ? 'nonsense' : JSON.stringify({ id: `r${index}`, text: `第 ${index} 天，早饭吃了包子` })))
  const input = file('long.jsonl', `${rows.join('\n')}\n`)
  const classify = (...args: string[]) => run('src/cli/classify.ts', args)

  test('on several threads, in order, and on from where a run was cut off', () => {
    const whole = join(folder, 'whole.jsonl')
    expect(classify(input, '--output', whole, '--threads', '2').status).toBe(1)
    const expected = readFileSync(whole, 'utf8')
    expect(lines(expected).map(({ id, line }) => id ?? line)).toEqual(rows.map((_, index) => (index === 40 ? 41 : `r${index}`)))

    // Cut off in the middle of a line, as by a power failure.
    const cut = file('cut.jsonl', expected.slice(0, expected.indexOf('"r50"') + 20))
    const resumed = classify(input, '--output', cut, '--resume')
    expect(resumed.status).toBe(1)
    expect(resumed.stderr).toContain('1 rows could not be read')
    expect(readFileSync(cut, 'utf8')).toBe(expected)
    expect(classify(input, '--output', cut, '--resume').status).toBe(1)
    expect(readFileSync(cut, 'utf8')).toBe(expected)
  })

  test.each([
    ['an output that is not empty', () => [input, '--output', file('full.jsonl', '{"id":"r0","band":"clean"}\n')], '--resume'],
    ['an output of another input', () => [input, '--output', file('other.jsonl', '{"id":"q0","band":"clean"}\n'), '--resume'], '对不上'],
    ['an output of another model', () => [input, '--output', file('old.jsonl', '{"id":"r0","band":"clean","model":"1999.1.1"}\n'), '--resume'], '1999.1.1'],
    ['an output that is something else', () => [input, '--output', file('prose.txt', 'Dear diary\n'), '--resume'], 'Not an output of classify'],
    ['--resume alone', () => [input, '--resume'], '--output'],
    ['no threads', () => [input, '--threads', '0'], '--threads'],
  ])('refuses %s', (_, args, words) => {
    const { status, stderr } = classify(...args())
    expect(status).toBe(2)
    expect(stderr).toContain(words)
  })
})

describe('progress', () => {
  test('says how far, how fast and how long still', () => {
    expect(progressLine({ done: 250, before: 50, total: 1_000, seconds: 10 })).toBe(`[${'█'.repeat(6)}${'░'.repeat(18)}] 25 % · 250 / 1,000 · 20 条/秒 per second · 剩余 left 0:37`)
    expect(progressLine({ done: 100, before: 0, total: 1_000_000, seconds: 10 })).toContain('left 27:46:30')
    expect(progressLine({ done: 7, before: 0, seconds: 10 })).toBe('7 · 0.7 条/秒 per second')
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
