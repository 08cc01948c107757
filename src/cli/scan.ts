/** npm run scan: saved pages in, what the extension read and said out. */
import { readFile } from 'node:fs/promises'
import type { Page } from 'playwright-core'
import type { LiveJudgement } from '../messages.ts'
import { bundle } from './bundle.ts'
import { openBrowser } from './chromium.ts'
import { command, UsageError } from './command.ts'
import { follow } from './follow.ts'
import { preserve } from './preserve.ts'
import { type Case, scanPage } from './scan-page.ts'

const HELP = `
用法  npm run scan -- --url URL --html FILE [--evidence DIR]
      npm run scan -- CASES.json [--evidence DIR]          （[{"url","html","actions"?}]，html 是文件路径）
Usage npm run scan -- --url URL --html FILE [--evidence DIR]
      npm run scan -- CASES.json [--evidence DIR]          ([{"url","html","actions"?}], html is a path)

在装有本扩展的真实 Chromium 中，以所给地址载入保存的页面，依次执行动作，等最后一个判定，按行输出读到的每条内容。全程不出本机。
Loads each saved page under its address in a real Chromium with the built extension, does the actions in order,
waits for the last verdict, and prints one JSON line for each post and comment that was read. Nothing leaves the machine.
--evidence 为每条被标记的内容写一个证据包（WACZ），路径在该行的 "evidence" 里；用 npm run verify 检查。
--evidence writes a package (WACZ) of every flagged post, its path in that line's "evidence"; npm run verify checks it.

动作 actions（默认 default [{"do":"scroll"}]）:
  {"do":"scroll","selector"?}   {"do":"scroll_to","y"}   {"do":"click"|"click_all","selector"}
  {"do":"wait","ms"}            {"do":"key","key"}       {"do":"eval","js"}
`

await command(HELP, { url: { type: 'string' }, html: { type: 'string' }, evidence: { type: 'string' } }, async ({ url, html, evidence }, [file]) => {
  const cases = file ? await readCases(file) : url && html ? [{ url, html }] : undefined
  if (!cases) throw new UsageError('需要 CASES.json，或 --url 与 --html。 Give CASES.json, or --url and --html.')
  const pages = await Promise.all(cases.map(async (one, index) => ({ ...one, body: await readPage(one, index) })))
  await bundle('chrome')
  const browser = await openBrowser({ args: ['--host-resolver-rules=MAP * ~NOTFOUND'] })
  try {
    const follower = await follow(browser)
    // The first content script of a new browser takes seconds to start: what a page shows only at first would go unread.
    const [first] = pages
    if (first) await scanPage(browser.context, follower, { ...first, actions: [] }, '<!doctype html>')
    for (const [index, page] of pages.entries()) {
      const keep = evidence === undefined ? undefined : (shown: Page, flagged: LiveJudgement) => preserve(shown, follower, flagged, evidence, String(index))
      const lines = await scanPage(browser.context, follower, page, page.body, keep)
      if (!lines) {
        console.error(`case ${index}: 没有适配器认领 ${page.url}。 No adapter claims this address.`)
        continue
      }
      for (const line of lines) process.stdout.write(`${JSON.stringify({ case: index, ...line })}\n`)
    }
  } finally {
    await browser.close()
  }
})

async function readCases(file: string): Promise<Case[]> {
  let value: unknown
  try {
    value = JSON.parse(await readFile(file, 'utf8'))
  } catch (cause) {
    throw new UsageError(`${file}: ${(cause as Error).message}`)
  }
  if (!Array.isArray(value)) throw new UsageError(`${file} 应是一个数组。 Must be an array.`)
  return value as Case[]
}

async function readPage({ url, html }: Case, index: number): Promise<string> {
  if (typeof url !== 'string' || !URL.canParse(url)) throw new UsageError(`case ${index}: "url" 不是地址。 "url" is no address.`)
  return readFile(html, 'utf8').catch(() => {
    throw new UsageError(`case ${index}: 读不到 ${html}。 Cannot read the file.`)
  })
}
