/** @jsxImportSource preact */
import type { JSX } from 'preact'

/** The seal of public/icons, as it is drawn at small sizes. */
export function Logo(): JSX.Element {
  return (
    <svg class="logo" viewBox="0 0 16 16" width="22" height="22" aria-hidden="true" focusable="false">
      <circle cx="8" cy="8" r="8" fill="#b3261e" />
      <path d="M1.8 8C3.6 5 5.7 3.6 8 3.6S12.4 5 14.2 8C12.4 11 10.3 12.4 8 12.4S3.6 11 1.8 8Z" fill="#fdf6f0" />
      <circle cx="8" cy="8" r="3" fill="#b3261e" />
      <circle cx="8" cy="8" r="1.1" fill="#fdf6f0" />
    </svg>
  )
}
