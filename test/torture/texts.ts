/** Texts of all kinds, through everything that reads text. */
import * as fc from 'fast-check'
import { CONTACT_KINDS, contactsOf, kindOf, masked } from '../../src/review/contacts.ts'
import vocabularyFile from '../../models/classifier/vocabulary.json' with { type: 'json' }
import { encode, SPECIAL, vocabularyOf, WINDOW } from '../../src/model/tokenizer.ts'
import { promisesOf } from '../../src/advice/promises.ts'
import { applyRules, authorRule, isRule, MOST_RULES, phraseRule, type Rule, withRule } from '../../src/store/rules.ts'
import { clip } from '../../src/sites/read.ts'
import { normalize } from '../../src/text/normalize.ts'
import { type Post, PRACTICES, TEXT_LIMIT, type Verdict } from '../../src/types.ts'
import { type Property, property, sure, within } from './property.ts'

/** Pieces that some pattern of the product begins with, breaks off at, or goes back over. */
const PIECES = [
  '微信', '薇', 'v', 'vx', '加', '群', 'q', 'qq', '扣', '电话', 'tel', '公众号', '公众号:', '找@', '@', 'a@', 'a@a.', 'a@a-', 'http://', 'a.', 'a。', 'a点', '点com', '[.]', 'a-', 'a-a', '/', '/a', '%',
  '1', '13', '138 ', '1-', '1 ', '1.3.', '一', '一 ', '零-', '〇', '+86', '+852 ', '09', '2026', '20261123', '888', '8*', ':', '：', '…', '*', '我是', 'id', 'wxid_', 'wxid_a', 'ab', 'aB1_', 'xxx',
  '催', '亻', '亻 ', '亻崔', '停.', '停 息 ', '停息挂账', '先办后付', '分 60 期', '只', '债', '債', '㊙', '🅐', '❶', 'Ⓐ', 'ﷺ', 'ﬃ', '㍿', '㌖', '⒈', '𝓪', '０', 'İ', 'ß', 'ﾞ', 'ǰ',
  '\u200b', '\u200d', '\u202e', '\u2066', '\ufeff', '\u0300', '\u0489', '\u{e0041}', '\u3164', '\u00ad', '\ud83d', '\ude00', '👨‍👩‍👧', '🏽', '\ufe0f', '\u20e3', '\ue000', '\u{10ffff}', '\u0000', '\n', '\r\n', '\t', ' ', '\u00a0', '\u3000', '\v', '…\n',
]

const piece = fc.constantFrom(...PIECES)
/** UTF-16 as a hostile page may hold it: halves of pairs in any place. */
const units = fc.uint16Array({ maxLength: 60 }).map((codes) => String.fromCharCode(...codes))
const codePoints = fc.string({ unit: 'binary', maxLength: 60 })
const written = fc.array(fc.oneof(piece, fc.string({ unit: 'grapheme', maxLength: 4 })), { maxLength: 40 }).map((parts) => parts.join(''))
/** A few pieces over and over, up to what is kept of a text. */
const flood = fc
  .tuple(fc.array(fc.oneof({ weight: 9, arbitrary: piece }, { weight: 1, arbitrary: units }), { minLength: 1, maxLength: 4 }), fc.constantFrom(50, 300, 2_000, TEXT_LIMIT))
  .map(([parts, length]) => {
    const whole = parts.join('')
    return whole === '' ? '' : whole.repeat(Math.ceil(length / whole.length)).slice(0, length)
  })
export const text = fc.oneof({ weight: 6, arbitrary: written }, { weight: 4, arbitrary: codePoints }, { weight: 4, arbitrary: units }, { weight: 1, arbitrary: flood })
/** As a page may hold it before anything was cut: megabytes of one sign. */
export const hugeText = fc.tuple(piece, fc.constantFrom(100_000, 1_000_000), text).map(([one, length, end]) => one.repeat(Math.ceil(length / one.length)) + end)

const vocabulary = vocabularyOf(vocabularyFile)
const SIZE = SPECIAL.length + vocabulary.size
const verdict: Verdict = { band: 'unsure', score: 0.5, categories: [], form: null, evidence: [], model: 'm' }
const postOf = (words: string, author: string): Post => ({ platform: 'weibo', id: '1', kind: 'post', text: words, author: { name: author, id: author }, permalink: '' })

export const TEXTS: readonly Property[] = [
  property({
    name: 'text: normalised, with a way back that holds',
    any: text,
    holds(original) {
      const { text: plain, starts, ends } = within('normalize', () => normalize(original))
      sure(starts.length === plain.length && ends.length === plain.length, 'each unit has its source')
      for (let at = 0; at < plain.length; at++) {
        sure(starts[at]! < ends[at]! && ends[at]! <= original.length, `unit ${at} comes from ${starts[at]}…${ends[at]} of ${original.length}`)
        sure(at === 0 || starts[at]! >= starts[at - 1]!, `unit ${at} stands before the one in front of it`)
      }
      sure(plain.length <= 20 * original.length, 'it does not grow without bound')
    },
  }),
  property({
    name: 'text: tokens',
    any: text,
    holds(original) {
      const normalized = normalize(original)
      const windows = within('encode', () => encode(normalized, vocabulary))
      sure(windows.length >= 1, 'there is a window')
      for (const { ids, at } of windows) {
        sure(ids.length <= WINDOW && ids.length === at.length, `a window of ${ids.length}`)
        sure(ids.every((id) => id >= 0 && id < SIZE), 'ids of the vocabulary')
        sure(at.every((offset) => offset >= -1 && offset < normalized.text.length), 'offsets in the text')
      }
    },
  }),
  property({
    name: 'text: contacts',
    any: text,
    holds(original) {
      const contacts = within('contactsOf', () => contactsOf(original))
      sure(new Set(contacts).size === contacts.length, 'each once')
      for (const one of contacts) {
        sure((CONTACT_KINDS as readonly string[]).includes(kindOf(one)), one)
        sure(masked(one).length <= 12, masked(one))
      }
    },
  }),
  property({
    name: 'text: promises',
    any: fc.tuple(text, fc.subarray([...PRACTICES])),
    holds: ([original, practices]) => void within('promisesOf', () => promisesOf(original, practices)),
  }),
  property({
    name: 'text: rules of a person, as many as are kept',
    any: fc.tuple(text, fc.array(fc.oneof(text, fc.tuple(fc.nat(60), fc.integer({ min: 2, max: 8 }))), { maxLength: 12 }), text),
    holds([original, given, author]) {
      // Some are taken out of the text itself, so that they are found.
      const phrases = given.map((one) => (typeof one === 'string' ? one : original.slice(one[0], one[0] + one[1])))
      const post = postOf(original, author)
      let rules: Rule[] = []
      for (const written of phrases) {
        const rule = phraseRule(written, 0)
        if (rule) rules = withRule(rules, rule)
      }
      for (const rule of rules) sure(isRule(rule), `what was made is a rule: ${JSON.stringify(rule)}`)
      if (rules.length > 0) rules = Array.from({ length: MOST_RULES }, (_, at) => rules[at % rules.length]!)
      const judged = within('applyRules', () => applyRules(post, verdict, rules, 1))
      for (const { start, end } of judged.evidence) sure(start >= 0 && start < end && end <= original.length, `evidence ${start}…${end} of ${original.length}`)
      if (author !== '' && isRule(authorRule(post, 0))) sure(applyRules(post, verdict, [authorRule(post, 0)], 1).band === 'clean', 'an excepted author is clean')
    },
  }),
  property({
    name: 'text: of a page, cut to what is kept',
    any: fc.oneof({ weight: 30, arbitrary: text }, { weight: 1, arbitrary: hugeText }),
    holds(original) {
      const kept = within('clip', () => clip(original))
      sure(kept.length <= TEXT_LIMIT, `kept ${kept.length}`)
    },
  }),
]
