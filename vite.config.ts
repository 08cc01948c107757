import { crx } from '@crxjs/vite-plugin'
import preact from '@preact/preset-vite'
import { defaultClientConditions, defineConfig, type Plugin } from 'vite'
import { manifest } from './extension/manifest.ts'

/**
 * The built files hold nothing that a store's reviewer must ask about. Preact can assign markup where it is asked to;
 * nobody asks (test/unit/house). The runtime imports an address that it is given; here that is always its own file.
 * Both on what is written, since the content script and the workers are bundled apart.
 */
const plainOutput: Plugin = {
  name: 'plain-output',
  generateBundle: {
    order: 'post',
    handler(_, bundle) {
      const runtime = Object.keys(bundle).find((name) => /ort-wasm[^/]*\.mjs$/.test(name))?.split('/').at(-1)
      const plain = (code: string): string =>
        code.replace(/\(\w+\.innerHTML=(\w+)\.__html\)/g, '($1.__html)').replace(/\bimport\((\s*\/\*.*?\*\/)*\s*\w+\s*\)/gs, `import('./${runtime}')`)
      for (const file of Object.values(bundle)) {
        if (file.type === 'chunk') file.code = plain(file.code)
        else if (file.fileName.endsWith('.js')) file.source = plain(String(file.source))
      }
    },
  },
}

/** `vite build --mode chrome` (also Edge) or `--mode firefox` → dist/<mode>. */
export default defineConfig(({ mode }) => {
  const firefox = mode === 'firefox'
  return {
    define: { FIREFOX: JSON.stringify(firefox) },
    plugins: [plainOutput, preact(), crx({ manifest: manifest(firefox), browser: firefox ? 'firefox' : 'chrome' })],
    // The runtime's own files are given by address: its plain import hangs where it may start threads.
    resolve: { conditions: ['onnxruntime-web-use-extern-wasm', ...defaultClientConditions] },
    worker: { format: 'es' },
    build: {
      outDir: `dist/${firefox ? 'firefox' : 'chrome'}`,
      emptyOutDir: true,
      target: 'es2022',
      modulePreload: false,
      assetsInlineLimit: 0,
      rolldownOptions: { input: { check: 'extension/check.html', review: 'extension/review.html', welcome: 'extension/welcome.html', ...(firefox ? { panel: 'extension/panel.html' } : { offscreen: 'extension/offscreen.html' }) } },
    },
  }
})
