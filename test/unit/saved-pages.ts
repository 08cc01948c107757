/** The saved pages of all sites, as a test opens them. */

import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Adapter } from '../../src/sites/adapter.ts'
import { adapters } from '../../src/sites/index.ts'
import type { Expected } from './redesign.ts'

export interface SavedPage {
  /** `site/file.html` */
  name: string
  html: string
  url: URL
  adapter: Adapter
  expected: Expected[]
}

const folder = join(import.meta.dirname, '../fixtures/sites')
export const savedPages: readonly SavedPage[] = adapters.flatMap((adapter) =>
  readdirSync(join(folder, adapter.id))
    .filter((file) => file.endsWith('.html'))
    .map((file) => {
      const html = readFileSync(join(folder, adapter.id, file), 'utf8')
      const expected = JSON.parse(readFileSync(join(folder, adapter.id, file.replace(/html$/, 'json')), 'utf8'))
      return { name: `${adapter.id}/${file}`, html, url: new URL(/^<!-- url: (\S+) -->\n/.exec(html)![1]!), adapter, expected }
    }),
)

/** happy-dom does not make declarative shadow roots, so they are attached here. */
export function open(html: string): Document {
  const document = new DOMParser().parseFromString(html, 'text/html')
  const attach = (root: ParentNode): void => {
    for (const template of root.querySelectorAll('template')) {
      if (template.getAttribute('shadowrootmode') !== 'open' || !template.parentElement) continue
      const shadow = template.parentElement.attachShadow({ mode: 'open' })
      shadow.append(...template.content.childNodes)
      template.remove()
      attach(shadow)
    }
  }
  attach(document)
  return document
}
