/** @jsxImportSource preact */
import type { JSX } from 'preact'

/** The seal of public/icons/icon.svg, for our own pages. */
export function Logo(): JSX.Element {
  return (
    <svg class="logo" viewBox="0 0 32 32" width="24" height="24" aria-hidden="true" focusable="false">
      <circle cx="16" cy="16" r="15.5" />
    </svg>
  )
}
