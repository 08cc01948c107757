import type { Key } from './i18n.ts'

export type Action = 'next' | 'previous' | 'confirm' | 'wrong' | 'unsure' | 'reopen' | 'save' | 'family' | 'undo' | 'search' | 'help'

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
  { action: 'save', keys: ['Enter'], shown: ['Enter'], label: 'key_save' },
  { action: 'family', keys: ['f'], shown: ['F'], label: 'key_family' },
  { action: 'undo', keys: ['u'], shown: ['U'], label: 'key_undo' },
  { action: 'search', keys: ['/', '、'], shown: ['/'], label: 'key_search' },
  // A Chinese keyboard writes the full-width sign.
  { action: 'help', keys: ['?', '？'], shown: ['?'], label: 'key_help' },
]


export type PageAction = 'next' | 'previous' | 'open' | 'report' | 'dismiss' | 'confirm' | 'wrong' | 'undo' | 'help'

/** Keys in the page, in moderator mode; the same letters as at the review desk where they mean the same. */
export const PAGE_BINDINGS: readonly (Omit<Binding, 'action'> & { action: PageAction })[] = [
  { action: 'next', keys: ['j'], shown: ['J'], label: 'key_next' },
  { action: 'previous', keys: ['k'], shown: ['K'], label: 'key_previous' },
  { action: 'open', keys: ['o'], shown: ['O'], label: 'pageKey_open' },
  { action: 'confirm', keys: ['1'], shown: ['1'], label: 'key_confirm' },
  { action: 'wrong', keys: ['2'], shown: ['2'], label: 'key_wrong' },
  { action: 'report', keys: ['r'], shown: ['R'], label: 'pageKey_report' },
  { action: 'dismiss', keys: ['x'], shown: ['X'], label: 'pageKey_dismiss' },
  { action: 'undo', keys: ['u'], shown: ['U'], label: 'key_undo' },
  { action: 'help', keys: ['?', '？'], shown: ['?'], label: 'key_help' },
]

type Press = Pick<KeyboardEvent, 'key' | 'ctrlKey' | 'metaKey' | 'altKey' | 'isComposing' | 'target'> & Partial<Pick<KeyboardEvent, 'composedPath'>>

/** What a key press means; null while the person writes, or holds a key that belongs to the browser. */
export function actionOf<A extends string>(press: Press, bindings: readonly { action: A; keys: readonly string[] }[]): A | null {
  if (press.ctrlKey || press.metaKey || press.altKey || press.isComposing) return null
  // Seen from outside, an event in a shadow tree comes from its host.
  const target = press.composedPath?.()[0] ?? press.target
  if (target instanceof Element && target.closest('input, textarea, select, [contenteditable]')) return null
  // Enter belongs to what the keyboard stands on; a row's button is no stop of it.
  if (press.key === 'Enter' && target instanceof Element && target.closest('button:not([tabindex="-1"]), a, summary')) return null
  const key = press.key.length === 1 ? press.key.toLowerCase() : press.key
  return bindings.find(({ keys }) => keys.includes(key))?.action ?? null
}
