// @vitest-environment happy-dom
import { expect, test } from 'vitest'
import { foldOf, rangeOf } from '../../src/ui/highlight.ts'

test('finds words that run through several nodes', () => {
  document.body.innerHTML = '<div>网贷逾期，停<b>息挂</b>账<i>找我</i></div>'
  expect(String(rangeOf(document.querySelector('div')!, '停息挂账'))).toBe('停息挂账')
  expect(String(rangeOf(document.querySelector('div')!, '找我'))).toBe('找我')
})

test('words that are not there have no place', () => {
  document.body.innerHTML = '<div>早饭</div>'
  expect(rangeOf(document.querySelector('div')!, '晚饭')).toBeNull()
})

test('a fold leaves the first words and covers the rest, through every node', () => {
  document.body.innerHTML = '<div><a>小陈</a><p>网贷逾期不用怕，老师带你<b>一步步</b>来</p><p>加我，先办后付</p><button>评论</button></div>'
  const range = foldOf(document.querySelector('div')!, '网贷逾期不用怕，老师带你一步步来\n加我，先办后付')!
  expect(String(range)).not.toContain('网贷逾期不用怕，老师带你')
  expect(String(range)).toMatch(/加我，先办后付$/)
})

test('a short text, and one that the page does not hold as it was read, is not folded', () => {
  document.body.innerHTML = '<div>停息找我</div>'
  expect(foldOf(document.querySelector('div')!, '停息找我')).toBeNull()
  expect(foldOf(document.querySelector('div')!, '这段话并不在这个页面上，一个字也没有')).toBeNull()
})
