// @vitest-environment happy-dom
import { expect, test } from 'vitest'
import { rangeOf } from '../../src/ui/highlight.ts'

test('finds words that run through several nodes', () => {
  document.body.innerHTML = '<div>网贷逾期，停<b>息挂</b>账<i>找我</i></div>'
  expect(String(rangeOf(document.querySelector('div')!, '停息挂账'))).toBe('停息挂账')
  expect(String(rangeOf(document.querySelector('div')!, '找我'))).toBe('找我')
})

test('words that are not there have no place', () => {
  document.body.innerHTML = '<div>早饭</div>'
  expect(rangeOf(document.querySelector('div')!, '晚饭')).toBeNull()
})
