import { build, type Plugin } from 'vite'

export const TARGETS = ['chrome', 'firefox'] as const
export type Target = (typeof TARGETS)[number]

/** Builds the extension for one target into `folder`, dist/<target> by default; `watcher` hears of all that is written. */
export async function bundle(target: Target, folder?: string, watcher?: Plugin): Promise<void> {
  // What the shell happens to say must not decide what is built.
  process.env['NODE_ENV'] = 'production'
  // Standard output belongs to the command's result; the bundler and its plugins talk there too.
  const { log } = console
  console.log = console.error
  try {
    await build({ mode: target, logLevel: 'error', ...(folder ? { build: { outDir: folder } } : {}), ...(watcher ? { plugins: [watcher], worker: { plugins: () => [watcher] } } : {}) })
  } finally {
    console.log = log
  }
}
