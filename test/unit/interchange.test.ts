import { describe, expect, test } from 'vitest'
import type { ExportMeta } from '../../src/export/index.ts'
import { misp } from '../../src/export/misp.ts'
import { stix } from '../../src/export/stix.ts'
import { TLP } from '../../src/export/tlp.ts'
import { uuid5 } from '../../src/export/uuid.ts'
import type { Case } from '../../src/types.ts'
import { CASES, meta, sample } from '../evidence/sample.ts'
import { written } from './written.ts'

const bundleOf = (cases: readonly Case[], over: Partial<ExportMeta> = {}) => JSON.parse(written(stix, cases, { ...meta, ...over })) as { id: string; objects: Record<string, unknown>[] }
const eventOf = (cases: readonly Case[], over: Partial<ExportMeta> = {}) => (JSON.parse(written(misp, cases, { ...meta, ...over })) as { Event: { Tag: { name: string }[]; Object: { name: string; uuid: string; Attribute: { object_relation: string; value: string }[]; ObjectReference: { referenced_uuid: string; relationship_type: string }[] }[] } }).Event

test('a UUID of version 5 is that of the RFC', () => expect(uuid5('6ba7b810-9dad-11d1-80b4-00c04fd430c8', 'www.example.com')).toBe('2ed6657d-e927-568b-95e1-2665a8aea6a2'))

describe('STIX', () => {
  test('says address, account, contacts, text and decision, each once', () => {
    const { objects } = bundleOf(CASES)
    const typed = (type: string) => objects.filter((one) => one['type'] === type)
    expect(typed('observed-data')).toHaveLength(4)
    expect(typed('opinion').map(({ opinion }) => opinion)).toEqual(['agree', 'disagree', 'neutral'])
    expect(typed('user-account').filter((one) => one['user_id'] === 'u1' && one['account_type'] === 'weibo')).toHaveLength(1)
    expect(typed('user-account').map((one) => one['account_type'])).toEqual(expect.arrayContaining(['wechat', 'qq-group', 'telegram', 'phone', 'wechat-official']))
    expect(typed('email-addr')[0]).toMatchObject({ value: 'shangan@foxmail.com' })
    expect(typed('note')[0]).toMatchObject({ content: sample().post.text, confidence: 97 })
    expect(new Set(objects.map(({ id }) => id)).size).toBe(objects.length)
  })
  test('the same selection has the same ids, and another colour another marking', () => {
    expect(written(stix, CASES, meta)).toBe(written(stix, CASES, { ...meta, madeAt: 0 }))
    const marked = TLP.map((tlp) => {
      const { objects } = bundleOf([sample()], { tlp })
      const [marking, ...rest] = objects
      expect(rest.every((one) => (one['object_marking_refs'] as string[])[0] === marking!['id'])).toBe(true)
      return (marking!['definition'] as { tlp: string }).tlp
    })
    expect(marked).toEqual(['white', 'green', 'amber', 'red'])
  })
})

describe('MISP', () => {
  test('a microblog refers to its author and to what can be reached through it', () => {
    const { Object: objects, Tag } = eventOf(CASES, { tlp: 'green' })
    const named = (uuid: string) => objects.find((one) => one.uuid === uuid)!
    expect(Tag.map(({ name }) => name)).toEqual(['tlp:green', 'mingcha:practice="debt_ad"'])
    const second = objects.filter(({ name }) => name === 'microblog')[1]!
    expect(second.ObjectReference.map(({ referenced_uuid: to, relationship_type: how }) => [how, named(to).name])).toEqual(expect.arrayContaining([['authored-by', 'user-account'], ['mentions', 'instant-message-group'], ['mentions', 'organization']]))
    expect(second.Attribute).toEqual(expect.arrayContaining([expect.objectContaining({ object_relation: 'username-quoted', value: '减负小助手' }), expect.objectContaining({ object_relation: 'embedded-link', value: 'https://t.cn/x1' })]))
    expect(eventOf(CASES).Tag[0]!.name).toBe('tlp:amber')
  })
})
