/**
 * The pictures of a post without a request: where each stands in the window, and that part of the screenshot. The bytes
 * that the site sent cannot be had passively: most come from another origin, whose pixels a canvas withholds and whose
 * cached copy `only-if-cached` refuses.
 */
import type { Capture, Cutting } from '../types.ts'

/** CSS pixels; what is smaller either way is an emoji or an icon. */
const SMALL = 32

/** Where the pictures stand now; those that no screenshot can hold say why. Waits for one frame of the page. */
export async function placed(images: readonly HTMLImageElement[], view: Window & typeof globalThis): Promise<Cutting[]> {
  const seen = await visibleParts(images, view)
  return images.map((image) => {
    const address = image.currentSrc || image.src
    const { width, height } = image.getBoundingClientRect()
    const { x, y, width: shownWidth, height: shownHeight } = seen.get(image)!
    const left = ((): Cutting['left'] => {
      if (!image.complete || image.naturalWidth === 0) return 'notLoaded'
      if (width < SMALL || height < SMALL) return 'small'
      if (shownWidth < 1 || shownHeight < 1 || !image.checkVisibility({ checkOpacity: true, checkVisibilityCSS: true })) return 'notShown'
      // A pinch moves and enlarges the page under a screenshot of the same size.
      return (view.visualViewport?.scale ?? 1) === 1 ? undefined : 'zoomed'
    })()
    return {
      address: /^https?:/.test(address) ? address.slice(0, 2_000) : '',
      box: { x, y, width: shownWidth, height: shownHeight },
      partly: width - shownWidth > 1 || height - shownHeight > 1,
      ...(left ? { left } : {}),
    }
  })
}

/** What neither the window nor a scrolling box around it cuts off of each; empty boxes for what is out of sight. */
function visibleParts(images: readonly Element[], view: Window & typeof globalThis): Promise<Map<Element, DOMRectReadOnly>> {
  if (images.length === 0) return Promise.resolve(new Map())
  return new Promise((resolve) => {
    // The first report is of all that is observed.
    const observer = new view.IntersectionObserver((entries) => {
      observer.disconnect()
      resolve(new Map(entries.map(({ target, intersectionRect }) => [target, intersectionRect])))
    })
    for (const image of images) observer.observe(image)
  })
}

/** Cuts out of the screenshot what stands in it; the others say why they are left. Never throws. */
export async function cutOut({ cuttings, viewport, screenshot }: Capture, chosen: boolean): Promise<Cutting[]> {
  const whole = chosen && screenshot ? await createImageBitmap(new Blob([screenshot], { type: 'image/png' })).catch(() => undefined) : undefined
  const cut = async (cutting: Cutting): Promise<Cutting> => {
    if (cutting.left) return cutting
    if (!chosen) return { ...cutting, left: 'notChosen' }
    if (!screenshot) return { ...cutting, left: 'noScreenshot' }
    const part = whole && pixelsOf(cutting.box, viewport, whole)
    if (!part) return { ...cutting, left: 'failed' }
    const { x, y, width, height } = part
    try {
      const canvas = new OffscreenCanvas(width, height)
      canvas.getContext('2d')!.drawImage(whole, x, y, width, height, 0, 0, width, height)
      const png = new Uint8Array(await (await canvas.convertToBlob({ type: 'image/png' })).arrayBuffer())
      return { ...cutting, shown: { png, width, height } }
    } catch {
      return { ...cutting, left: 'failed' }
    }
  }
  const done = await Promise.all((cuttings ?? []).map(cut))
  whole?.close()
  return done
}

/** A box of the window in pixels of its screenshot, kept within it; undefined for one that is outside or no box at all. */
export function pixelsOf(box: Capture['box'], viewport: { width: number; height: number }, whole: { width: number; height: number }): Capture['box'] | undefined {
  const [across, down] = [whole.width / viewport.width, whole.height / viewport.height]
  const x = Math.max(0, Math.round(box.x * across))
  const y = Math.max(0, Math.round(box.y * down))
  const width = Math.min(whole.width, Math.round((box.x + box.width) * across)) - x
  const height = Math.min(whole.height, Math.round((box.y + box.height) * down)) - y
  return width > 0 && height > 0 && Number.isFinite(width * height) ? { x, y, width, height } : undefined
}
