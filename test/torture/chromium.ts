/** The properties of pages, in a real Chromium. */
import { chromium, type Browser, type Page } from 'playwright-core'
import { build, type Rollup } from 'vite'
import { findChromium } from '../../src/cli/chromium.ts'
import type { Torture } from './page.ts'

export async function openTorture(): Promise<{ page: Page; close(): Promise<void> }> {
  const built = (await build({
    configFile: false,
    logLevel: 'silent',
    build: { write: false, minify: false, lib: { entry: new URL('./page.ts', import.meta.url).pathname, formats: ['iife'], name: 'page' } },
  })) as Rollup.RollupOutput[]
  const browser: Browser = await chromium.launch({ executablePath: findChromium(), args: ['--no-sandbox'] })
  const page = await browser.newPage()
  await page.setContent('<!doctype html><body></body>')
  await page.addScriptTag({ content: built[0]!.output[0].code })
  return { page, close: () => browser.close() }
}

/** Runs something of {@link Torture} in the page. */
export const inPage = <T>(page: Page, name: keyof Torture, ...given: unknown[]): Promise<T> =>
  page.evaluate(([one, args]) => ((globalThis as unknown as { torture: Record<string, (...args: unknown[]) => unknown> }).torture[one]!(...args) as never), [name, given] as const)
