import { crx } from '@crxjs/vite-plugin'
import preact from '@preact/preset-vite'
import { defaultClientConditions, defineConfig } from 'vite'
import { manifest } from './extension/manifest.ts'

/** `vite build --mode chrome` (also Edge) or `--mode firefox` → dist/<mode>. */
export default defineConfig(({ mode }) => {
  const firefox = mode === 'firefox'
  return {
    define: { FIREFOX: JSON.stringify(firefox) },
    plugins: [preact(), crx({ manifest: manifest(firefox), browser: firefox ? 'firefox' : 'chrome' })],
    // The runtime's own files are given by address: its plain import hangs where it may start threads.
    resolve: { conditions: ['onnxruntime-web-use-extern-wasm', ...defaultClientConditions] },
    worker: { format: 'es' },
    build: {
      outDir: `dist/${firefox ? 'firefox' : 'chrome'}`,
      emptyOutDir: true,
      target: 'es2022',
      modulePreload: false,
      assetsInlineLimit: 0,
      rolldownOptions: { input: { check: 'extension/check.html', review: 'extension/review.html', ...(firefox ? { panel: 'extension/panel.html' } : { offscreen: 'extension/offscreen.html' }) } },
    },
  }
})
