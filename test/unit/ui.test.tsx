/** @jsxImportSource preact */
// @vitest-environment happy-dom
import { render } from 'preact'
import { act } from 'preact/test-utils'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { Incoming } from '../../src/export/import.ts'
import { linksOf, tagOf } from '../../src/review/links.ts'
import type { TabItem, TabState } from '../../src/messages.ts'
import { writePackage } from '../../src/evidence/package.ts'
import { verifyPackage } from '../../src/evidence/verify.ts'
import { DEFAULTS } from '../../src/store/settings.ts'
import { FORMATS } from '../../src/export/index.ts'
import { type Written, writeFile } from '../../src/export/write.ts'
import { source } from '../evidence/sample.ts'
import type { Case, Choice, Post, Verdict } from '../../src/types.ts'
import { piecesOf, wordsOf } from '../../src/ui/evidence.tsx'
import { BINDINGS } from '../../src/ui/keys.ts'
import { type MarkProps, removeMark, renderMark } from '../../src/ui/mark.tsx'
import { placeCard } from '../../src/ui/place.ts'
import { Popup, type PopupProps, type PopupTab } from '../../src/ui/popup.tsx'
import { Review, type ReviewProps } from '../../src/ui/review.tsx'
import { ALL, filterBy, filterOf, hashOf, windowOf } from '../../src/ui/state.ts'

const HOSTILE = '<img src=x onerror=alert(1)><b>停息挂账</b>"><script>1</script>'
const text = '网贷逾期，停息挂账，先办后付，点头像私我'
const verdict: Verdict = {
  band: 'flagged', score: 0.974, categories: ['debt_ad'], form: 'ad', model: 'm-1',
  evidence: [{ start: 5, end: 9, weight: 1 }, { start: 10, end: 14, weight: 0.8 }],
}
const post: Post = { platform: 'weibo', id: '1', kind: 'post', text, author: { name: '小鹿' }, permalink: 'https://weibo.com/1/1' }

let app: HTMLElement
beforeEach(() => {
  document.body.replaceChildren()
  app = document.body.appendChild(document.createElement('div'))
  history.replaceState(null, '', '#')
})
afterEach(() => act(() => render(null, app)))

const buttons = (root: ParentNode) => [...root.querySelectorAll('button')]
const button = (root: ParentNode, name: string | RegExp) => {
  const found = buttons(root).find((one) => (typeof name === 'string' ? one.textContent?.trim() === name : name.test(one.textContent ?? '')))
  if (!found) throw new Error(`no button ${name} among ${buttons(root).map((one) => one.textContent)}`)
  return found
}
const settle = () => act(() => new Promise<void>((resolve) => setTimeout(resolve)))
const click = (element: HTMLElement) => act(() => element.click())
const press = (key: string, target: EventTarget = document.body, more: KeyboardEventInit = {}) => {
  const event = new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true, composed: true, ...more })
  act(() => void target.dispatchEvent(event))
  return event
}

describe('mark', () => {
  let root: ShadowRoot
  let props: MarkProps
  const draw = (over: Partial<MarkProps> = {}) => {
    props = { ...props, ...over }
    act(() => renderMark(root, props))
  }
  const chip = () => root.querySelector<HTMLButtonElement>('.chip')!
  const card = () => root.querySelector<HTMLElement>('[role=dialog]')
  beforeEach(() => {
    root = app.attachShadow({ mode: 'open' })
    props = {
      verdict, text, decision: 'open', reported: false, theme: 'light', lang: 'zh', open: false,
      onOpen: vi.fn((open: boolean) => draw({ open })),
      onReport: vi.fn(), onDismiss: vi.fn(), onUndo: vi.fn(), onPreserve: vi.fn(async () => false), onHighlight: vi.fn(),
    }
  })
  afterEach(() => act(() => removeMark(root)))

  it.each([
    ['flagged', {}, 'flagged', '反催收代办 · 广告'],
    ['unsure', { verdict: { ...verdict, band: 'unsure' } }, 'unsure', '拿不准：反催收代办 · 广告'],
    ['reported', { reported: true }, 'done', '已举报 · 反催收代办 · 广告'],
    ['dismissed', { decision: 'dismissed' }, 'empty', '你说不是'],
    ['confirmed', { decision: 'confirmed' }, 'flagged', '已确认：反催收代办 · 广告'],
    ['found wrong', { decision: 'wrong' }, 'empty', '误标'],
  ] as [string, Partial<MarkProps>, string, string][])('shows a %s post with its own sign and words', (_, over, seal, words) => {
    draw(over)
    expect(root.querySelector('.seal')!.classList).toContain(`seal-${seal}`)
    expect(chip().textContent).toBe(words)
    expect(card()).toBeNull()
  })
  it('speaks English too, and follows the theme of the page', () => {
    draw({ lang: 'en', theme: 'dark' })
    expect(chip().textContent).toBe('Debt-relief agent · advert')
    expect(root.querySelector('.theme')!.getAttribute('data-theme')).toBe('dark')
  })
  it('opens as a labelled dialog with certainty, words and a sentence', () => {
    draw()
    click(chip())
    expect(props.onOpen).toHaveBeenCalledWith(true)
    expect(chip().getAttribute('aria-expanded')).toBe('true')
    expect(card()!.getAttribute('aria-label')).toBe('疑似 反催收代办 · 广告')
    expect(card()!.textContent).toContain('把握 高')
    expect(card()!.textContent).toContain('这条内容在招揽代谈还款')
    expect([...root.querySelectorAll('.word')].map((one) => one.textContent)).toEqual(['停息挂账', '先办后付'])
    expect(root.activeElement).toBe(card())
  })
  it('points at a word while it is focused or hovered', () => {
    draw({ open: true })
    const word = root.querySelector<HTMLElement>('button.word')!
    act(() => word.focus())
    expect(props.onHighlight).toHaveBeenLastCalledWith(verdict.evidence[0])
    act(() => word.blur())
    expect(props.onHighlight).toHaveBeenLastCalledWith(null)
  })
  it('reports, dismisses and explains', () => {
    draw({ open: true })
    click(button(root, '举报'))
    expect(props.onReport).toHaveBeenLastCalledWith('debt_ad')
    click(button(root, '不是'))
    expect(props.onDismiss).toHaveBeenCalledOnce()
    click(button(root, '为什么'))
    expect(card()!.textContent).toContain('每 100 条约有 97 条')
    expect(card()!.textContent).toContain('m-1')
    click(button(root, '⋯'))
    click(button(root, '征信修复'))
    expect(props.onReport).toHaveBeenLastCalledWith('credit_repair')
  })
  it('can take back a report, and shows its receipt', () => {
    draw({ open: true, reported: true, receipt: 'MC-1' })
    expect(card()!.textContent).toContain('回执 MC-1')
    click(button(root, '撤回'))
    expect(props.onUndo).toHaveBeenCalledOnce()
    expect(buttons(root).map((one) => one.textContent)).not.toContain('举报')
  })
  it('closes on Escape with the focus back on its button, and keeps the key from the page', () => {
    draw({ open: true })
    const page = vi.fn()
    document.addEventListener('keydown', page)
    const event = press('Escape', card()!)
    document.removeEventListener('keydown', page)
    expect(props.onOpen).toHaveBeenLastCalledWith(false)
    expect(root.activeElement).toBe(chip())
    expect(event.defaultPrevented).toBe(true)
    expect(page).not.toHaveBeenCalled()
  })
  it('closes on a press outside, not on one inside', () => {
    draw({ open: true })
    act(() => void card()!.dispatchEvent(new PointerEvent('pointerdown', { bubbles: true, composed: true })))
    expect(props.onOpen).not.toHaveBeenCalled()
    act(() => void document.body.dispatchEvent(new PointerEvent('pointerdown', { bubbles: true, composed: true })))
    expect(props.onOpen).toHaveBeenCalledWith(false)
  })
  it('keeps clicks from a post that is a link', () => {
    draw({ open: true })
    const page = vi.fn()
    app.addEventListener('click', page)
    const event = new MouseEvent('click', { bubbles: true, cancelable: true, composed: true })
    act(() => void button(root, '不是').dispatchEvent(event))
    expect(page).not.toHaveBeenCalled()
    expect(event.defaultPrevented).toBe(true)
    expect(props.onDismiss).toHaveBeenCalledOnce()
  })
  it('writes hostile text as text', () => {
    draw({ open: true, text: HOSTILE, verdict: { ...verdict, evidence: [{ start: 0, end: HOSTILE.length, weight: 1 }] } })
    expect(root.querySelector('img, script, b')).toBeNull()
    expect(root.querySelector('.word')!.textContent).toBe(HOSTILE)
  })
  it('leaves nothing behind when removed', () => {
    draw({ open: true })
    act(() => removeMark(root))
    expect(root.querySelector('.theme')).toBeNull()
    press('Escape')
    expect(props.onOpen).not.toHaveBeenCalled()
  })
})

describe('placeCard', () => {
  const view = { width: 400, height: 300 }
  it('goes under the button, inside the window', () => {
    expect(placeCard({ left: 350, right: 380, top: 10, bottom: 30 }, { width: 320, height: 100 }, view)).toMatchObject({ left: 72, top: 34 })
  })
  it('goes above where there is more room', () => {
    expect(placeCard({ left: -20, right: 10, top: 260, bottom: 280 }, { width: 320, height: 200 }, view)).toMatchObject({ left: 8, top: 56 })
  })
})

describe('popup', () => {
  const item = (over: Partial<TabItem> = {}): TabItem => ({ key: 'weibo:1', post, verdict, decision: 'open', reported: false, onPage: true, ...over })
  const tab = (over: Partial<TabState> = {}): TabState => ({ platform: 'weibo', enabled: true, read: 86, pending: 0, notJudged: 0, blind: false, items: [], pageUrl: '', ...over })
  const draw = (over: Partial<PopupProps> = {}): PopupProps => {
    const props: PopupProps = {
      tab: tab(), engine: { state: 'ready' }, settings: DEFAULTS, lang: 'zh', siteName: '微博', reports: 2,
      onReport: vi.fn(), onDismiss: vi.fn(), onUndo: vi.fn(), onShow: vi.fn(), onToggleSite: vi.fn(), onFold: vi.fn(), onSettings: vi.fn(), onRetry: vi.fn(), onAllow: vi.fn(),
      onReload: vi.fn(), onOpenReview: vi.fn(), onLanguage: vi.fn(), onCheck: vi.fn(async () => verdict), reported: new Map(), onHand: vi.fn(), onPreserve: vi.fn(async () => true), ...over,
    }
    act(() => render(<Popup {...props} />, app))
    return props
  }
  const unsure = item({ key: 'weibo:2', verdict: { ...verdict, band: 'unsure' } })

  it.each([
    ['nothing yet', {}, '还没有发现要标记的内容'],
    ['loading', { engine: { state: 'loading' } }, '正在载入识别模型'],
    ['first posts waiting', { engine: { state: 'idle' }, tab: tab({ pending: 3 }) }, '正在载入识别模型'],
    ['not supported', { tab: { kind: 'unsupported' } }, '这个网站还不在识别范围内'],
    ['blind', { tab: tab({ blind: true }) }, '本页的版式我们还不认识'],
    ['read in part', { tab: tab({ partly: 'adapter weibo' }) }, '本页的版式我们还不认识网站可能改版了，有些内容可能没有读到'],
    ['off', { tab: tab({ enabled: false, items: [item()] }) }, '在微博上已关闭'],
    ['store full', { storeReason: 'storeFull' }, '磁盘空间不足'],
    ['not judged', { tab: tab({ notJudged: 4, notJudgedReason: 'engineTimeout' }) }, '4 条未判断这次判断超时'],
    ['strange reason', { tab: tab({ notJudged: 4, notJudgedReason: 'x' }) }, '没有判断成功'],
  ] as [string, Partial<PopupProps>, string][])('says it: %s', (_, over, words) => {
    draw(over)
    expect(app.textContent).toContain(words)
    expect(app.querySelector('.items')).toBeNull()
  })
  it('offers the one way out of each trouble', () => {
    const failed = draw({ engine: { state: 'failed', reason: 'engineLoadFailed', detail: HOSTILE }, tab: tab({ notJudged: 2, notJudgedReason: 'engineLoadFailed' }) })
    expect(app.querySelector('[role=alert]')!.textContent).toContain('识别模型没能载入')
    expect(app.querySelector('code')!.textContent).toBe(HOSTILE)
    expect(app.textContent!.split('识别模型没能载入')).toHaveLength(2)
    click(button(app, '重试'))
    expect(failed.onRetry).toHaveBeenCalledOnce()
    const denied = draw({ tab: { kind: 'permission' } })
    click(button(app, '允许'))
    expect(denied.onAllow).toHaveBeenCalledOnce()
    const old = draw({ tab: { kind: 'error', reason: 'extensionUpdated' } as PopupTab })
    expect(app.textContent).toContain('扩展刚刚更新')
    click(button(app, '刷新本页'))
    expect(old.onReload).toHaveBeenCalledOnce()
  })
  it('lists what it found and acts on it', () => {
    const props = draw({ tab: tab({ items: [item(), unsure], pending: 5 }) })
    expect(app.querySelector('.counts')!.textContent).toBe('已看 86 · 标记 1 · 拿不准 1 · 还有 5 条在看')
    const [first, second] = [...app.querySelectorAll<HTMLElement>('.item')]
    expect(second!.textContent).toContain('拿不准：')
    click(button(first!, '举报'))
    expect(props.onReport).toHaveBeenCalledWith('weibo:1', 'debt_ad')
    click(button(second!, '不是'))
    expect(props.onDismiss).toHaveBeenCalledWith('weibo:2')
    click(first!.querySelector<HTMLElement>('.quote')!)
    expect(props.onShow).toHaveBeenCalledWith('weibo:1')
  })
  it('takes back an answer, and does not jump to what has gone', () => {
    const props = draw({ tab: tab({ items: [item({ reported: true, onPage: false })] }) })
    click(button(app, '撤回'))
    expect(props.onUndo).toHaveBeenCalledWith('weibo:1')
    expect(app.querySelector<HTMLButtonElement>('.quote')!.disabled).toBe(true)
  })
  it('switches the site and the language and opens the desk', () => {
    const props = draw()
    const toggle = app.querySelector<HTMLElement>('[role=switch]')!
    expect(toggle.getAttribute('aria-checked')).toBe('true')
    click(toggle)
    expect(props.onToggleSite).toHaveBeenCalledWith(false)
    click(button(app, 'English'))
    expect(props.onLanguage).toHaveBeenCalledWith('en')
    click(button(app, /举报记录 2/))
    expect(props.onOpenReview).toHaveBeenCalledWith('reported')
  })

  const check = async (said: string) => {
    const box = app.querySelector('textarea')!
    act(() => {
      box.value = said
      box.dispatchEvent(new Event('input', { bubbles: true }))
    })
    await act(async () => void app.querySelector('form')!.dispatchEvent(new Event('submit', { bubbles: true, cancelable: true })))
  }
  it('checks a pasted text: found, with evidence, steps and channels', async () => {
    const props = draw()
    await check(` ${text} `)
    expect(props.onCheck).toHaveBeenCalledWith(text)
    const answer = app.querySelector('.answer')!
    expect(answer.textContent).toContain('疑似 反催收代办 · 广告')
    expect([...answer.querySelectorAll('li.word')].map((one) => one.textContent)).toEqual(['停息挂账', '先办后付'])
    expect(answer.querySelectorAll('.answer > .steps li').length).toBeLessThanOrEqual(4)
    expect([...answer.querySelectorAll('.channels dt')].map((one) => one.textContent)).toContain('96110')
  })
  it.each([
    ['unsure', { ...verdict, band: 'unsure' }, '拿不准：有点像'],
    ['nothing found, which is no seal of approval', { ...verdict, band: 'clean', categories: [], evidence: [] }, '这不代表内容可信'],
    ['not judged', { ...verdict, band: 'not_judged', reason: 'tooLong' }, '文字太长'],
  ] as [string, Verdict, string][])('checks a pasted text: %s', async (_, reply, words) => {
    draw({ onCheck: async () => reply })
    await check('文字')
    expect(app.querySelector('.answer')!.textContent).toContain(words)
    expect(app.querySelector('.channels')).toBeNull()
  })
  it('says so when the check itself fails', async () => {
    draw({ onCheck: async () => Promise.reject(new Error('gone')) })
    await check('文字')
    await vi.waitFor(() => expect(app.querySelector('.answer')?.textContent).toContain('这次没有查成'))
  })
  it('shows no late answer after clearing', async () => {
    let reply: (verdict: Verdict) => void = () => undefined
    draw({ onCheck: () => new Promise((resolve) => (reply = resolve)) })
    await check('文字')
    click(button(app, '清空'))
    await act(async () => reply(verdict))
    expect(app.querySelector('.answer')).toBeNull()
  })
  it('writes hostile text as text', () => {
    draw({ tab: tab({ items: [item({ post: { ...post, text: HOSTILE, author: { name: HOSTILE } } })] }) })
    expect(app.querySelector('img, script, b')).toBeNull()
    expect(app.querySelector('.author')!.textContent).toBe(HOSTILE)
  })
})

const kept = (index: number, over: Partial<Case> = {}): Case => ({
  key: `weibo:${index}`, post: { ...post, id: String(index) }, pageUrl: 'https://weibo.com/', verdict,
  firstSeen: 1e12, lastSeen: 1e12 + index, decision: 'open', history: [{ at: 1e12, what: 'flagged', model: 'm-1' }], ...over,
})

const incoming: Incoming = {
  cases: [kept(7), kept(1, { decision: 'wrong' })],
  counts: { new: 1, joined: 0, same: 3, conflict: 1 },
  conflicts: [{ case: kept(1, { decision: 'wrong' }), ours: 'confirmed' }],
  problems: [{ file: '甲.csv', line: 12, reason: 'cellWrong', detail: '状态 "maybe"' }],
}

describe('review', () => {
  let props: ReviewProps
  const draw = (over: Partial<ReviewProps> = {}) => {
    props = { ...props, ...over }
    act(() => render(<Review {...props} />, app))
  }
  const current = () => app.querySelector('tr[aria-current=true]')?.getAttribute('aria-rowindex')
  beforeEach(() => {
    props = {
      cases: [kept(0), kept(1, { decision: 'confirmed' }), kept(2, { post: { ...post, id: '2', platform: 'zhihu', text: HOSTILE, permalink: 'javascript:alert(1)' } })],
      sites: [{ id: 'weibo', names: { zh: '微博', en: 'Weibo' } }, { id: 'zhihu', names: { zh: '知乎', en: 'Zhihu' } }],
      lang: 'zh', views: [], onViews: vi.fn(), onReadAgain: vi.fn(), onGolden: vi.fn(), reader: '', share: 10, onShare: vi.fn(),
      onDecide: vi.fn((choices: readonly Choice[]) => draw({ cases: props.cases!.map((one) => ({ ...one, ...choices.find((choice) => choice.key === one.key) })) })),
      onExport: vi.fn(() => ({ result: new Promise<never>(() => undefined), cancel: vi.fn() })), onSave: vi.fn(), onLanguage: vi.fn(), link: vi.fn(async (cases) => linksOf(cases)),
      onLists: vi.fn(async () => incoming), onMerge: vi.fn(async () => undefined), known: vi.fn(async () => []), captured: vi.fn(async () => []), onPackage: vi.fn(async () => 'a'.repeat(64)), onVerify: vi.fn((file) => verifyPackage(file)),
    }
  })

  it.each([
    ['being read', { cases: null }, '正在读取记录'],
    ['unreadable', { cases: null, error: 'storeNewer' }, '读不出记录记录来自更新的版本'],
    ['empty', { cases: [] }, '还没有记录'],
    ['a decision not kept', { error: 'storeFull' }, '磁盘空间不足'],
  ] as [string, Partial<ReviewProps>, string][])('says it: %s', (_, over, words) => {
    draw(over)
    expect(app.textContent).toContain(words)
  })
  it('writes the package of the case under work with what a person added, and says its digest', async () => {
    draw({ cases: [kept(0)], captured: vi.fn(async () => [1e12]) })
    await act(async () => undefined)
    const section = app.querySelector('.package')!
    expect(section.textContent).toContain('已固定 1 次')
    const place = [...section.querySelectorAll('label')].find(({ textContent }) => textContent === '地点')!.querySelector('input')!
    place.value = '上海'
    act(() => void place.dispatchEvent(new Event('input', { bubbles: true })))
    await act(async () => section.querySelector<HTMLButtonElement>(':scope > button')!.click())
    expect(props.onPackage).toHaveBeenCalledWith(kept(0), { place: '上海' }, false)
    expect(section.textContent).toContain('a'.repeat(64))
  })
  it('asks for a time stamp only where an authority is named and a person ticks it', async () => {
    draw({ cases: [kept(0)] })
    await act(async () => undefined)
    expect(app.querySelector('.package input[type=checkbox]')).toBeNull()
    draw({ stampHost: 'tsa.example.cn' })
    expect(app.querySelector('.package')!.textContent).toContain('tsa.example.cn')
    act(() => app.querySelector<HTMLInputElement>('.package input[type=checkbox]')!.click())
    await act(async () => app.querySelector<HTMLButtonElement>('.package > button')!.click())
    expect(props.onPackage).toHaveBeenLastCalledWith(kept(0), {}, true)
  })
  it('says that a case was never preserved, and why a package could not be written', async () => {
    draw({ cases: [kept(0)], onPackage: vi.fn(async () => Promise.reject(new Error('没有网址'))) })
    await act(async () => undefined)
    expect(app.querySelector('.package')!.textContent).toContain('还没有固定过')
    await act(async () => app.querySelector<HTMLButtonElement>('.package > button')!.click())
    await vi.waitFor(() => expect(app.querySelector('.package')!.textContent).toContain('没有写成：没有网址'))
  })
  it('checks a package that is dropped: whole, and what is wrong where', async () => {
    draw()
    const drop = async (bytes: Uint8Array<ArrayBuffer>): Promise<string> => {
      const event = new Event('drop', { cancelable: true })
      Object.assign(event, { dataTransfer: { files: [new File([bytes], '甲.wacz')] } })
      act(() => void dispatchEvent(event))
      await vi.waitFor(() => expect(app.querySelector('dialog [role=alert]')).not.toBeNull())
      const said = app.querySelector('dialog')!.textContent
      act(() => void app.querySelector('dialog')!.dispatchEvent(new Event('close')))
      return said
    }
    const bytes = await writePackage(source())
    expect(await drop(bytes)).toMatch(/完好.*SHA-256 [0-9a-f]{64}.*微博 · 小鹿 "A"/)
    bytes[1_000]! ^= 1
    expect(await drop(bytes)).toMatch(/不完好：有 \d 处不符.*archive\/data\.warc 内容与校验值不符/)
    expect(await drop(new Uint8Array(3))).toContain('不是本程序写成的数据包')
  })
  it('goes through the cases by key and decides them', () => {
    draw()
    expect(current()).toBe('2')
    press('ArrowDown')
    expect(current()).toBe('3')
    press('k')
    press('2')
    expect(props.onDecide).not.toHaveBeenCalled()
    press('Enter')
    expect(props.onDecide).toHaveBeenLastCalledWith([{ key: 'weibo:0', decision: 'wrong' }])
    expect(current()).toBe('3')
    press('J')
    press('1')
    press('3')
    press('Enter')
    expect(props.onDecide).toHaveBeenLastCalledWith([{ key: 'weibo:2', decision: 'unsure' }])
  })
  it('takes decisions back, last first', () => {
    draw()
    press('1')
    press('Enter')
    click(button(app, /误标/))
    expect(props.onDecide).toHaveBeenLastCalledWith([{ key: 'weibo:1', decision: 'wrong' }])
    press('u')
    expect(props.onDecide).toHaveBeenLastCalledWith([{ key: 'weibo:1', decision: 'confirmed' }])
    press('u')
    expect(props.onDecide).toHaveBeenLastCalledWith([{ key: 'weibo:0', decision: 'open' }])
    expect(current()).toBe('2')
    vi.mocked(props.onDecide).mockClear()
    press('u')
    expect(props.onDecide).not.toHaveBeenCalled()
  })
  it('leaves keys alone while the person writes or holds a browser key', () => {
    draw()
    press('1', app.querySelector('input[type=search]')!)
    press('1', document.body, { ctrlKey: true })
    press('1', document.body, { isComposing: true })
    expect(props.onDecide).not.toHaveBeenCalled()
  })
  it('has a help that is its keyboard map', () => {
    draw()
    press('？')
    const help = app.querySelector('dialog')!
    for (const { shown } of BINDINGS) for (const key of shown) expect(help.textContent).toContain(key)
    press('1')
    expect(props.onDecide).not.toHaveBeenCalled()
  })
  it('filters, keeps the filter in the address, and exports what it shows', () => {
    draw()
    click(button(app.querySelector('.filters')!, /^已确认/))
    expect(location.hash).toBe('#state=confirmed')
    expect(app.querySelector('.count')!.textContent).toBe('显示 1 / 共 3 条')
    click(button(app, '导出 1 条'))
    click(button(app, 'CSV'))
    expect(props.onExport).toHaveBeenLastCalledWith('csv', [props.cases![1]], { filter: 'state=confirmed', tlp: 'amber' }, expect.any(Function))
    click(button(app, '关闭'))
    click(button(app, '清除筛选'))
    click(button(app, '导出 3 条'))
    const tlp = app.querySelector<HTMLSelectElement>('dialog select')!
    tlp.value = 'red'
    act(() => void tlp.dispatchEvent(new Event('change', { bubbles: true })))
    click(button(app, 'STIX 2.1'))
    expect(props.onExport).toHaveBeenLastCalledWith('stix', props.cases, { filter: '', tlp: 'red' }, expect.any(Function))
  })
  it('shows how far an export is, cancels it, and says by what the file is checked', async () => {
    const cancel = vi.fn()
    let finish: (written: Written) => void
    draw({
      onExport: (_format, _cases, _of, onProgress) => {
        onProgress(2)
        return { result: new Promise((resolve) => (finish = resolve)), cancel }
      },
    })
    click(button(app, '导出 3 条'))
    click(button(app, 'XLSX'))
    expect(app.querySelector('progress')!.max).toBe(3)
    click(button(app, '取消'))
    expect(cancel).toHaveBeenCalledOnce()
    click(button(app, 'HTML'))
    const written = await writeFile(FORMATS.find(({ id }) => id === 'html')!, 'a.html', props.cases!, { madeAt: 0, timeZone: 'UTC', policy: 'p', filter: '', siteNames: {} }, () => undefined)
    await act(async () => finish(written))
    expect(props.onSave).toHaveBeenLastCalledWith(written.file, 'a.html')
    expect(app.querySelector('dialog')!.textContent).toContain(written.about.fileSha256)
  })
  it('starts from the address', () => {
    history.replaceState(null, '', '#site=zhihu&q=%E5%81%9C%E6%81%AF')
    draw()
    expect(app.querySelectorAll('tbody tr')).toHaveLength(1)
    expect(app.querySelector<HTMLInputElement>('input[type=search]')!.value).toBe('停息')
  })
  it('offers to clear filters that match nothing', () => {
    history.replaceState(null, '', '#q=zzz')
    draw()
    expect(app.textContent).toContain('没有符合筛选的记录')
    expect(button(app, '导出 0 条').disabled).toBe(true)
    click(button(app.querySelector('.middle')!, '清除筛选'))
    expect(app.querySelectorAll('tbody tr')).toHaveLength(3)
  })
  it('moves to what takes its place when a decision takes a case out of the filter', () => {
    history.replaceState(null, '', '#state=open')
    draw()
    press('1')
    press('Enter')
    expect(app.querySelectorAll('tbody tr')).toHaveLength(1)
    expect(app.querySelector('.full')!.textContent).toBe(HOSTILE)
    press('1')
    press('Enter')
    expect(app.querySelector('.detail')!.textContent).toBe('')
  })
  describe('with what links the cases', () => {
    const ad = (code: string) => `${text}，名额不多，有需要的姐妹加v：${code}`
    const linked = () => [
      kept(0, { post: { ...post, id: '0', text: ad('abc12345') } }),
      kept(1, { firstSeen: 1e12 - 7_000_000, post: { ...post, id: '1', text: ad('zz998877'), author: { name: '另一人' } } }),
      kept(2, { post: { ...post, id: '2', text: '今天的晚饭，微信ABC12345' } }),
      kept(3, { post: { ...post, id: '3', text: '没有别的' } }),
    ]
    const rows = () => [...app.querySelectorAll('tbody tr')].map((one) => one.getAttribute('aria-rowindex') && one.querySelector('.words-of')!.textContent!.slice(-8))

    it('shows the family: figures, template, a count in the row, and a button to see it alone', async () => {
      draw({ cases: linked() })
      expect(app.querySelector('.kin')).toBeNull()
      await settle()
      expect([...app.querySelectorAll('.twins')].map((one) => one.textContent)).toEqual(['同模板 2', '同模板 2'])
      const family = app.querySelector('.kin')!
      expect(family.textContent).toContain('2 条 · 2 个账号 · 2 小时内')
      expect(family.querySelector('.template')!.textContent).toContain('加v:〔…〕')
      click(button(family, '只看这一组'))
      expect(location.hash).toBe('#family=weibo%3A1')
      expect(rows()).toEqual(['abc12345', 'zz998877'])
      click(button(app.querySelector('.filters')!, /^同一模板2$/))
      expect(rows()).toHaveLength(4)
    })
    it('masks contacts until they are opened, and never writes one into the address', async () => {
      draw({ cases: linked() })
      await settle()
      const contacts = () => app.querySelector<HTMLElement>('section[aria-label=同一联系方式]')!
      expect(contacts().textContent).toContain('微信ab…45')
      expect(contacts().textContent).not.toContain('abc12345')
      click(button(contacts(), 'ab…45'))
      expect(contacts().textContent).toContain('微信abc12345')
      click(button(contacts(), '共 2 条'))
      expect(location.hash).toBe(`#contact=${tagOf('wechat:abc12345')}`)
      expect(rows()).toEqual(['abc12345', 'ABC12345'])
      press('j')
      expect(contacts().textContent).toContain('ab…45')
      press('k')
      expect(contacts().textContent).toContain('微信ab…45')
    })
    it('says which contact nobody shares, and nothing where there is none', async () => {
      draw({ cases: linked() })
      await settle()
      press('j')
      expect(app.querySelector('section[aria-label=同一联系方式]')!.textContent).toContain('仅此一条')
      press('j')
      press('j')
      expect(app.querySelector('.kin')).toBeNull()
    })
    it('starts from the address, by any case of the family, and says that it is reading until then', async () => {
      history.replaceState(null, '', '#family=weibo%3A0')
      draw({ cases: linked() })
      expect(app.querySelector('.middle')!.textContent).toBe('正在读取记录…')
      await settle()
      expect(rows()).toHaveLength(2)
      history.replaceState(null, '', '#family=weibo%3A3')
      act(() => void dispatchEvent(new Event('hashchange')))
      expect(app.textContent).toContain('没有符合筛选的记录')
    })
    it('links once for each list of words: a decision is no new list', async () => {
      draw({ cases: linked() })
      await settle()
      press('1')
      press('Enter')
      await settle()
      expect(props.onDecide).toHaveBeenCalledOnce()
      expect(props.link).toHaveBeenCalledOnce()
      draw({ cases: [...props.cases!, kept(9, { post: { ...post, id: '9', text: ad('yy554433') } })] })
      await settle()
      expect(props.link).toHaveBeenCalledTimes(2)
      expect(app.querySelector('.twins')!.textContent).toBe('同模板 3')
    })
    it('works without links where finding them fails', async () => {
      draw({ cases: linked(), link: () => Promise.reject(new Error('gone')) })
      await settle()
      expect(rows()).toHaveLength(4)
      expect(app.querySelector('.kin')).toBeNull()
    })
  })
  describe('with lists of colleagues', () => {
    const choose = async () => {
      const input = app.querySelector<HTMLInputElement>('input[type=file]')!
      const file = new File(['{}'], '甲.csv')
      Object.defineProperty(input, 'files', { value: [file], configurable: true })
      act(() => void input.dispatchEvent(new Event('change', { bubbles: true })))
      return file
    }
    const dialog = () => app.querySelector<HTMLElement>('dialog.import')

    it('shows what merging would do before it does it: counts, conflicts, lines that cannot be read', async () => {
      draw()
      const file = await choose()
      expect(props.onLists).toHaveBeenCalledWith([file])
      expect(dialog()!.textContent).toContain('正在读取记录…')
      expect(button(dialog()!, '合并').disabled).toBe(true)
      await settle()
      for (const words of ['新增 1 条 · 补充 0 条 · 相同 3 条 · 决定不一致 1 条', '本机 已确认，名单 误标', '甲.csv 第 12 行有一格不对：状态 "maybe"']) expect(dialog()!.textContent).toContain(words)
      press('1')
      expect(props.onDecide).not.toHaveBeenCalled()
      expect(props.onMerge).not.toHaveBeenCalled()
      click(button(dialog()!, '合并'))
      await settle()
      expect(props.onMerge).toHaveBeenCalledWith(incoming.cases)
      expect(dialog()).toBeNull()
      expect(app.querySelector('.unseen')!.textContent).toContain('已合并：新增 1 条')
    })
    it('offers no merge of what says nothing new', async () => {
      draw({ onLists: async () => ({ ...incoming, counts: { new: 0, joined: 0, same: 4, conflict: 0 }, conflicts: [], problems: [] }) })
      await choose()
      await settle()
      expect(button(dialog()!, '合并').disabled).toBe(true)
      click(button(dialog()!, '关闭'))
      expect(dialog()).toBeNull()
    })
    it('says why it could not read or merge, and that nothing was imported', async () => {
      draw({ onLists: () => Promise.reject(Object.assign(new Error('x'), { reason: 'storeNewer' })) })
      await choose()
      await settle()
      expect(dialog()!.textContent).toContain('记录来自更新的版本')
      click(button(dialog()!, '关闭'))
      draw({ onLists: async () => incoming, onMerge: () => Promise.reject(Object.assign(new Error('x'), { reason: 'storeFull' })) })
      await choose()
      await settle()
      click(button(dialog()!, '合并'))
      await settle()
      expect(dialog()!.textContent).toMatch(/一条也没有导入。.*磁盘空间不足/)
    })
    it('shows a conflict with the case until it is decided again', () => {
      draw({ cases: [kept(0, { decision: 'confirmed', history: [{ at: 1e12, what: 'confirmed', model: 'm' }, { at: 2e12, what: 'wrong', model: 'm', imported: 3e12 }] })] })
      expect(app.querySelector('.history')!.textContent).toContain('名单里的决定是“误标”，与本机不同。')
      expect(app.querySelector('.history li:last-child')!.textContent).toContain('误标 来自名单')
    })
  })
  it('shows all that is known of a case, with safe links only', () => {
    draw({ cases: [kept(0, { report: { receipt: 'MC-7', at: 1e12, category: 'debt_ad', note: '备注一' } }), props.cases![2]!] })
    const detail = app.querySelector('.detail')!
    expect([...detail.querySelectorAll('mark')].map((one) => one.textContent)).toEqual(['停息挂账', '先办后付'])
    for (const words of ['MC-7', '备注一', '首次标记', 'm-1', '微博 · 帖子']) expect(detail.textContent).toContain(words)
    const links = [...detail.querySelectorAll('a')]
    expect(links.map((one) => one.href)).toEqual(['https://weibo.com/1/1', 'https://weibo.com/'])
    expect(links.every((one) => one.rel === 'noopener noreferrer')).toBe(true)
    press('j')
    expect([...app.querySelectorAll('.detail a')].map((one) => one.getAttribute('href'))).toEqual(['https://weibo.com/'])
    expect(app.querySelector('img, script, b')).toBeNull()
  })
  it('draws only the rows in sight of twenty thousand', () => {
    draw({ cases: Array.from({ length: 20_000 }, (_, index) => kept(index)) })
    expect(app.querySelectorAll('tbody tr').length).toBeLessThan(60)
    expect(app.querySelector('table')!.getAttribute('aria-rowcount')).toBe('20001')
    for (let step = 0; step < 40; step++) press('j')
    expect(app.querySelector('.full')).not.toBeNull()
  })
})

describe('state', () => {
  it('reads back the address it wrote, and ignores what it does not know', () => {
    const filter = { site: 'weibo', category: 'debt_ad', band: 'unsure', state: 'reported', form: 'ad', time: 'week', from: '2026-11-01', to: '2026-11-23', origin: 'list', reporter: 'here', author: 'weibo 小鹿', page: 'https://weibo.com/', family: 'weibo:1', contact: tagOf('qq:12345678'), q: 'a&b=停 息#' } as const
    expect(filterOf(hashOf(filter))).toEqual(filter)
    expect(hashOf(ALL)).toBe('')
    expect(filterOf('#state=evil&category=__proto__&band=1&time=year&from=2026-13-99&to=gestern&origin=x')).toEqual(ALL)
  })
  it('searches all words, in any width and case', () => {
    const one = kept(1, { post: { ...post, author: { name: 'ＡＢＣ小鹿' } } })
    expect(filterBy({ ...ALL, q: 'abc 停息' })(one)).toBe(true)
    expect(filterBy({ ...ALL, q: 'abc 没有' })(one)).toBe(false)
  })
  it('keeps the height of a list whatever part of it is drawn', () => {
    for (const [top, count] of [[0, 0], [0, 5], [51_000, 20_000], [9e9, 20_000]] as const) {
      const { start, end, above, below } = windowOf(top, 800, count, 52)
      expect(above + (end - start) * 52 + below).toBe(count * 52)
      expect(end - start).toBeLessThan(40)
    }
  })
})

describe('evidence', () => {
  it('cuts the text where spans begin and end, overlapping ones once', () => {
    const pieces = piecesOf('0123456789', [{ start: 6, end: 99, weight: 1 }, { start: 1, end: 3, weight: 1 }, { start: 2, end: 5, weight: 1 }, { start: -4, end: 0, weight: 1 }])
    expect(pieces.map(({ text: piece, marked }) => (marked ? `[${piece}]` : piece)).join('')).toBe('0[1234]5[6789]')
    expect(piecesOf('', [{ start: 0, end: 3, weight: 1 }])).toEqual([])
  })
  it('names each word once, best first', () => {
    expect(wordsOf('甲乙甲 ', [{ start: 2, end: 4, weight: 1 }, { start: 0, end: 1, weight: 1 }, { start: 1, end: 2, weight: 1 }, { start: 9, end: 12, weight: 1 }]).map(({ word }) => word)).toEqual(['甲', '乙'])
  })
})
