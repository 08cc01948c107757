export interface Box {
  left: number
  top: number
  right: number
  bottom: number
}
export interface Place {
  left: number
  top: number
  maxHeight: number
}
const EDGE = 8
const GAP = 4

/** Where a card of this size goes: under its button, above it where there is more room, always inside the window. */
export function placeCard(button: Box, card: { width: number; height: number }, window: { width: number; height: number }): Place {
  const below = window.height - button.bottom - GAP - EDGE
  const above = button.top - GAP - EDGE
  const under = card.height <= below || below >= above
  const maxHeight = Math.max(120, under ? below : above)
  const height = Math.min(card.height, maxHeight)
  return {
    left: Math.max(EDGE, Math.min(button.left, window.width - card.width - EDGE)),
    top: under ? button.bottom + GAP : button.top - GAP - height,
    maxHeight,
  }
}
