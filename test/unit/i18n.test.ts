import { readFileSync, writeFileSync } from 'node:fs'
import * as OpenCC from 'opencc-js'
import { afterEach, describe, expect, it } from 'vitest'
import en from '../../public/_locales/en/messages.json' with { type: 'json' }
import zh from '../../public/_locales/zh_CN/messages.json' with { type: 'json' }
import taiwan from '../../public/_locales/zh_TW/messages.json' with { type: 'json' }
import { PRACTICES, type Verdict } from '../../src/types.ts'
import { MOST_BYTES } from '../../src/evidence/zip.ts'
import { IMPORT_LIMIT } from '../../src/export/import.ts'
import { LIMITS } from '../../src/signed/envelope.ts'
import { BACKUP_LIMIT } from '../../src/store/backup.ts'
import { languageOf, reasonText, scoreOf, sentenceOf, setLanguage, t, timeText, verdictHeading, verdictName } from '../../src/ui/i18n.ts'

type Catalogue = Record<string, { message: string }>
const both: [string, Catalogue][] = [['zh', zh], ['zh-TW', taiwan], ['en', en]]
const placeholders = (text: string) => [...text.matchAll(/\{(\w+)\}/g)].map(([, name]) => name).sort()
const verdict = (over: Partial<Verdict> = {}): Verdict => ({ band: 'flagged', score: 0.97, categories: ['debt_ad'], form: 'ad', evidence: [], model: 'm', ...over })
afterEach(() => setLanguage('zh'))

/** Where Taiwan's words differ from what the converter's phrase tables say. */
const CORRECTIONS: [RegExp, string][] = [
  [/臺/g, '台'], [/“/g, '「'], [/”/g, '」'], [/擷/g, '截'], [/釋出/g, '發布'], [/稽核/g, '審核'], [/型別/g, '類型'], [/舉報/g, '檢舉'], [/帖子/g, '貼文'],
]
const convert = OpenCC.Converter({ from: 'cn', to: 'twp' })
const inTaiwan = (text: string): string => CORRECTIONS.reduce((said, [word, better]) => said.replace(word, better), convert(text))

describe('catalogue', () => {
  it('zh-TW is the Chinese one in the words of Taiwan (UPDATE=1 writes it)', () => {
    const path = 'public/_locales/zh_TW/messages.json'
    const written = readFileSync('public/_locales/zh_CN/messages.json', 'utf8').replace(/("message": )("(?:[^"\\]|\\.)*")/g, (_, name: string, text: string) => name + JSON.stringify(inTaiwan(JSON.parse(text) as string)))
    if (process.env['UPDATE']) writeFileSync(path, written)
    expect(readFileSync(path, 'utf8')).toBe(written)
  })
  it('has the same keys in the same order in both languages', () => {
    expect(Object.keys(en)).toEqual(Object.keys(zh))
    expect(Object.keys(taiwan)).toEqual(Object.keys(zh))
  })
  it('has the same placeholders in both languages', () => {
    for (const key of Object.keys(zh) as (keyof typeof zh)[]) {
      expect(placeholders(en[key].message), key).toEqual(placeholders(zh[key].message))
    }
  })
  it.each(both)('%s: every message says something, and nothing that the browser would replace', (_, catalogue) => {
    for (const [key, { message }] of Object.entries(catalogue)) {
      expect(message.trim(), key).not.toBe('')
      expect(message, key).not.toMatch(/[$<>]/)
      expect(key).toMatch(/^[A-Za-z0-9_]+$/)
    }
  })
  it.each(both)('%s: says the limits of files that hold', (_, catalogue) => {
    const limits = { importTooBig: [IMPORT_LIMIT / 2 ** 20], backupTooBig: [BACKUP_LIMIT / 2 ** 20], backupTooMuch: [BACKUP_LIMIT / 2 ** 20], signedTooBig: [LIMITS.list / 1e6, LIMITS.model / 1e6], verify_tooBig: [MOST_BYTES / 1e6] }
    for (const [key, megabytes] of Object.entries(limits)) expect([...catalogue[key]!.message.matchAll(/(\d+) MB/g)].map(([, n]) => Number(n)), key).toEqual(megabytes)
  })
  it('English says no noun in the plural of a number that may be one', () => {
    for (const [key, { message }] of Object.entries(en)) expect(message, key).not.toMatch(/\{\w+\} (\w+ )?(cases|parts|places|records|rows|sites|things|times|tries|views|wordings)\b/)
  })
  it.each(both)('%s: what the store shows fits', (_, catalogue) => {
    expect(catalogue['appName']!.message.length).toBeLessThanOrEqual(45)
    expect(catalogue['appDescription']!.message.length).toBeLessThanOrEqual(132)
  })
  it('keeps the words of the house', () => {
    for (const { message } of Object.values(zh)) expect(message).not.toMatch(/违规|罪犯|骗子|犯罪分子/)
    for (const [key, { message }] of Object.entries(zh)) {
      if (/^(sentence|step)_/.test(key)) expect(message.length, key).toBeLessThanOrEqual(30)
    }
  })
})

describe('t', () => {
  it('fills in values and leaves unknown names alone', () => {
    expect(t('counts', { read: 86, flagged: 3, unsure: 1 })).toBe('已看 86 · 标记 3 · 拿不准 1')
    expect(t('suspected')).toBe('疑似 {name}')
    expect(t('suspected', { name: '{name} $& $1' })).toBe('疑似 {name} $& $1')
  })
  it('follows the language', () => {
    setLanguage('en')
    expect(t('band_unsure')).toBe('Unsure')
  })
})

it('takes the chosen language, else the first of the browser’s that we speak', () => {
  expect(languageOf('zh', ['en'])).toBe('zh')
  expect(languageOf('auto', ['fr-FR', 'zh-TW', 'en'])).toBe('zh-TW')
  expect(['zh-HK', 'zh-Hant-CN', 'zh-Hans-TW', 'zh-SG', 'zh'].map((tag) => languageOf('auto', [tag]))).toEqual(['zh-TW', 'zh-TW', 'zh', 'zh', 'zh'])
  expect(languageOf('auto', ['en-GB', 'zh'])).toBe('en')
  expect(languageOf('auto', ['fr'])).toBe('en')
  expect(languageOf('auto', [])).toBe('en')
})

describe('names', () => {
  it('names practice and form, the form once', () => {
    expect(verdictName(verdict())).toBe('反催收代办 · 广告')
    expect(verdictName(verdict({ categories: ['evasion_tutorial'], form: 'tutorial' }))).toBe('对抗催收教程')
    expect(verdictName(verdict({ categories: ['evasion_tutorial'], form: 'ad' }))).toBe('对抗催收教程 · 广告')
    expect(verdictName(verdict({ categories: [], form: null }))).toBe('金融黑灰产')
  })
  it('suspects until a person decided', () => {
    expect(verdictHeading(verdict())).toMatch(/^疑似/)
    expect(verdictHeading(verdict({ band: 'unsure' }))).toMatch(/^拿不准/)
    expect(verdictHeading(verdict(), 'confirmed')).toMatch(/^已确认/)
  })
  it('has a sentence for each practice and form', () => {
    const sentences = PRACTICES.flatMap((practice) => (['ad', 'tutorial'] as const).map((form) => sentenceOf(verdict({ categories: [practice], form }))))
    expect(new Set(sentences).size).toBe(PRACTICES.length * 2)
  })
  it('gives a reason also for one it does not know', () => {
    expect(reasonText('storeFull')).toContain('磁盘空间不足')
    for (const strange of [undefined, '', 'toString', '__proto__', 'fromTheFuture']) expect(reasonText(strange)).toBe(t('unknownReason'))
  })
  it('never shows full certainty', () => {
    expect([0, 0.005, 0.974, 0.9999, 1].map((score) => scoreOf(verdict({ score })))).toEqual([1, 1, 97, 99, 99])
  })
  it('writes times the short way', () => expect(timeText(new Date(2026, 10, 3, 4, 5).getTime())).toBe('2026-11-03 04:05'))
})
