import { useEffect, useRef } from 'preact/hooks'
import { type Action, actionOf, BINDINGS } from './keys.ts'

/** Calls back for the keys of the review desk, on the whole page; null while something else has the keyboard. */
export function useKeys(act: ((action: Action) => void) | null): void {
  const latest = useRef(act)
  latest.current = act
  useEffect(() => {
    const press = (event: KeyboardEvent): void => {
      const action = actionOf(event, BINDINGS)
      if (!action || !latest.current) return
      event.preventDefault()
      latest.current(action)
    }
    addEventListener('keydown', press)
    return () => removeEventListener('keydown', press)
  }, [])
}
