import { describe, expect, test } from 'vitest'
import { sampleSites } from '../../src/cli/samples.ts'
import { marksOf, stage } from './browser.ts'

const it = stage()
const WEIBO = 'https://weibo.com/'

/** Letters of the page that are covered by a fold, seen as the page's own script sees them. */
const covered = (page: Awaited<ReturnType<typeof it.open>>) => page.evaluate(() => [...(CSS.highlights.get('reader-folded') ?? [])].map(String).join('').length)

describe('settings', () => {
  test('a site can fold its flagged posts: covered in place, nothing moves, one click opens', async () => {
    const page = await it.open(WEIBO)
    const height = await page.evaluate(() => document.documentElement.scrollHeight)
    const settings = await it.browser.openOwn('extension/options.html')
    await settings.getByRole('combobox', { name: '微博' }).selectOption('fold')
    await page.bringToFront()
    await expect.poll(async () => (await marksOf(page)).map(({ text }) => text).join()).toContain('已折叠')
    expect(await page.evaluate(() => document.documentElement.scrollHeight)).toBe(height)
    const folded = (await marksOf(page)).find(({ text }) => text.includes('已折叠'))!
    const before = (await marksOf(page)).filter(({ text }) => text.includes('已折叠')).length
    await folded.click()
    await expect.poll(async () => (await marksOf(page)).filter(({ text }) => text.includes('已折叠')).length).toBe(before - 1)
    await settings.getByRole('combobox', { name: '微博' }).selectOption('mark')
    await settings.close()
    await expect.poll(async () => (await marksOf(page)).some(({ text }) => text.includes('已折叠'))).toBe(false)
    expect(await covered(page)).toBe(0)
    await page.close()
  })

  test('moderator mode: keys go to the next mark, report, take back, and rest while one writes', async () => {
    const page = await it.open(WEIBO)
    await page.keyboard.press('j')
    expect((await marksOf(page)).some(({ text }) => text.includes('依据'))).toBe(false)
    const settings = await it.browser.openOwn('extension/options.html')
    await settings.getByRole('checkbox', { name: '审核员模式' }).check()
    await settings.close()
    await page.bringToFront()
    await expect.poll(async () => {
      await page.keyboard.press('j')
      return (await marksOf(page)).filter(({ text }) => text.includes('依据')).length
    }).toBe(1)
    await page.keyboard.press('r')
    await expect.poll(async () => (await it.follower.state())!.items.filter(({ reported }) => reported).length).toBe(1)
    await page.keyboard.press('u')
    await expect.poll(async () => (await it.follower.state())!.items.filter(({ reported }) => reported).length).toBe(0)
    await page.keyboard.press('2')
    await expect.poll(async () => (await it.follower.state())!.items.filter(({ decision }) => decision === 'wrong').length).toBe(1)
    await page.keyboard.press('u')
    await expect.poll(async () => (await it.follower.state())!.items.filter(({ decision }) => decision === 'wrong').length).toBe(0)
    await page.evaluate(() => document.body.append(Object.assign(document.createElement('input'), { id: 'reply' })))
    await page.locator('#reply').pressSequentially('r2')
    expect(await page.locator('#reply').inputValue()).toBe('r2')
    expect((await it.follower.state())!.items.some(({ reported }) => reported)).toBe(false)
    await page.close()
  })

  test('a phrase of the person is marked wherever it occurs, until it is removed', async () => {
    const first = await it.open(WEIBO)
    const shown = await first.evaluate(() => document.body.innerText)
    await first.close()
    const { posts } = sampleSites.find(({ id }) => id === 'weibo')!
    const clean = posts.find(({ flag, text }) => flag === 0 && /^[一-鿿]{6}/.test(text) && shown.includes(text.slice(0, 6)))!
    const phrase = clean.text.slice(0, 6)
    const byPhrase = async () => {
      const page = await it.open(WEIBO)
      const found = (await it.follower.state())!.items.filter(({ verdict }) => verdict.reason === 'markedByPhrase')
      await page.close()
      return found.map(({ post }) => post.text.includes(phrase))
    }
    const settings = await it.browser.openOwn('extension/options.html')
    await settings.getByRole('textbox', { name: '添加词语' }).fill(phrase)
    await settings.getByRole('button', { name: '添加词语' }).click()
    await expect.poll(() => settings.locator('main').innerText()).toContain(`总是标记含有：${phrase}`)
    expect(await byPhrase()).toEqual([true])
    await settings.bringToFront()
    await settings.getByRole('button', { name: '移除' }).click()
    await expect.poll(() => settings.locator('main').innerText()).not.toContain(phrase)
    expect(await byPhrase()).toEqual([])
    await settings.close()
  })
})

test('text selected on any page is checked in a window of its own, and is gone from memory afterwards', async () => {
  const worker = it.browser.context.serviceWorkers()[0]!
  const opened = it.browser.context.waitForEvent('page')
  await worker.evaluate(() =>
    (chrome.contextMenus.onClicked as unknown as { dispatch(info: object): void }).dispatch({ menuItemId: 'check', selectionText: '网贷逾期不用怕，停息挂账找我们，先办后付，不成功不收费，点头像私信' }),
  )
  const page = await opened
  await expect.poll(() => page.locator('.check').innerText(), { timeout: 20_000 }).toMatch(/疑似[\s\S]*它许诺的/)
  expect(await worker.evaluate(() => chrome.storage.session.get(null))).toEqual({})
  await page.getByText('已经付了钱').click()
  expect(await page.locator('details.paid').innerText()).toContain('96110')
  await page.close()
})

test('the side panel lists the marks of the tab', async () => {
  const page = await it.open(WEIBO)
  const panel = await it.browser.openOwn(`extension/panel.html?tab=${await it.tabId()}`)
  await panel.waitForSelector('.items li')
  await panel.close()
  await page.close()
})
