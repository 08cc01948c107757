import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import schema from '../../public/managed_schema.json' with { type: 'json' }
import { GECKO_ID } from '../../extension/manifest.ts'
import { applyThresholds, displayOrigin, effective, endpointFor, FEATURES, LOCKABLE, managedOf, NOT_MANAGED, POLICY_KEYS } from '../../src/store/managed.ts'
import { DEFAULTS, DISPLAYS, LANGUAGES, type Settings } from '../../src/store/settings.ts'
import { ENDPOINT_FIELDS } from '../../src/sinks/endpoint.ts'
import { generic } from '../../src/sites/generic.ts'
import { adapters } from '../../src/sites/index.ts'
import type { Verdict } from '../../src/types.ts'

const SITES = [...adapters, generic].map(({ id }) => id)
const own: Settings = { ...DEFAULTS, display: { weibo: 'mark' }, moderator: true }

describe('a policy', () => {
  test('that is not set changes nothing', () => {
    for (const value of [undefined, null, {}]) expect(managedOf(value, SITES)).toEqual({ managed: NOT_MANAGED, problems: [] })
    expect(effective(own, NOT_MANAGED, DEFAULTS).settings).toEqual(own)
  })

  test('is checked value by value: what is bad is left out and named', () => {
    const given = {
      organisation: ' ', display: { weibo: 'fold', zhihu: 'hide', nowhere: 'mark', __proto__: 'off' }, moderator: 'yes', language: 'zh',
      thresholds: { flagged: 0.8, unsure: 2 }, retentionDays: 0, locked: ['display', 'everything'], disabled: 'export', server: 'https://x',
    }
    expect(managedOf(given, SITES)).toEqual({
      managed: { display: { weibo: 'fold' }, language: 'zh', thresholds: { flagged: 0.8 }, locked: ['display'], disabled: [] },
      problems: ['organisation', 'display.zhihu', 'display.nowhere', 'moderator', 'thresholds.unsure', 'retentionDays', 'locked.1', 'disabled', 'server'],
    })
    for (const value of ['on', 7, []]) expect(managedOf(value, SITES)).toEqual({ managed: NOT_MANAGED, problems: ['{}'] })
  })

  test('unlocked is where a person begins; locked is where they stay', () => {
    const { managed } = managedOf({ display: { weibo: 'off', zhihu: 'fold' }, moderator: false, language: 'en' }, SITES)
    const free = effective(own, managed, DEFAULTS)
    expect(free.settings).toMatchObject({ display: { weibo: 'mark', zhihu: 'fold' }, moderator: true, language: 'en' })
    expect(free.origins).toMatchObject({ display: 'person', moderator: 'person', language: 'policy', rules: 'default' })
    expect(['weibo', 'zhihu', 'x'].map((id) => displayOrigin(own, managed, id))).toEqual(['person', 'policy', 'default'])
    const fixed = { ...managed, locked: LOCKABLE }
    expect(effective(own, fixed, DEFAULTS).settings).toMatchObject({ display: { weibo: 'off', zhihu: 'fold' }, moderator: false, language: 'en', rules: [] })
    expect(new Set(Object.values(effective(own, fixed, DEFAULTS).origins))).toEqual(new Set(['fixed']))
    expect(effective(own, { ...managed, disabled: ['genericReader'] }, DEFAULTS).settings.display['web']).toBe('off')
  })

  test('a model is looked for at an https address and nowhere else', () => {
    const modelAddress = 'https://updates.example.org/model.json'
    expect(managedOf({ modelAddress }, SITES)).toEqual({ managed: { modelAddress, locked: [], disabled: [] }, problems: [] })
    for (const wrong of ['http://updates.example.org/', 'https://', 'model.json', `https://x.example/${'a'.repeat(500)}`, 7]) expect(managedOf({ modelAddress: wrong }, SITES).problems).toEqual(['modelAddress'])
  })

  test('thresholds ask for more certainty, never for less', () => {
    const verdict: Verdict = { band: 'flagged', score: 0.7, categories: ['debt_ad'], form: 'ad', evidence: [], model: 'm' }
    const band = (thresholds: object, of = verdict) => applyThresholds(of, thresholds).band
    expect(band({})).toBe('flagged')
    expect(band({ flagged: 0.8 })).toBe('unsure')
    expect(band({ flagged: 0.9, unsure: 0.8 })).toBe('clean')
    expect(band({ flagged: 0.1, unsure: 0.1 }, { ...verdict, band: 'unsure', score: 0.55 })).toBe('unsure')
    expect(band({ flagged: 0 }, { ...verdict, band: 'not_judged', score: 0 })).toBe('not_judged')
  })
})

describe('where reports go besides', () => {
  const reports = { kind: 'webhook', address: 'https://reports.example.org/events', key: 'k' } as const
  const mine = { ...reports, address: 'https://mine.example.org/' }
  test('a policy names it and can lock it; a person may choose otherwise where it does not', () => {
    const { managed, problems } = managedOf({ endpoints: { reports } }, SITES)
    expect(problems).toEqual([])
    expect(endpointFor(undefined, NOT_MANAGED)).toEqual({ endpoint: null, origin: 'default' })
    expect(endpointFor(undefined, managed)).toEqual({ endpoint: reports, origin: 'policy' })
    expect(endpointFor('off', managed)).toEqual({ endpoint: null, origin: 'person' })
    expect(endpointFor(mine, managed)).toEqual({ endpoint: mine, origin: 'person' })
    expect(endpointFor(mine, { ...managed, locked: ['endpoints'] })).toEqual({ endpoint: reports, origin: 'fixed' })
    expect(endpointFor(mine, { ...NOT_MANAGED, locked: ['endpoints'] })).toEqual({ endpoint: null, origin: 'fixed' })
  })

  test.each([
    ['http://reports.example.org/', 'address'], ['https://user:pass@reports.example.org/', 'address'], [7, 'address'],
  ])('%s is not taken', (address, field) => {
    expect(managedOf({ endpoints: { reports: { ...reports, address } } }, SITES)).toEqual({ managed: NOT_MANAGED, problems: [`endpoints.reports.${field}`] })
  })

  test('Coop needs its ids, and policies of practices that there are', () => {
    const coop = { ...reports, kind: 'coop', itemTypeId: 'i', reporterTypeId: 't', reporterId: 'r', policies: { debt_ad: 'p' } }
    expect(managedOf({ endpoints: { reports: coop } }, SITES).managed.endpoints).toEqual({ reports: coop })
    const wrong = (change: object) => managedOf({ endpoints: { reports: { ...coop, ...change } } }, SITES).problems
    expect(wrong({ itemTypeId: '' })).toEqual(['endpoints.reports.itemTypeId'])
    expect(wrong({ key: 'a\nb' })).toEqual(['endpoints.reports.key'])
    expect(wrong({ policies: { gossip: 'p' } })).toEqual(['endpoints.reports.policies'])
    expect(managedOf({ endpoints: { elsewhere: reports } }, SITES).problems).toEqual(['endpoints.elsewhere'])
  })
})

describe('what administrators are given', () => {
  test('the schema names what we read', () => {
    expect(Object.keys(schema.properties)).toEqual(POLICY_KEYS)
    for (const display of DISPLAYS) expect(schema.properties.display.description).toMatch(new RegExp(`\\b${display}\\b`))
    expect(Object.keys(schema.properties.endpoints.properties.reports.properties)).toEqual(ENDPOINT_FIELDS)
    expect(schema.properties.language.enum).toEqual(LANGUAGES)
    expect(schema.properties.locked.items.enum).toEqual(LOCKABLE)
    expect(schema.properties.disabled.items.enum).toEqual(FEATURES)
  })

  test('the samples are good policies, and the same one', () => {
    const read = (name: string) => JSON.parse(readFileSync(`extension/policy/${name}`, 'utf8'))
    const chromium = read('chromium-linux.json')['3rdparty'].extensions['EXTENSION_ID']
    const firefox = read('firefox-policies.json').policies['3rdparty'].Extensions[GECKO_ID]
    expect(managedOf(chromium, SITES).problems).toEqual([])
    expect(firefox).toEqual(chromium)
    const lines = [...readFileSync('extension/policy/windows.reg', 'utf8').matchAll(/^"(\w+)"=(.*)$/gm)]
    const windows = Object.fromEntries(lines.map(([, key, value]) => {
      const given = /^dword:([0-9a-f]+)$/.exec(value!)
      const text = given ? parseInt(given[1]!, 16) : (JSON.parse(value!) as string)
      return [key, typeof text === 'string' && /^[{[]/.test(text) ? JSON.parse(text) : key === 'moderator' ? text === 1 : text]
    }))
    expect(windows).toEqual({ ...chromium, organisation: 'Example Bank' })
  })
})
