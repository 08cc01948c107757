import { build } from 'vite'

export const TARGETS = ['chrome', 'firefox'] as const
export type Target = (typeof TARGETS)[number]

/** Builds the extension for one target into dist/<target>. */
export async function bundle(target: Target): Promise<void> {
  // Standard output belongs to the command's result; the bundler and its plugins talk there too.
  const { log } = console
  console.log = console.error
  try {
    await build({ mode: target, logLevel: 'error' })
  } finally {
    console.log = log
  }
}
