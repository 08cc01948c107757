import { readFileSync } from 'node:fs'
import { Ajv } from 'ajv'
import { Window } from 'happy-dom'
import { describe, expect, test } from 'vitest'
import schema from '../../public/managed_schema.json' with { type: 'json' }

interface Property {
  title: string
  type: string
  enum?: string[]
  minimum?: number
  maximum?: number
  properties?: Record<string, object>
  items?: { enum: string[] }
}
const properties = schema.properties as Record<string, Property>
const parser = new new Window().DOMParser()
const read = (name: string) => parser.parseFromString(readFileSync(`extension/policy/windows/${name}`, 'utf8'), 'application/xml')

/** What Chromium makes of a registry: subkeys are objects, or lists where their values are numbered; doubles are strings. */
const KEY = 'Software\\Policies\\Google\\Chrome\\3rdparty\\extensions\\EXTENSION_ID\\policy'
const admx = read('mingcha.admx')
const policies = [...admx.querySelectorAll('policy')]
const of = (policy: (typeof policies)[number]) => {
  const elements = [...(policy.querySelector('elements')?.children ?? [])]
  return { name: policy.getAttribute('name')!, elements, tags: elements.map(({ tagName }) => tagName) }
}
/** The names of an element's attributes, with their values. */
const attributes = (element: (typeof policies)[number]) => Object.fromEntries([...element.attributes].map(({ name, value }) => [name, value]))

describe('the ADMX template', () => {
  test('has a policy for each property of the schema, at its place in the registry', () => {
    expect(policies.map((policy) => of(policy).name)).toEqual(Object.keys(properties))
    for (const policy of policies) expect(attributes(policy)).toMatchObject({ class: 'Both', key: KEY })
  })

  test.each(policies.map((policy) => [of(policy).name, policy] as const))('%s is asked for as the schema has it', (name, policy) => {
    const { elements, tags } = of(policy)
    const property = properties[name]!
    const [element] = elements
    if (property.type === 'boolean') {
      expect(policy.getAttribute('valueName')).toBe(name)
      expect(['enabledValue', 'disabledValue'].map((tag) => policy.querySelector(`${tag} decimal`)!.getAttribute('value'))).toEqual(['1', '0'])
    } else if (property.enum) {
      expect(attributes(element!)).toMatchObject({ id: name, valueName: name })
      expect([...element!.querySelectorAll('item string')].map((one) => one.textContent)).toEqual(property.enum)
    } else if (property.type === 'integer') {
      expect(tags).toEqual(['decimal'])
      expect(attributes(element!)).toMatchObject({ id: name, valueName: name, minValue: String(property.minimum), maxValue: String(property.maximum) })
    } else if (property.type === 'array') {
      expect(tags).toEqual(['list'])
      expect(attributes(element!)).toEqual({ id: name, key: `${KEY}\\${name}`, valuePrefix: '' })
    } else if (name === 'display') {
      expect(attributes(element!)).toEqual({ id: name, key: `${KEY}\\${name}`, explicitValue: 'true' })
    } else if (name === 'thresholds') {
      expect(elements.map((one) => [one.tagName, attributes(one)['key'], attributes(one)['valueName']])).toEqual(Object.keys(property.properties!).map((field) => ['text', `${KEY}\\${name}`, field]))
    } else {
      // A string, or an object in one line of JSON.
      expect(tags).toEqual(['text'])
      expect(attributes(element!)).toMatchObject({ id: name, valueName: name })
    }
  })

  test.each(['zh-CN', 'en-US'])('%s: every text and every field that the template names is there, and no other', (language) => {
    const adml = read(`${language}/mingcha.adml`)
    const ids = (selector: string) => [...adml.querySelectorAll(selector)].map((one) => one.getAttribute('id')!).sort()
    const template = readFileSync('extension/policy/windows/mingcha.admx', 'utf8')
    const named = (kind: string) => [...new Set([...template.matchAll(new RegExp(`\\$\\(${kind}\\.(\\w+)\\)`, 'g'))].map(([, id]) => id!))].sort()
    expect(ids('string')).toEqual(named('string'))
    expect(ids('presentation')).toEqual(named('presentation'))
    for (const policy of policies) {
      const { name, elements } = of(policy)
      const presentation = [...adml.querySelectorAll('presentation')].find((one) => one.getAttribute('id') === name)
      expect([...(presentation?.children ?? [])].map((one) => one.getAttribute('refId')), name).toEqual(elements.map((one) => one.getAttribute('id')))
      const explained = [...adml.querySelectorAll('string')].find((one) => one.getAttribute('id') === `${name}_explain`)!.textContent!
      for (const value of properties[name]!.items?.enum ?? []) expect(explained, name).toContain(value)
    }
    for (const one of adml.querySelectorAll('string')) expect(one.textContent!.trim(), one.getAttribute('id')!).not.toBe('')
  })

  test('in English it has the titles of the schema', () => {
    const adml = read('en-US/mingcha.adml')
    for (const [name, { title }] of Object.entries(properties)) expect([...adml.querySelectorAll('string')].find((one) => one.getAttribute('id') === name)!.textContent).toBe(title)
  })
})

test('the samples are what the browser’s own reading of the schema takes', () => {
  const valid = new Ajv().compile({ ...schema, additionalProperties: false })
  const sample = JSON.parse(readFileSync('extension/policy/chromium-linux.json', 'utf8'))['3rdparty'].extensions['EXTENSION_ID'] as object
  expect(valid(sample), JSON.stringify(valid.errors)).toBe(true)
  expect(valid({ ...sample, retentionDays: 0 })).toBe(false)
})
