// @vitest-environment happy-dom
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { onReturn } from '../../src/store/presence.ts'

let hidden = false
beforeEach(() => {
  vi.useFakeTimers({ toFake: ['performance'] })
  Object.defineProperty(document, 'hidden', { configurable: true, get: () => hidden })
})
afterEach(() => vi.useRealTimers())

test('says when a person comes to the page: at first, when the tab is shown, and after a pause, not in between', () => {
  const stop = new AbortController()
  const back = vi.fn()
  const happens = (name: string): boolean => document.dispatchEvent(new Event(name))
  hidden = true
  onReturn(document, back, stop.signal)
  happens('pointermove')
  expect(back).toHaveBeenCalledTimes(0)
  hidden = false
  happens('visibilitychange')
  happens('wheel')
  vi.advanceTimersByTime(50_000)
  happens('pointermove')
  vi.advanceTimersByTime(50_000)
  happens('keydown')
  expect(back).toHaveBeenCalledTimes(1)
  vi.advanceTimersByTime(61_000)
  happens('pointermove')
  expect(back).toHaveBeenCalledTimes(2)
  stop.abort()
  happens('visibilitychange')
  expect(back).toHaveBeenCalledTimes(2)
})
