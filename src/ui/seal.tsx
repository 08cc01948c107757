/** @jsxImportSource preact */
import type { JSX } from 'preact'

/** Filled: flagged. Dashed: unsure. Tick: decided or reported. Empty: not this. Colour is never the only sign. */
export type SealState = 'flagged' | 'unsure' | 'done' | 'empty'

const EYE = 'M3.6 8C4.9 5.9 6.4 5 8 5s3.1.9 4.4 3C11.1 10.1 9.6 11 8 11s-3.1-.9-4.4-3Z'

/** The round seal that stands before every name; decoration only, the words beside it say the same. */
export function Seal({ state }: { state: SealState }): JSX.Element {
  return (
    <svg class={`seal seal-${state}`} viewBox="0 0 16 16" width="14" height="14" aria-hidden="true" focusable="false">
      {state === 'flagged' && (
        <>
          <circle cx="8" cy="8" r="7.2" fill="currentColor" />
          <path d={EYE} fill="var(--seal-paper)" />
          <circle cx="8" cy="8" r="1.9" fill="currentColor" />
        </>
      )}
      {state === 'unsure' && (
        <>
          <circle cx="8" cy="8" r="6.6" fill="none" stroke="currentColor" stroke-width="1.5" stroke-dasharray="2.7 1.45" />
          <circle cx="8" cy="8" r="2.1" fill="currentColor" />
        </>
      )}
      {state === 'done' && (
        <>
          <circle cx="8" cy="8" r="7.2" fill="currentColor" />
          <path d="M4.6 8.3 7 10.7l4.5-5.1" fill="none" stroke="var(--seal-paper)" stroke-width="1.7" stroke-linecap="round" stroke-linejoin="round" />
        </>
      )}
      {state === 'empty' && <circle cx="8" cy="8" r="6.4" fill="none" stroke="currentColor" stroke-width="1.4" />}
    </svg>
  )
}
