/** Without a sign of the person for this long, the next one is a return, ms. */
const AWAY = 60_000
const SIGNS = ['pointermove', 'wheel', 'touchstart', 'keydown'] as const

/** Calls back when the page comes to be looked at: now, if it is visible; when it becomes so; and at the first sign of life after a pause. */
export function onReturn(doc: Document, callback: () => void, signal: AbortSignal): void {
  let last = -Infinity
  const seen = (): void => {
    if (doc.hidden) return
    const now = performance.now()
    if (now - last > AWAY) callback()
    last = now
  }
  const shown = (): void => {
    last = -Infinity
    seen()
  }
  doc.addEventListener('visibilitychange', shown, { signal })
  for (const sign of SIGNS) doc.addEventListener(sign, seen, { signal, passive: true, capture: true })
  seen()
}
