/** @jsxImportSource preact */
import { render } from 'preact'
import help from './help.css?inline'
import { type Language, setLanguage } from './i18n.ts'
import { KeyHelp } from './key-help.tsx'
import { PAGE_BINDINGS } from './keys.ts'
import css from './mark.css?inline'

/** Shows the keys of moderator mode over the page, in a closed root; the same key or Escape ends it. */
export function createPageKeys(doc: Document): { toggle(language: Language): void; owns(node: Node): boolean } {
  let host: HTMLElement | undefined
  let root: ShadowRoot | undefined
  const close = (): void => {
    if (root) render(null, root)
    host?.remove()
    host = root = undefined
  }
  return {
    owns: (node) => node === host,
    toggle(language) {
      if (host) return close()
      setLanguage(language)
      host = doc.createElement('span')
      root = host.attachShadow({ mode: 'closed' })
      render([<style>{css}{help}</style>, <span class="theme"><KeyHelp bindings={PAGE_BINDINGS} onClose={close} /></span>], root)
      doc.documentElement.append(host)
    },
  }
}
