import browser from 'webextension-polyfill'

/** Browsers end a background 30 s after the last event, even while a worker computes or a server is waited for: calls reset that clock. */
export async function keptAlive<T>(work: T | Promise<T>): Promise<T> {
  const clock = setInterval(() => void browser.runtime.getPlatformInfo(), 2_000)
  void browser.runtime.getPlatformInfo()
  try {
    return await work
  } finally {
    clearInterval(clock)
  }
}
