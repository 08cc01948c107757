/** @jsxImportSource preact */
// @vitest-environment happy-dom
import { render } from 'preact'
import { act } from 'preact/test-utils'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { linksOf } from '../../src/review/links.ts'
import { DEFAULTS, settingsOf, type View, VIEWS } from '../../src/store/settings.ts'
import { accountOf, type Case, type Choice, type Post, type Verdict } from '../../src/types.ts'
import { neighboursOf } from '../../src/ui/review-neighbours.tsx'
import { sampleOf } from '../../src/ui/review-family.tsx'
import { Review, type ReviewProps } from '../../src/ui/review.tsx'
import { ALL, countsOf, type Filter, filterBy } from '../../src/ui/state.ts'

const verdict: Verdict = { band: 'flagged', score: 0.97, categories: ['debt_ad'], form: 'ad', evidence: [], model: 'm-1' }
const post: Post = { platform: 'weibo', id: '1', kind: 'post', text: '停息挂账，先办后付', author: { name: '小鹿' }, permalink: '' }
const kept = (id: string, over: Partial<Case> = {}, of: Partial<Post> = {}): Case => ({
  key: `weibo:${id}`, post: { ...post, id, ...of }, pageUrl: 'https://weibo.com/', verdict,
  firstSeen: 1e12, lastSeen: 1e12, decision: 'open', history: [{ at: 1e12, what: 'flagged', model: 'm-1' }], ...over,
})

let app: HTMLElement
let props: ReviewProps
const draw = (over: Partial<ReviewProps> = {}) => {
  props = { ...props, ...over }
  act(() => render(<Review {...props} />, app))
}
const settle = () => act(() => new Promise<void>((resolve) => setTimeout(resolve)))
const button = (root: ParentNode, name: string | RegExp) => {
  const all = [...root.querySelectorAll('button')]
  const found = all.find(({ textContent }) => (typeof name === 'string' ? textContent.trim() === name : name.test(textContent)))
  if (!found) throw new Error(`no button ${name} among ${all.map((one) => one.textContent)}`)
  return found
}
const click = (element: HTMLElement) => act(() => element.click())
const press = (key: string, target: EventTarget = document.body) => {
  const event = new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true })
  act(() => void target.dispatchEvent(event))
  return event
}
const rows = () => [...app.querySelectorAll('tbody tr[aria-rowindex]')].length
beforeEach(() => {
  document.body.replaceChildren()
  app = document.body.appendChild(document.createElement('div'))
  history.replaceState(null, '', '#')
  props = {
    cases: [], sites: [{ id: 'weibo', names: { zh: '微博', en: 'Weibo' } }], lang: 'zh', views: [],
    onReadAgain: vi.fn(), onGolden: vi.fn(), reader: '', share: 10, onShare: vi.fn(), known: vi.fn(async () => []),
    onViews: vi.fn((change) => draw({ views: change(props.views) })),
    onDecide: vi.fn((choices: readonly Choice[]) => draw({ cases: props.cases!.map((one) => ({ ...one, ...choices.find((choice: Choice) => choice.key === one.key) })) })), onExport: vi.fn(), onSave: vi.fn(), onLanguage: vi.fn(), link: vi.fn(async (cases) => linksOf(cases)),
    onLists: vi.fn(), onMerge: vi.fn(), captured: vi.fn(async () => []), onPackage: vi.fn(), onVerify: vi.fn(),
  }
})
afterEach(() => act(() => render(null, app)))

describe('filters', () => {
  const now = new Date(2026, 10, 23, 12).getTime()
  const at = (day: number, hour: number) => ({ lastSeen: new Date(2026, 10, day, hour).getTime() })
  const listed: Case['history'] = [{ at: 1, what: 'flagged', model: 'm', imported: 2 }, { at: 3, what: 'confirmed', model: 'm' }]
  const report = { receipt: 'MC-1', at: 1, category: null, note: '' }
  const cases = [
    kept('today', at(23, 9)),
    kept('sunday', { ...at(22, 23), verdict: { ...verdict, form: 'tutorial' } }, { author: { name: '小鹿', id: 'u7' } }),
    kept('early', { ...at(2, 0), history: listed, pageUrl: 'https://weibo.com/7/x' }),
    kept('old', { ...at(1, 23), report, history: [{ at: 1, what: 'reported', model: 'm', imported: 5 }, { at: 2, what: 'flagged', model: 'm' }] }),
  ]
  it.each([
    [{ form: 'tutorial' }, ['sunday']],
    [{ time: 'day' }, ['today', 'sunday']],
    [{ time: 'week' }, ['today', 'sunday']],
    [{ time: 'month' }, ['today', 'sunday', 'early', 'old']],
    [{ from: '2026-11-02', to: '2026-11-22' }, ['sunday', 'early']],
    [{ to: '2026-11-01' }, ['old']],
    [{ from: '2026-11-23' }, ['today']],
    [{ origin: 'list' }, ['early']],
    [{ origin: 'here' }, ['today', 'sunday', 'old']],
    [{ reporter: 'list' }, ['old']],
    [{ reporter: 'here' }, []],
    [{ author: 'weibo u7' }, ['sunday']],
    [{ page: 'https://weibo.com/7/x' }, ['early']],
    [{ origin: 'here', time: 'day', form: 'ad' }, ['today']],
  ] as [Partial<Filter>, string[]][])('%j shows %j', (filter, ids) => {
    expect(cases.filter(filterBy({ ...ALL, ...filter }, undefined, now)).map((one) => one.post.id)).toEqual(ids)
  })
  it('counts what each choice would show', () => {
    const counts = countsOf(cases, now)
    expect(['form ad', 'form tutorial', 'time day', 'time month', 'origin list', 'origin here', 'reporter list', 'reporter here'].map((name) => counts.get(name) ?? 0)).toEqual([3, 1, 2, 4, 1, 3, 1, 0])
  })
  it('tells accounts apart by id, else by name', () => {
    expect(accountOf(cases[0]!.post)).toBe('weibo 小鹿')
    expect(accountOf(cases[1]!.post)).toBe('weibo u7')
  })
  it('takes days of one’s own in place of a span, and combines with the rest', () => {
    draw({ cases })
    const day = (end: number, value: string) => {
      const input = app.querySelectorAll<HTMLInputElement>('.filters input[type=date]')[end]!
      input.value = value
      act(() => void input.dispatchEvent(new Event('change', { bubbles: true })))
    }
    day(0, '2026-11-02')
    day(1, '2026-11-22')
    expect(rows()).toBe(2)
    click(button(app.querySelector('[aria-label=形式]')!, /教程/))
    expect(location.hash).toBe('#form=tutorial&from=2026-11-02&to=2026-11-22')
    expect(rows()).toBe(1)
    click(button(app.querySelector('[aria-label=最近发现]')!, /^全部/))
    expect(location.hash).toBe('#form=tutorial')
  })
})

describe('saved views', () => {
  const submit = (name: string) => {
    const form = app.querySelector<HTMLFormElement>('.views form')!
    form.querySelector('input')!.value = name
    act(() => void form.dispatchEvent(new Event('submit', { bubbles: true, cancelable: true })))
  }
  it('names the filters that are set, brings them back, and lets them go', () => {
    draw({ cases: [kept('1'), kept('2', { verdict: { ...verdict, band: 'unsure' } })] })
    expect(app.querySelector('.views')).toBeNull()
    click(button(app.querySelector('[aria-label=档位]')!, /拿不准/))
    submit('  ')
    expect(props.views).toEqual([])
    submit(' 待定 ')
    expect(props.views).toEqual([{ name: '待定', address: '#band=unsure' }])
    expect(app.querySelector('.views form')).toBeNull()
    click(button(app, '清除筛选'))
    expect(rows()).toBe(2)
    click(button(app.querySelector('.views')!, '待定'))
    expect(location.hash).toBe('#band=unsure')
    expect(rows()).toBe(1)
    click(app.querySelector<HTMLElement>('.views [aria-label="删除视图“待定”"]')!)
    expect(props.views).toEqual([])
  })
  it('are settings: what is no view is dropped, and no more are read than are kept', () => {
    const good: View = { name: '待定', address: '#band=unsure' }
    expect(settingsOf({ version: 2, views: [good, { name: 1, address: '#' }, { name: 'x', address: 'https://a.example/' }, null, { name: 'x'.repeat(99), address: '#a' }] }).views).toEqual([good])
    expect(settingsOf({ version: 2, views: 'x' }).views).toEqual(DEFAULTS.views)
    expect(settingsOf({ version: 2, views: Array.from({ length: 99 }, () => good) }).views).toHaveLength(VIEWS.most)
  })
})

describe('deciding by keys', () => {
  const decisions = () => props.cases!.map(({ decision }) => decision)
  const pressed = () => app.querySelector('.decide [aria-pressed=true]')?.textContent
  it('keeps what a number chose only on Enter, and goes on; another number corrects it', () => {
    draw({ cases: [kept('1'), kept('2')] })
    press('2')
    expect(pressed()).toContain('误标')
    expect(decisions()).toEqual(['open', 'open'])
    press('1')
    press('Enter')
    expect(decisions()).toEqual(['confirmed', 'open'])
    expect(app.querySelector('tr[aria-current=true]')!.getAttribute('aria-rowindex')).toBe('3')
    press('2')
    press('k')
    press('j')
    expect(pressed()).toBeUndefined()
    press('Enter')
    expect(decisions()).toEqual(['confirmed', 'open'])
  })
  it('leaves Enter to a button that the keyboard stands on, but not to the row under work', () => {
    draw({ cases: [kept('1'), kept('2')] })
    press('1')
    expect(press('Enter', button(app, '导入名单')).defaultPrevented).toBe(false)
    expect(decisions()).toEqual(['open', 'open'])
    press('Enter', app.querySelector('.words-of')!)
    expect(decisions()).toEqual(['confirmed', 'open'])
  })
})

describe('a whole family', () => {
  const ad = (n: number) => `网贷逾期，停息挂账，先办后付，名额不多，有需要的姐妹加v：abc${n}2345`
  const family = () => [...Array(8).keys()].map((n) => kept(String(n), { firstSeen: 1e12 + n, ...(n === 3 ? { decision: 'wrong' as const } : {}) }, { text: ad(n) }))
  const dialog = () => app.querySelector<HTMLElement>('dialog.family-decide')!
  it('is decided in one step after a sample, leaves what was decided, and is taken back in one', async () => {
    draw({ cases: [...family(), kept('other', {}, { text: '今天吃什么' })] })
    await settle()
    press('f')
    expect(dialog().querySelectorAll('li')).toHaveLength(5)
    expect(dialog().textContent).toContain('待处理的 7 条会一起改；已有决定的 1 条不动。')
    press('Enter', dialog())
    expect(props.onDecide).not.toHaveBeenCalled()
    press('1', dialog())
    press('Enter', dialog())
    expect(props.onDecide).toHaveBeenCalledOnce()
    expect(app.querySelector('dialog')).toBeNull()
    expect(props.cases!.map(({ decision }) => decision)).toEqual(['confirmed', 'confirmed', 'confirmed', 'wrong', 'confirmed', 'confirmed', 'confirmed', 'confirmed', 'open'])
    press('u')
    expect(props.cases!.map(({ decision }) => decision)).toEqual(['open', 'open', 'open', 'wrong', 'open', 'open', 'open', 'open', 'open'])
  })
  it('is nothing for a case on its own', async () => {
    draw({ cases: [kept('1')] })
    await settle()
    press('f')
    expect(app.querySelector('dialog')).toBeNull()
  })
  it('is sampled from its first text to its last', () => {
    expect(sampleOf(family()).sample).toEqual([0, 2, 4, 5, 7].map(ad))
    expect(sampleOf([kept('1'), kept('2')])).toEqual({ texts: [post.text], sample: [post.text] })
  })
})

describe('neighbours', () => {
  const page = { pageUrl: 'https://weibo.com/7/x' }
  const one = kept('1', page, { parentId: 'p' })
  const cases = [
    one,
    kept('thread', {}, { parentId: 'p', author: { name: '甲' } }),
    kept('far', { firstSeen: 2e12 }),
    kept('near', { firstSeen: 1e12 + 5 }),
    kept('page', page, { author: { name: '乙' } }),
    kept('none', {}, { author: { name: '丙' } }),
  ]
  it('are the thread, the author’s others and the page’s, nearest first, each once', () => {
    expect(neighboursOf(one, cases).map(({ name, cases: its }) => [name, its.map(({ post: { id } }) => id)])).toEqual([['sameThread', ['thread']], ['sameAuthor', ['near', 'far']], ['samePage', ['page']]])
    expect(neighboursOf(kept('5'), [kept('5'), kept('6', {}, { author: { name: '丁' } })])).toEqual([])
  })
  it('are opened from the detail, under a filter that shows them where the present one does not', () => {
    history.replaceState(null, '', '#page=https%3A%2F%2Fweibo.com%2F7%2Fx')
    draw({ cases })
    expect(rows()).toBe(2)
    click(app.querySelectorAll<HTMLElement>('.neighbours .near')[1]!)
    expect(location.hash).toBe('#author=weibo+%E5%B0%8F%E9%B9%BF')
    expect(app.querySelector('tr[aria-current=true]')!.getAttribute('aria-rowindex')).toBe('4')
  })
})

describe('the whole', () => {
  const ad = (n: number) => `网贷逾期，停息挂账，先办后付，名额不多，有需要的姐妹加v：abc12345，第${n}位`
  const decided = () => [...Array(60).keys()].map((n) => kept(String(n), { decision: 'confirmed', history: [{ at: 1e12, what: 'confirmed', model: 'm' }] }, { text: ad(n), author: { name: `号${n}` } }))
  const desk = (name: string) => click(button(app.querySelector('.desks')!, name))

  it('is a view of what the filters show, kept in the address; a row of the chain leads to its posts', async () => {
    draw({ cases: [...decided(), kept('x')] })
    await settle()
    desk('产业链')
    expect(location.hash).toBe('#desk=chain')
    expect(app.querySelector('.detail')).toBeNull()
    const row = app.querySelector('.matrix tbody tr')!
    expect([...row.querySelectorAll('td')].map((cell) => cell.textContent)).toEqual(['', '', '', '', '60', '', '1', '60', '60'])
    expect(row.textContent).not.toContain('abc12345')
    click(button(app.querySelector('.board')!, '按同一模板'))
    click(app.querySelector<HTMLElement>('.matrix tbody button')!)
    expect(location.hash).toBe('#family=weibo%3A0')
    press('1')
    expect(app.querySelector('.decide')).not.toBeNull()
  })
  it('draws the charts with a table each', () => {
    history.replaceState(null, '', '#desk=figures')
    draw({ cases: decided() })
    const titles = [...app.querySelectorAll('.figure')].map((one) => [one.getAttribute('aria-label'), one.querySelectorAll('svg rect').length > 0, one.querySelectorAll('table').length])
    expect(titles.map(([, , tables]) => tables)).toEqual([1, 1, 1, 1])
    expect(titles[0]).toEqual(['标记了多少：按日、按平台', true, 1])
    expect(app.querySelector('[aria-label^=审核判为]')!.textContent).toContain('100% (94%–100%)')
  })
  it('lets a tenth be read again without showing what was said', () => {
    history.replaceState(null, '', '#desk=quality')
    draw({ cases: decided() })
    const left = () => Number(/\d+/.exec(app.querySelector('.figure [role=status]')!.textContent)![0])
    const before = left()
    expect(app.querySelector('.board')!.textContent).not.toContain('已确认')
    press('Enter')
    expect(props.onReadAgain).not.toHaveBeenCalled()
    press('2')
    press('Enter')
    expect(props.onReadAgain).toHaveBeenCalledOnce()
    expect(vi.mocked(props.onReadAgain).mock.calls[0]![1]).toBe('wrong')
    expect(left()).toBe(before - 1)
    expect(props.onDecide).not.toHaveBeenCalled()
  })
  it('lets the share of second readings be chosen, and golden cases be read whatever it is', () => {
    history.replaceState(null, '', '#desk=quality')
    const [one, ...rest] = decided()
    const golden = { ...one!, history: [...one!.history, { at: one!.lastSeen, what: 'confirmed' as const, model: 'm', by: '甲', golden: true }] }
    draw({ cases: [golden, ...rest], share: 0, reader: '乙' })
    expect(app.querySelector('.figure [role=status]')!.textContent).toContain('1')
    const select = app.querySelector<HTMLSelectElement>('.figure select')!
    select.value = '5'
    act(() => void select.dispatchEvent(new Event('change', { bubbles: true })))
    expect(props.onShare).toHaveBeenCalledExactlyOnceWith(5)
  })
  it('makes a judged case golden, and takes that back', () => {
    const [one] = decided()
    draw({ cases: [one!] })
    click(button(app, '设为金标'))
    expect(props.onGolden).toHaveBeenLastCalledWith(one!.key, true)
    draw({ cases: [{ ...one!, history: [...one!.history, { at: 9, what: 'confirmed', model: 'm', golden: true }] }] })
    expect(app.querySelector('.history')!.textContent).toContain('金标：已确认')
    click(button(app, '取消金标'))
    expect(props.onGolden).toHaveBeenLastCalledWith(one!.key, false)
  })
})
