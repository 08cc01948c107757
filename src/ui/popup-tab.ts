import type { TabState } from '../messages.ts'

/** What is known of the tab the popup was opened over. */
export type PopupTab =
  | TabState
  | { kind: 'loading' }
  /** No adapter has this page. */
  | { kind: 'unsupported' }
  /** The site is ours, but the browser has not granted it. */
  | { kind: 'permission' }
  /** The content script does not answer; `reason` is a key of the catalogue, such as `extensionUpdated`. */
  | { kind: 'error'; reason?: string | undefined }

export const isTabState = (tab: PopupTab): tab is TabState => 'items' in tab
