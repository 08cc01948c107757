import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Browser, openBrowser } from '../../src/cli/chromium.ts'
import { follow, type Follower, settled } from '../../src/cli/follow.ts'
import { marksOf } from './browser.ts'

const POSTS = 2_000
const HEIGHT = 120
/** One post in this many is an advert, by the same words each time but for its number. */
const EVERY = 50

/** A list that keeps a dozen rows and fills them with other posts as one scrolls, as long feeds do. */
const PAGE = `<!doctype html><html lang="zh"><head><meta charset="utf-8"><title>关注 - 知乎</title></head>
<body style="margin:0"><main class="App-main"><div class="Topstory-recommend" id="list" style="position:relative;height:${POSTS * HEIGHT}px"></div></main>
<script>
  const advert = (n) => '网贷逾期别硬扛，停息挂账找我们，先办后付，不成功不收费，点头像私信 ' + n
  const plain = (n) => '今天走了 ' + (3000 + n) + ' 步，晚饭吃的番茄牛腩，窗外在下雨'
  const textOf = (n) => (n % ${EVERY} === 7 ? advert(n) : plain(n))
  const rows = Array.from({ length: 16 }, () => {
    const row = document.createElement('div')
    row.className = 'Card TopstoryItem'
    row.style.cssText = 'position:absolute;left:0;right:0;height:${HEIGHT}px'
    row.innerHTML = '<div class="ContentItem PinItem"><div class="ContentItem-meta"><div class="AuthorInfo"><span class="UserLink AuthorInfo-name"><a class="UserLink-link"></a></span></div></div><div class="RichContent"><div class="RichContent-inner"><span class="RichText ztext"></span></div></div></div>'
    list.append(row)
    return row
  })
  const draw = () => {
    const first = Math.max(0, Math.floor(scrollY / ${HEIGHT}) - 3)
    for (let n = first; n < Math.min(${POSTS}, first + 16); n++) {
      const row = rows[n % 16]
      if (row.dataset.n === String(n)) continue
      row.dataset.n = n
      row.style.transform = 'translateY(' + n * ${HEIGHT} + 'px)'
      row.querySelector('.PinItem').setAttribute('name', 700000 + n)
      const link = row.querySelector('a')
      link.textContent = '用户' + n
      link.href = '/people/u' + n
      row.querySelector('.ztext').textContent = textOf(n)
    }
  }
  addEventListener('scroll', draw)
  draw()
</script></body></html>`

let browser: Browser
let follower: Follower
beforeAll(async () => {
  browser = await openBrowser()
  follower = await follow(browser)
})
afterAll(() => browser?.close())

/** Through the whole list in steps shorter than the window. */
async function scroll(page: Page, direction: 1 | -1): Promise<void> {
  for (let at = 0; at <= POSTS * HEIGHT; at += 800) {
    await page.evaluate((y) => scrollTo(0, y), direction > 0 ? at : POSTS * HEIGHT - at)
    await page.waitForTimeout(25)
  }
  await settled(follower)
}

test('a list of 2,000 posts in 16 elements, twice down and up: each text judged once, marks only on adverts', async () => {
  const page = await browser.context.newPage()
  await page.route('**/*', (route) => (route.request().isNavigationRequest() ? route.fulfill({ contentType: 'text/html', body: PAGE }) : route.abort()))
  await page.goto('https://www.zhihu.com/')
  await page.bringToFront()
  await settled(follower)
  const times = new Map<string, number>()
  const wrong: string[] = []
  for (const direction of [1, -1, 1, -1] as const) {
    await scroll(page, direction)
    for (const { post, verdict } of await follower.take()) {
      times.set(post.text, (times.get(post.text) ?? 0) + 1)
      if ((verdict.band === 'flagged') !== post.text.startsWith('网贷')) wrong.push(`${verdict.band} ${post.text}`)
    }
    // Whatever an element shows now, its mark is that of this post.
    const shown = await page.evaluate(() => [...document.querySelectorAll('.ztext')].filter((one) => one.textContent!.startsWith('网贷')).length)
    expect((await marksOf(page)).length).toBe(shown)
  }
  // Fast scrolling skips a row now and then; what was seen was judged once.
  expect(times.size).toBeGreaterThan(POSTS * 0.9)
  expect([...times].filter(([, count]) => count > 1)).toEqual([])
  expect(wrong).toEqual([])
  await page.close()
}, 300_000)
