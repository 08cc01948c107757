import { mkdir, readFile } from 'node:fs/promises'
import { openBrowser } from './chromium.ts'
import { follow, settled } from './follow.ts'
import { serveSamples } from './server.ts'

/** The size that the stores of Chrome, Edge and Firefox all take, px. */
const SCREEN = { width: 1280, height: 800 }
/** Edge's own logo, px. */
const STORE_LOGO = 300
const FEED = 'https://weibo.com/'
const TEXT = '网贷逾期不用怕，停息挂账找我们，先办后付，不成功不收费，点头像私信'

/** Takes the stores' pictures of the built extension in `dist` at work, in each language, and draws its icons; all into `folder`. */
export async function shoot(dist: string, folder: string): Promise<void> {
  await mkdir(folder, { recursive: true })
  const server = await serveSamples()
  try {
    for (const locale of ['zh-CN', 'en']) await shootIn(locale, dist, folder, server.args)
  } finally {
    await server.close()
  }
  await drawIcons(dist, folder)
}

async function shootIn(locale: string, dist: string, folder: string, args: string[]): Promise<void> {
  const browser = await openBrowser({ dist, locale, args, colorScheme: 'light' })
  try {
    const follower = await follow(browser)
    const feed = await browser.context.newPage()
    await feed.setViewportSize(SCREEN)
    await feed.goto(FEED)
    await feed.bringToFront()
    await settled(follower)
    const tabId = await follower.tabId()
    const flagged = async () => (await follower.state())?.items.find(({ verdict, onPage }) => verdict.band === 'flagged' && onPage)
    // The feed takes posts out again that are far behind: stop at the first mark.
    let item = await flagged()
    for (let step = 0; step < 20 && !item; step++) {
      await feed.mouse.wheel(0, SCREEN.height / 4)
      await settled(follower)
      item = await flagged()
    }
    if (!item || !(await follower.show(tabId, item.key))) throw new Error(`${FEED}: 没有可拍的标记。 No mark to take a picture of.`)
    await feed.waitForTimeout(500)
    await feed.screenshot({ path: `${folder}/${locale}-1-feed.png` })

    const own = async (name: string, path: string, ready: string, before?: (page: typeof feed) => Promise<void>) => {
      const page = await browser.openOwn(path)
      await page.setViewportSize(SCREEN)
      await page.waitForSelector(ready)
      await before?.(page)
      await page.screenshot({ path: `${folder}/${locale}-${name}.png` })
      await page.close()
    }
    await own('2-check', 'extension/check.html', 'textarea', async (page) => {
      await page.fill('textarea', TEXT)
      await page.click('.check button[type=submit]')
      await page.waitForSelector('.check ol')
      // It is a narrow window of its own: here it stands in the middle of the picture.
      await page.addStyleTag({ content: 'body { margin: 0 auto }' })
      await page.evaluate(() => window.scrollTo(0, 0))
    })
    await own('3-review', 'extension/review.html#band=flagged', 'tbody tr')
    await own('4-settings', 'extension/options.html', '.settings .row')
  } finally {
    await browser.close()
  }
}

/** Every size that the manifest names, and the store's, from the one drawing. */
async function drawIcons(dist: string, folder: string): Promise<void> {
  const { icons } = JSON.parse(await readFile(`${dist}/manifest.json`, 'utf8')) as { icons: Record<string, string> }
  const svg = await readFile(`${dist}/icons/icon.svg`, 'utf8')
  const browser = await openBrowser({ dist })
  try {
    const page = await browser.context.newPage()
    for (const size of [...Object.keys(icons).map(Number), STORE_LOGO]) {
      await page.setViewportSize({ width: size, height: size })
      await page.setContent(`<style>body{margin:0}svg{display:block;width:${size}px;height:${size}px}</style>${svg}`)
      await page.screenshot({ path: `${folder}/icon-${size}.png`, omitBackground: true })
    }
  } finally {
    await browser.close()
  }
}
