/** What a look at a large page costs where no adapter knows it. */
import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { build } from 'vite'
import { openWithout } from '../../src/cli/chromium.ts'
import { inTurn, type Measure } from './measure.ts'
import { resultOf, type Sample } from './result.ts'

const SITES = fileURLToPath(new URL('../fixtures/sites/', import.meta.url))
const READER = fileURLToPath(new URL('../../src/sites/generic.ts', import.meta.url))
/** Elements of the page, those in shadow trees included. */
const ELEMENTS = 18_000
/** Looks at each page after the first. */
const AGAIN = 8

/** What the saved pages of all sites show, one below the other, again and again until there are so many elements. */
function longPage(): string {
  const files = readdirSync(SITES).sort().flatMap((site) => readdirSync(SITES + site).sort().filter((file) => file.endsWith('.html')).map((file) => `${SITES}${site}/${file}`))
  const bodies = files.map((file) => readFileSync(file, 'utf8').replace(/^[\s\S]*<body[^>]*>|<\/body>[\s\S]*$|<script[\s\S]*?<\/script>/g, ''))
  let html = ''
  for (let i = 0, elements = 0; elements < ELEMENTS; i++) {
    const body = bodies[i % bodies.length]!
    elements += body.match(/<[a-z]/gi)?.length ?? 0
    html += `<main>${body}</main>\n`
  }
  return `<!doctype html><body>${html}</body>`
}

/** Runs in the page, beside the reader: what is measured. */
const MEASURED = `
  /** The least that any reader does: every element, its class, its own words. */
  globalThis.bare = (root = document.body, found = { letters: 0, classes: new Set() }) => {
    for (let node = root.firstChild; node; node = node.nextSibling) {
      if (node.nodeType === 3) found.letters += node.data.length
      else if (node.nodeType === 1) {
        found.classes.add(node.getAttribute('class'))
        bare(node.shadowRoot ?? node, found)
      }
    }
    return found
  }
  globalThis.look = () => [...reader.generic.posts(document)].length
  /** The longest stretch of a look in steps. */
  globalThis.longestStep = () => {
    let longest = 0
    let began = performance.now()
    for (const steps = reader.generic.look(document); !steps.next().done; began = performance.now()) longest = Math.max(longest, performance.now() - began)
    longest = Math.max(longest, performance.now() - began)
    look()
    return longest
  }
  globalThis.timed = (work) => { const began = performance.now(); work(); return performance.now() - began }
  0
`

async function bundled(): Promise<string> {
  const output = await build({ configFile: false, logLevel: 'error', build: { write: false, target: 'es2022', lib: { entry: READER, formats: ['iife'], name: 'reader' } } })
  const [{ output: [chunk] }] = output as unknown as [{ output: [{ code: string }] }]
  return chunk.code
}

export const genericReader: Measure = {
  names: ['generic-look', 'generic-look-first', 'generic-step'],
  what: `通用读取看一遍 ${ELEMENTS} 个元素的页面、第一遍、分步看时最长的一步 · a look of the generic reader at a page of so many elements, the first one, and the longest of its steps / a bare walk over all elements, their classes and words`,
  limits: [8, 10, 1.5],
  async run(rounds) {
    const code = await bundled()
    const body = longPage()
    const browser = await openWithout()
    const results: Record<'look' | 'first' | 'step', Sample[]> = { look: [], first: [], step: [] }
    try {
      for (let round = 0; round < rounds; round++) {
        const page = await browser.context.newPage()
        await page.route('**/*', (route) => (route.request().isNavigationRequest() ? route.fulfill({ contentType: 'text/html; charset=utf-8', body }) : route.abort()))
        await page.goto('https://any.example/')
        await page.evaluate(`${code}; globalThis.reader = reader; ${MEASURED}`)
        const ms = (work: string) => page.evaluate<number>(work)
        results.first.push({ baseline: await ms('timed(bare)'), value: await ms('timed(look)') })
        for (let again = 0; again < AGAIN; again++) {
          results.look.push(await inTurn(again, () => ms('timed(look)'), () => ms('timed(bare)')))
          results.step.push(await inTurn(again, () => ms('longestStep()'), () => ms('timed(bare)')))
        }
        await page.close()
      }
    } finally {
      await browser.close()
    }
    return [resultOf('generic-look', 'ms', results.look), resultOf('generic-look-first', 'ms', results.first), resultOf('generic-step', 'ms', results.step)]
  },
}
