/** The borderline table of models/policy.md through the check: for each row, posts as people type them and the answer a person gives. */
import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { PRACTICES, type Practice, type Verdict } from '../../src/types.ts'
import { stage } from './browser.ts'

interface Row {
  row: string
  posts: string[]
}

/** What a person answers, by row: flagged or not, and as what where the table says so. */
const answers = new Map<string, { flag: boolean; practice: Practice | undefined }>()
const table = readFileSync('models/policy.md', 'utf8').split(/^## 边界.*$/m)[1]!.split(/^## /m)[0]!
for (const line of table.split('\n').filter((one) => one.startsWith('| ')).slice(2)) {
  const [row, answer] = line.split('|').slice(1).map((cell) => cell.trim()) as [string, string]
  answers.set(row, { flag: answer.startsWith('是'), practice: PRACTICES.find((one) => answer.includes(`\`${one}\``)) })
}
const rows = JSON.parse(readFileSync('test/fixtures/borderline.json', 'utf8')) as Row[]

/** Posts that the shipped model answers as a person does; it may not fall. "Unsure" is no answer. */
const AT_LEAST = 41

const it = stage()

test('every row of the table has posts, and none is in the corpus', () => {
  expect(rows.map(({ row }) => row)).toEqual([...answers.keys()])
  const corpus = ['train', 'dev', 'test'].map((split) => readFileSync(`models/corpus/${split}.jsonl`, 'utf8')).join('')
  for (const { row, posts } of rows) {
    expect(posts.length, row).toBeGreaterThanOrEqual(2)
    for (const post of posts) expect(corpus.includes(JSON.stringify(post).slice(1, 40)), post).toBe(false)
  }
})

test('the check answers as a person does', async () => {
  const page = await it.browser.openOwn('extension/check.html')
  const check = (text: string) =>
    page.evaluate(async (request) => ((await chrome.runtime.sendMessage({ to: 'background', name: 'check', request })) as { value: Verdict }).value, { text })
  const wrong: string[] = []
  let right = 0
  for (const { row, posts } of rows) {
    const { flag, practice } = answers.get(row)!
    for (const post of posts) {
      const { band, categories, score } = await check(post)
      const good = flag ? band === 'flagged' && (!practice || categories.includes(practice)) : band === 'clean'
      if (good) right++
      else wrong.push(`${row}\n    ${post}\n    ${flag ? practice ?? 'flagged' : 'clean'} ≠ ${band} ${score.toFixed(2)} ${categories.join(' ')}`)
    }
  }
  const all = right + wrong.length
  console.log(`${right} of ${all} right (at least ${AT_LEAST} of ${all})${wrong.map((one) => `\n- ${one}`).join('')}`)
  expect(right).toBeGreaterThanOrEqual(AT_LEAST)
  await page.close()
})
