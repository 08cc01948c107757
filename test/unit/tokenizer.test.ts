import { describe, expect, test } from 'vitest'
import { encode, SPECIAL, vocabularyOf, WINDOW } from '../../src/model/tokenizer.ts'
import { normalize } from '../../src/text/normalize.ts'

const vocabulary = vocabularyOf(['a', '催', '收'])
const id = (name: (typeof SPECIAL)[number]) => SPECIAL.indexOf(name)

describe('encode', () => {
  test('one window for a text that fits; unknown characters by class', () => {
    const [window, ...rest] = encode(normalize('催收a龘🜁q'), vocabulary)
    expect(rest).toEqual([])
    expect(window!.ids).toEqual([id('[CLS]'), 8, 9, 7, id('[HAN]'), id('[SIGN]'), id('[UNK]')])
    expect(window!.at).toEqual([-1, 0, 1, 2, 3, 4, 6])
  })

  test('every character of a long text is in some window, and each window holds its head and its tail', () => {
    for (const length of [WINDOW - 1, WINDOW, WINDOW + 1, 500, 1_003, 10_000]) {
      const text = Array.from({ length }, (_, i) => '催收a'[i % 3]).join('')
      const windows = encode(normalize(text), vocabulary)
      const seen = new Set(windows.flatMap(({ at }) => at))
      for (let at = 0; at < length; at++) expect(seen.has(at)).toBe(true)
      for (const { ids, at } of windows) {
        expect(ids.length).toBeLessThanOrEqual(WINDOW)
        expect(at[1]).toBe(0)
        expect(at.at(-1)).toBe(length - 1)
      }
    }
  })

  test('an empty text is one window of the mark alone', () => {
    expect(encode(normalize(''), vocabulary).map(({ ids }) => ids)).toEqual([[id('[CLS]')]])
  })
})
