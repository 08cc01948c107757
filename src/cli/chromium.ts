import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { type BrowserContext, chromium, type Page } from 'playwright-core'

/** Chromium-family browsers that accept an unpacked extension; branded Chrome refuses it. */
const NAMES = ['chromium', 'chromium-browser', 'microsoft-edge', 'brave-browser']

export function findChromium(): string {
  const given = process.env['CHROMIUM']
  if (given) {
    if (!existsSync(given)) throw new Error(`CHROMIUM=${given} 不存在。 CHROMIUM names no file.`)
    return given
  }
  for (const name of NAMES) {
    const { status, stdout } = spawnSync('sh', ['-c', `command -v ${name}`], { encoding: 'utf8' })
    if (status === 0 && stdout.trim()) return stdout.trim()
  }
  throw new Error('没有找到 Chromium：请安装，或用环境变量 CHROMIUM 指出路径。 No Chromium found: install it, or give its path in CHROMIUM.')
}

export interface Browser {
  context: BrowserContext
  /** `chrome-extension://<id>` */
  origin: string
  /** Folder of its profile; its processes are told by it. */
  profile: string
  /** Opens one of the extension's pages, such as `extension/review.html`. */
  openOwn(path: string): Promise<Page>
  close(): Promise<void>
}

export interface BrowserOptions {
  dist?: string
  headless?: boolean
  args?: string[]
  /** Keeps the profile in this folder instead of a throw-away one. */
  profile?: string
  colorScheme?: 'light' | 'dark'
  locale?: string
}

/** Quiet start: nothing of the browser's own calls home, so that a log of requests shows only ours. */
const QUIET = [
  '--no-first-run', '--no-default-browser-check', '--disable-background-networking', '--disable-component-update', '--disable-sync', '--disable-quic',
  '--disable-domain-reliability', '--disable-features=Translate,OptimizationHints,MediaRouter,DialMediaRouteProvider,AutofillServerCommunication',
]

const launch = (profile: string, more: string[], options: BrowserOptions): Promise<BrowserContext> =>
  chromium.launchPersistentContext(profile, {
    executablePath: findChromium(),
    headless: options.headless ?? true,
    viewport: { width: 1366, height: 900 },
    ignoreHTTPSErrors: true,
    locale: options.locale ?? 'zh-CN',
    ...(options.colorScheme ? { colorScheme: options.colorScheme } : {}),
    args: ['--no-sandbox', ...more, ...QUIET, ...(options.args ?? [])],
    ignoreDefaultArgs: ['--disable-extensions'],
  })

/** Starts the same Chromium in the same way, without the extension. */
export async function openWithout(options: BrowserOptions = {}): Promise<Pick<Browser, 'context' | 'profile' | 'close'>> {
  const profile = options.profile ?? (await mkdtemp(join(tmpdir(), 'mingcha-')))
  const context = await launch(profile, [], options)
  return { context, profile, close: () => end(context, profile, options) }
}

async function end(context: BrowserContext, profile: string, options: BrowserOptions): Promise<void> {
  await context.close()
  if (!options.profile) await rm(profile, { recursive: true, force: true, maxRetries: 3 })
}

/** Starts a real Chromium with the built extension. */
export async function openBrowser(options: BrowserOptions = {}): Promise<Browser> {
  const dist = resolve(options.dist ?? 'dist/chrome')
  if (!existsSync(join(dist, 'manifest.json'))) throw new Error(`${dist} 还没有构建：先运行 npm run build。 Not built: run npm run build first.`)
  const profile = options.profile ?? (await mkdtemp(join(tmpdir(), 'mingcha-')))
  const context = await launch(profile, [`--disable-extensions-except=${dist}`, `--load-extension=${dist}`], options)
  const worker = context.serviceWorkers()[0] ?? (await context.waitForEvent('serviceworker'))
  const origin = worker.url().split('/').slice(0, 3).join('/')
  if (!options.profile) await endWelcome(context)
  return {
    context,
    origin,
    profile,
    async openOwn(path) {
      const page = await context.newPage()
      await page.goto(`${origin}/${path}`)
      return page
    },
    close: () => end(context, profile, options),
  }
}

/** A fresh profile opens the first page; it is closed, so that it does not come in front of what is opened next. */
async function endWelcome(context: BrowserContext): Promise<void> {
  const isWelcome = (page: Page): boolean => page.url().endsWith('/welcome.html')
  const page = context.pages().find(isWelcome) ?? (await context.waitForEvent('page', { predicate: async (one) => one.waitForURL(/\/welcome\.html$/).then(() => true, () => false) }))
  await page.close()
}
