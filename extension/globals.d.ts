/** Set by vite.config.ts. */
declare const FIREFOX: boolean
