/** Every screen of the extension, and how a person comes to it: what the accessibility test walks, in either browser. */
import { readdirSync } from 'node:fs'
import { DESKS } from '../../src/ui/state.ts'
import type { Case } from '../../src/types.ts'

export interface Screen {
  name: string
  /** Address within the extension; TAB stands for the id of a tab with a feed. */
  path: string
  /** Run in the page one after the other, each until it is done. */
  steps?: readonly string[]
}

const ADVERT = '网贷逾期不用怕，停息挂账找我们，先办后付，不成功不收费，点头像私信'
/** What is looked for appears within this time, in steps of 100 ms. */
const LOOKS = 300

/** Tries until the expression gives something. */
const wait = (expression: string): string => `(async () => {
  for (let look = 0; look < ${LOOKS}; look++) {
    const found = ${expression}
    if (found) return found
    await new Promise((done) => setTimeout(done, 100))
  }
  throw new Error(${JSON.stringify(`not there: ${expression}`)})
})()`
export const until = (selector: string): string => `${wait(`document.querySelector(${JSON.stringify(selector)})`)}.then(() => true)`
/** Presses the first button (or summary) that holds these words or is named so. */
const press = (words: string): string =>
  `${wait(`[...document.querySelectorAll('button:not(:disabled), summary')].find((one) => (one.textContent + one.ariaLabel).includes(${JSON.stringify(words)}))`)}.then((one) => one.click())`
const write = (selector: string, text: string): string =>
  `${wait(`document.querySelector(${JSON.stringify(selector)})`)}.then((one) => { one.value = ${JSON.stringify(text)}; one.dispatchEvent(new Event(one.localName === 'select' ? 'change' : 'input', { bubbles: true })) })`
const give = (selector: string, name: string, content: string): string =>
  `${wait(`document.querySelector(${JSON.stringify(selector)})`)}.then((one) => {
    const data = new DataTransfer()
    data.items.add(new File([${JSON.stringify(content)}], ${JSON.stringify(name)}))
    one.files = data.files
    one.dispatchEvent(new Event('change', { bubbles: true }))
  })`
const unfold = `document.querySelectorAll('details').forEach((one) => (one.open = true))`

/** A list of a colleague: a family of twelve with one contact, as the desk's links, chain and dialogs need. */
const LIST = Array.from({ length: 12 }, (_, n): Case => ({
  key: `weibo:list${n}`,
  post: { platform: 'weibo', id: `list${n}`, kind: 'post', text: `网贷逾期，停息挂账，先办后付，名额不多，加微信 debt_help88，编号${n}`, author: { name: `作者${n % 6}`, id: `u${n % 6}` }, permalink: `https://weibo.com/1/list${n}` },
  pageUrl: 'https://weibo.com/',
  verdict: { band: 'flagged', score: 0.9, categories: ['debt_ad', 'alliance_recruit'], form: 'ad', evidence: [{ start: 5, end: 9, weight: 1 }], model: 'm' },
  firstSeen: 1.79e12 + n * 1e7,
  lastSeen: 1.79e12 + n * 1e7,
  decision: n % 2 ? 'confirmed' : 'open',
  report: { receipt: `MC-20260923-LIST${n}0`, at: 1.79e12, category: 'debt_ad', note: '私信拉人' },
  history: [{ at: 1.79e12, what: 'flagged', model: 'm' }],
}))
  .map((one) => `${JSON.stringify(one)}\n`)
  .join('')

const checked = [write('textarea', ADVERT), press('查'), until('.check .steps'), unfold]

/** In this order: what one does, such as a report, the next ones show. */
export const SCREENS: readonly Screen[] = [
  { name: 'first run', path: 'extension/welcome.html', steps: [press('用例子试试'), until('.check .steps'), unfold, press('开始标记所选网站'), until('.done:not(:empty)')] },
  { name: 'popup', path: 'extension/popup.html?tab=TAB', steps: [until('.items li')] },
  { name: 'popup: reported, and handed over', path: 'extension/popup.html?tab=TAB', steps: [until('.items li'), press('举报'), until('.handover'), unfold, press('记下'), until('.handover .done')] },
  { name: 'popup: checked', path: 'extension/popup.html?tab=TAB', steps: checked },
  { name: 'popup: a page that is no site of ours', path: 'extension/popup.html', steps: [until('.notice')] },
  { name: 'panel', path: 'extension/panel.html?tab=TAB', steps: [until('.items li')] },
  { name: 'check', path: 'extension/check.html', steps: checked },
  { name: 'check: nothing found', path: 'extension/check.html', steps: [write('textarea', '中午吃了碗牛肉面，味道不错'), press('查'), until('.answer')] },
  { name: 'settings', path: 'extension/options.html', steps: [until('.settings select'), unfold] },
  {
    name: 'settings: an endpoint, a phrase, and wrong input',
    path: 'extension/options.html',
    steps: [write('.sink select', 'coop'), until('.sink details'), unfold, press('保存'), until('.sink [role=status]:not(:empty)'), write('.add input', '哪里也没有的词语'), press('添加词语'), press('恢复默认设置')],
  },
  { name: 'review: an import', path: 'extension/review.html', steps: [give('input[type=file]', 'list.jsonl', LIST), until('dialog.import'), until('dialog.import .actions button:not(:disabled)')] },
  { name: 'review: list', path: 'extension/review.html', steps: [give('input[type=file]', 'list.jsonl', LIST), press('合并'), until('tbody tr[aria-rowindex]'), until('.twins'), unfold] },
  ...DESKS.filter((desk) => desk !== 'list').map((desk): Screen => ({ name: `review: ${desk}`, path: `extension/review.html#desk=${desk}`, steps: [until('.board, .middle'), unfold] })),
  { name: 'review: a family', path: 'extension/review.html#origin=list', steps: [until('.twins'), `dispatchEvent(new KeyboardEvent('keydown', { key: 'f', bubbles: true }))`, until('dialog')] },
  { name: 'review: export', path: 'extension/review.html', steps: [until('tbody tr'), press('导出'), until('dialog')] },
  { name: 'review: a package that is none', path: 'extension/review.html', steps: [until('tbody tr'), give('input[accept*=wacz]', 'x.wacz', 'nothing'), until('dialog [role=alert]')] },
  { name: 'review: keys', path: 'extension/review.html', steps: [until('tbody tr'), press('?'), until('dialog')] },
  { name: 'review: nothing fits the filter', path: 'extension/review.html#q=%E6%B2%A1%E6%9C%89%E8%BF%99%E6%A0%B7', steps: [until('.nothing')] },
]

/** Pages of the extension that a person sees and no screen shows; offscreen.html shows nothing. */
export function forgotten(): string[] {
  const shown = new Set(SCREENS.map(({ path }) => path.replace(/^extension\/|[?#].*$/g, '')))
  return readdirSync('extension').filter((name) => name.endsWith('.html') && name !== 'offscreen.html' && !shown.has(name))
}

const inMarks = (what: string): string => `[...document.querySelectorAll('span')].filter((one) => one.shadowRoot).flatMap((one) => [...one.shadowRoot.querySelectorAll(${JSON.stringify(what)})])`
const pressMark = (words: string): string => `${wait(`${inMarks('button')}.find((one) => (one.textContent + one.ariaLabel + one.title).includes(${JSON.stringify(words)}))`)}.then((one) => one.click())`

/** The states of a mark, each after the one before it. They count on roots that were opened to the page. */
export const MARK_STEPS: readonly { name: string; steps: readonly string[] }[] = [
  { name: 'marks', steps: [`${wait(`${inMarks('button')}[0]`)}.then(() => true)`] },
  { name: 'mark: opened', steps: [pressMark('明察'), `${wait(`${inMarks('.card')}[0]`)}.then(() => true)`] },
  { name: 'mark: why', steps: [pressMark('为什么'), `${wait(`${inMarks('.part')}[0]`)}.then(() => true)`] },
  { name: 'mark: other practices', steps: [pressMark('按其他类别举报'), `${wait(`${inMarks('.others')}[0]`)}.then(() => true)`] },
  { name: 'mark: reported', steps: [pressMark('举报'), `${wait(`${inMarks('.kept')}[0]`)}.then(() => true)`] },
]
