import type { RefObject } from 'preact'
import { useEffect, useLayoutEffect, useRef } from 'preact/hooks'
import { placeCard } from './place.ts'

type Ref<E> = RefObject<E | null>
interface Parts {
  root: Ref<HTMLElement>
  button: Ref<HTMLElement>
  card: Ref<HTMLElement>
}

/**
 * Keeps an open card at its button, over the page and never in its layout, and asks to close it on Escape and on a
 * press outside. The top layer is used because a page may clip or transform whatever the mark stands in.
 */
export function useFloating(open: boolean, { root, button, card }: Parts, onClose: (byKeyboard: boolean) => void): void {
  const close = useRef(onClose)
  close.current = onClose

  useLayoutEffect(() => {
    const element = card.current
    if (!open || !element) return
    let frame = 0
    const place = (): void => {
      frame = 0
      if (!button.current || !element.isConnected) return
      show(element)
      element.style.maxHeight = 'none'
      const { left, top, maxHeight } = placeCard(button.current.getBoundingClientRect(), element.getBoundingClientRect(), {
        width: document.documentElement.clientWidth,
        height: window.innerHeight,
      })
      element.style.left = `${left}px`
      element.style.top = `${top}px`
      element.style.maxHeight = `${maxHeight}px`
    }
    const later = (): void => {
      frame ||= requestAnimationFrame(place)
    }
    const resized = typeof ResizeObserver === 'undefined' ? null : new ResizeObserver(later)
    place()
    element.focus({ preventScroll: true })
    resized?.observe(element)
    // Captured, since scrolling boxes of the page do not bubble their event.
    window.addEventListener('scroll', later, { capture: true, passive: true })
    window.addEventListener('resize', later)
    return () => {
      cancelAnimationFrame(frame)
      resized?.disconnect()
      window.removeEventListener('scroll', later, { capture: true })
      window.removeEventListener('resize', later)
    }
  }, [open])

  useEffect(() => {
    if (!open) return
    const press = (event: Event): void => {
      const inside = root.current?.getRootNode()
      // A closed shadow root shows only its host in the path.
      const own = inside instanceof ShadowRoot ? inside.host : root.current
      if (own && !event.composedPath().includes(own)) close.current(false)
    }
    const key = (event: KeyboardEvent): void => {
      if (event.key !== 'Escape') return
      // One Escape closes one thing: not also the page's own dialog under it.
      event.preventDefault()
      event.stopImmediatePropagation()
      close.current(true)
    }
    window.addEventListener('pointerdown', press, true)
    window.addEventListener('keydown', key, true)
    return () => {
      window.removeEventListener('pointerdown', press, true)
      window.removeEventListener('keydown', key, true)
    }
  }, [open])
}

/** Again after the page moved the mark, which takes an element out of the top layer. */
function show(element: HTMLElement): void {
  if (typeof element.showPopover !== 'function' || element.matches(':popover-open')) return
  element.showPopover()
}

const KEPT = ['click', 'dblclick', 'auxclick', 'mousedown', 'mouseup', 'pointerdown', 'pointerup', 'touchstart', 'touchend', 'mouseover', 'pointerover', 'keydown', 'keyup', 'keypress']

/** Keeps what happens in the mark from the page: posts are often links, and feeds have shortcuts and hover cards. */
export function useOwnEvents(root: Ref<HTMLElement>): void {
  useLayoutEffect(() => {
    const element = root.current
    if (!element) return
    const keep = (event: Event): void => {
      event.stopPropagation()
      if (event.type === 'click') event.preventDefault()
    }
    for (const name of KEPT) element.addEventListener(name, keep)
    return () => {
      for (const name of KEPT) element.removeEventListener(name, keep)
    }
  }, [])
}
