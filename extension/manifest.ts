import type { ManifestV3Export } from '@crxjs/vite-plugin'
import packageJson from '../package.json' with { type: 'json' }
import { matches } from '../src/sites/index.ts'

/** Toolbars, menus and lists of extensions, at one and two device pixels; public/icons/icon.svg is their source. */
export const ICON_SIZES = [16, 32, 48, 64, 96, 128] as const
/** Name of the extension in Firefox, also for policies. */
export const GECKO_ID = 'mingcha@mingcha.local'

/** One manifest for all three browsers; `firefox` says where they differ. Its sites come from the adapters. */
export function manifest(firefox: boolean): ManifestV3Export {
  return {
    manifest_version: 3,
    name: '__MSG_appName__',
    description: '__MSG_appDescription__',
    version: packageJson.version,
    default_locale: 'zh_CN',
    icons: Object.fromEntries(ICON_SIZES.map((size) => [size, `icons/icon-${size}.png`])),
    action: {
      default_title: '__MSG_actionTitle__',
      default_popup: 'extension/popup.html',
      default_icon: { 16: 'icons/icon-16.png', 32: 'icons/icon-32.png' },
    },
    // Asked for one site at a time, where a person switches the generic reader on.
    optional_host_permissions: ['https://*/*', 'http://*/*'],
    // Firefox takes a policy without a schema; src/store/managed checks it there and here.
    ...(firefox ? {} : { storage: { managed_schema: 'managed_schema.json' } }),
    options_ui: { page: 'extension/options.html', open_in_tab: true },
    // activeTab: the popup may know which page it was opened over and, when asked to check it, read its text (scripting).
    // alarms: a report sink that was away is tried again later.
    permissions: ['activeTab', 'alarms', 'contextMenus', ...(firefox ? [] : ['offscreen']), 'scripting', ...(firefox ? [] : ['sidePanel']), 'storage'],
    content_scripts: [
      {
        matches: [...matches],
        js: ['extension/content.iife.ts'],
        css: ['extension/content.css'],
        run_at: 'document_idle',
      },
    ],
    // Without 'wasm-unsafe-eval' WebAssembly does not compile in either browser.
    content_security_policy: { extension_pages: "script-src 'self' 'wasm-unsafe-eval'; object-src 'self'" },
    ...(firefox
      ? {
          sidebar_action: { default_title: '__MSG_panelTitle__', default_panel: 'extension/panel.html', default_icon: 'icons/icon-32.png', open_at_install: false },
          background: { scripts: ['extension/background.ts'], type: 'module' as const },
          browser_specific_settings: {
            // Firefox for Android knows data_collection_permissions from 142 on.
            gecko: { id: GECKO_ID, strict_min_version: '142.0', data_collection_permissions: { required: ['none'] } },
          },
        }
      : {
          side_panel: { default_path: 'extension/panel.html' },
          background: { service_worker: 'extension/background.ts', type: 'module' as const }, minimum_chrome_version: '120',
        }),
  } as ManifestV3Export
}
