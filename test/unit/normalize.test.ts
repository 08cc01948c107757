import { describe, expect, test } from 'vitest'
import { normalize } from '../../src/text/normalize.ts'

describe('normalize', () => {
  const cases: [name: string, from: string, to: string][] = [
    ['enclosed CJK signs are noise before they are characters', '停🈹挂账', '停挂账'],
    ['enclosed signs that readers take for the character inside', '🈶逾期🈚视征信', '有逾期无视征信'],
    ['split characters', '亻崔收 亻 责务', '催收 债务'],
    ['single characters with one sign between', '停.息.挂.账', '停息挂账'],
    ['zero-width characters', '催\u200b收\u2060电\ufeff话', '催收电话'],
    ['combining marks', '停\u0336息\u0336', '停息'],
    ['full-width, circled and squared letters', 'ＶＸ ⓥ 🅥 🆅', 'vx v v v'],
    ['plus signs', '➕V', '+v'],
    ['traditional characters', '債務協商 聯徵', '债务协商 联征'],
    ['look-alike letters', 'ᴠх аbс', 'ᴠx abc'],
    ['skin tones and joiners in ordinary emoji', '🙋🏽‍♀️', '🙋♀'],
    ['long runs', '啊啊啊啊啊啊！！！！！', '啊啊啊!!!'],
    ['blank space', '  甲 \n\n 乙  ', '甲\n乙'],
    ['lone surrogates', '\ud800催', '催'],
  ]
  test.each(cases)('%s', (_, from, to) => expect(normalize(from).text).toBe(to))

  test('the map leads back to the characters that made each unit', () => {
    const original = '快来 停\u200b.息.挂.账 亻崔收'
    const { text, starts, ends } = normalize(original)
    const at = text.indexOf('停息挂账')
    expect(original.slice(starts[at], ends[at + 3])).toBe('停\u200b.息.挂.账')
    const whole = text.indexOf('催')
    expect(original.slice(starts[whole], ends[whole])).toBe('亻崔')
  })

  test('is its own result', () => {
    for (const [, from] of cases) expect(normalize(normalize(from).text).text).toBe(normalize(from).text)
  })

  test('a megabyte of zero-width characters and of marks ends as nothing, in linear time', () => {
    expect(normalize('\u200b'.repeat(1_000_000)).text).toBe('')
    expect(normalize(`催${'\u0336'.repeat(100_000)}收`).text).toBe('催收')
  })
})
