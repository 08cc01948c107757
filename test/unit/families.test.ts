import { describe, expect, test } from 'vitest'
import { disguise, randomOf } from '../../models/disguise.ts'
import { familiesOf } from '../../src/review/families.ts'
import { linksOf, sameWords, tagOf } from '../../src/review/links.ts'
import { SLOT, summaryOf } from '../../src/review/template.ts'
import type { Case } from '../../src/types.ts'

const made = (texts: readonly string[], over: (at: number) => Partial<Case['post']> = () => ({})): Case[] =>
  texts.map((text, at) => ({
    key: `weibo:${at}`,
    post: { platform: 'weibo', id: String(at), kind: 'post', text, author: { name: `作者${at}` }, permalink: '', ...over(at) },
    pageUrl: '',
    verdict: { band: 'flagged', score: 0.9, categories: ['debt_ad'], form: 'ad', evidence: [], model: 'm' },
    firstSeen: 1_000 + at,
    lastSeen: 5_000 + at,
    decision: 'open',
    history: [],
  }))

const PLAIN = '网贷信用卡逾期别硬扛，停息挂账最长分六十期，先办后付，不成功不收一分钱，点我头像看主页'
const OTHER = '孩子上小学了，放学没人接，有没有住在城东的妈妈可以拼个晚托班，一起轮流接送，费用平摊'

describe('familiesOf', () => {
  test('joins copies and near copies, and leaves the others out', () => {
    const families = familiesOf(made([PLAIN, OTHER, PLAIN, PLAIN.replace('六十', '三十六'), '停息挂账是什么意思，有人办过吗，银行说要本人打电话']))
    expect([...families]).toEqual([['weibo:0', 'weibo:0'], ['weibo:2', 'weibo:0'], ['weibo:3', 'weibo:0']])
  })
  test('a disguised twin joins its plain family', () => {
    const twins = ['网貸信鼡卡逾期別硬扛，停.息.挂.账最长分六十期，先办后付，不成功不收一分钱，点我头像看主页', PLAIN.replaceAll('，', '🔥 '), `${PLAIN.slice(0, 20)}\u200b${PLAIN.slice(20)}`]
    for (const twin of twins) expect(familiesOf(made([PLAIN, twin])).size, twin).toBe(2)
    const random = randomOf(1)
    const letters = [...`${PLAIN}。我以前也是天天被电话吵得睡不着，后来跟着老师一步一步来，现在每个月只还一点点，家里人到今天都不知道这回事`].map((char) => ({ char, evidence: false }))
    const spelled = (of: typeof letters): string => of.map(({ char }) => char).join('')
    const joined = Array.from({ length: 50 }, () => familiesOf(made([spelled(letters), spelled(disguise(letters, random, []))])).size === 2)
    expect(joined.filter(Boolean).length).toBeGreaterThan(40)
  })
  test('figures and codes vary on purpose: they part no family', () => {
    expect(familiesOf(made(['谁还欠着8万6家的不会谈，加v：abc12345', '谁还欠着12万11家的不会谈，加v：zz9988776'])).size).toBe(2)
  })
  test('takes no short text: many people write those', () => {
    expect(familiesOf(made(['求带求带', '求带求带', '怎么联系你呢', '怎么联系你呢', '', ''])).size).toBe(0)
  })
  test('joins over a chain of changes, in any order, to the same families', () => {
    const chain = [PLAIN, PLAIN.replace('别硬扛', '不要怕'), PLAIN.replace('别硬扛', '不要怕').replace('先办后付', '免费咨询'), OTHER, OTHER.replace('城东', '城西')]
    const cases = made(chain)
    const families = familiesOf(cases)
    expect(new Set(families.values())).toEqual(new Set(['weibo:0', 'weibo:3']))
    const turned = familiesOf([...cases].reverse())
    expect(Object.fromEntries(turned)).toEqual(Object.fromEntries(families))
  })
  test('compares long texts by a sample', () => {
    const long = (seed: number): string => {
      const random = randomOf(seed)
      return Array.from({ length: 4_000 }, () => String.fromCodePoint(0x4e00 + Math.floor(random() * 3_000))).join('')
    }
    const text = long(1)
    const families = familiesOf(made([text, `${text.slice(0, 3_500)}${long(2).slice(0, 500)}`, `${text.slice(0, 1_000)}${long(3).slice(0, 3_000)}`, long(4)]))
    expect([...families.keys()]).toEqual(['weibo:0', 'weibo:1'])
  })
  test('ten thousand copies and their variants are one family, quickly', () => {
    const started = performance.now()
    const families = familiesOf(made(Array.from({ length: 10_000 }, (_, at) => `${PLAIN}${String.fromCodePoint(0x4e00 + (at % 2_000))}`)))
    expect(families.size).toBe(10_000)
    expect(new Set(families.values()).size).toBe(1)
    expect(performance.now() - started).toBeLessThan(10_000)
  })
})

describe('summaryOf', () => {
  test('counts posts and accounts, spans their time, and leaves slots where the texts differ', () => {
    const texts = ['我是王律师，停息挂账先办后付，重庆可上门，加我', '我是李经理，停息挂账先办后付，杭州都可上门，加我', '我是小鹿，停息挂账先办后付，西安可上门，加我']
    const summary = summaryOf(made(texts, (at) => ({ author: { name: '同一人', id: at === 2 ? 'b' : 'a' } })))
    expect(summary).toMatchObject({ posts: 3, accounts: 2, first: 1_000, last: 5_002 })
    expect(summary.template).toBe(`我是${SLOT},停息挂账先办后付,${SLOT}可上门,加我`)
  })
  test('sees what is added at the ends', () => {
    expect(summaryOf(made([PLAIN, `姐妹们看过来！${PLAIN}，私我`])).template).toBe(`${SLOT}${PLAIN.replaceAll('，', ',')}${SLOT}`)
  })
  test('is short, and whole for copies', () => {
    expect(summaryOf(made([PLAIN, PLAIN])).template).toBe(PLAIN.replaceAll('，', ','))
    expect(summaryOf(made(Array.from({ length: 3 }, (_, at) => `${OTHER.repeat(20)}${at}`))).template.length).toBe(200)
  })
})

describe('linksOf', () => {
  test('counts who shares a template and a contact, also one that stands in a name or a title', () => {
    const cases = made([`${PLAIN}加v：abc12345`, `${PLAIN}加v：abc12345`, OTHER, '随便写写'], (at) => (at === 3 ? { author: { name: '上岸老师 微信ABC12345' } } : {}))
    const { families, sizes, contacts, shared } = linksOf(cases)
    expect([...families.keys()]).toEqual(['weibo:0', 'weibo:1'])
    expect(sizes.get('weibo:0')).toBe(2)
    expect([...contacts.keys()]).toEqual(['weibo:0', 'weibo:1', 'weibo:3'])
    expect(shared).toEqual(new Map([[tagOf('wechat:abc12345'), 3]]))
    expect(tagOf('wechat:abc12345')).not.toContain('abc')
  })
  test('holds for a list with the same words, decided or in another order', () => {
    const cases = made([PLAIN, OTHER])
    expect(sameWords(cases, [...cases].reverse().map((one) => ({ ...one, decision: 'wrong' })))).toBe(true)
    expect(sameWords(cases, made([PLAIN, PLAIN]))).toBe(false)
    expect(sameWords(cases, made([PLAIN]))).toBe(false)
  })
})
