import type { Key } from './i18n.ts'

export type Action = 'next' | 'previous' | 'confirm' | 'wrong' | 'unsure' | 'reopen' | 'undo' | 'search' | 'help'

export interface Binding {
  action: Action
  /** As `KeyboardEvent.key` says them. */
  keys: readonly string[]
  /** As the help and the buttons show them. */
  shown: readonly string[]
  label: Key
}

/** The keyboard of the review desk; the help is drawn from this list. */
export const BINDINGS: readonly Binding[] = [
  { action: 'next', keys: ['j', 'ArrowDown'], shown: ['J', '↓'], label: 'key_next' },
  { action: 'previous', keys: ['k', 'ArrowUp'], shown: ['K', '↑'], label: 'key_previous' },
  { action: 'confirm', keys: ['1'], shown: ['1'], label: 'key_confirm' },
  { action: 'wrong', keys: ['2'], shown: ['2'], label: 'key_wrong' },
  { action: 'unsure', keys: ['3'], shown: ['3'], label: 'key_unsure' },
  { action: 'reopen', keys: ['0'], shown: ['0'], label: 'key_reopen' },
  { action: 'undo', keys: ['u'], shown: ['U'], label: 'key_undo' },
  { action: 'search', keys: ['/', '、'], shown: ['/'], label: 'key_search' },
  // A Chinese keyboard writes the full-width sign.
  { action: 'help', keys: ['?', '？'], shown: ['?'], label: 'key_help' },
]

const BY_KEY = new Map(BINDINGS.flatMap(({ keys, action }) => keys.map((key) => [key, action])))

type Press = Pick<KeyboardEvent, 'key' | 'ctrlKey' | 'metaKey' | 'altKey' | 'isComposing' | 'target'>

/** What a key press means; null while the person writes, or holds a key that belongs to the browser. */
export function actionOf(press: Press): Action | null {
  if (press.ctrlKey || press.metaKey || press.altKey || press.isComposing) return null
  if (press.target instanceof Element && press.target.closest('input, textarea, select, [contenteditable]')) return null
  return BY_KEY.get(press.key.length === 1 ? press.key.toLowerCase() : press.key) ?? null
}
