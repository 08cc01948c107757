import type { Capture, Post, Verdict } from '../types.ts'
import { caseKey } from '../types.ts'
import { inertHtml } from './inert.ts'

export interface Captured {
  element: Element
  post: Post
  verdict: Verdict
  /** Visible text of the element. */
  text: string
  /** Nodes of ours in the page. */
  owns(node: Node): boolean
  software: string
  now: number
}

/** What the page shows of a post now; the screenshot is added by whoever can take one. */
export function captureOf({ element, post, verdict, text, owns, software, now }: Captured): Capture {
  const { title, location, defaultView } = element.ownerDocument
  const view = defaultView!
  const { x, y, width, height } = element.getBoundingClientRect()
  const { html, cut, pictures } = inertHtml(element, title.slice(0, 500), owns)
  return {
    key: caseKey(post),
    at: now,
    timeZone: Intl.DateTimeFormat().resolvedOptions().timeZone,
    url: location.href.slice(0, 4_000),
    title: title.slice(0, 500),
    post, verdict, html, cut, text, pictures,
    box: { x, y, width, height },
    viewport: { width: view.innerWidth, height: view.innerHeight, scale: view.devicePixelRatio },
    userAgent: view.navigator.userAgent,
    language: view.navigator.language,
    software,
    source: 'live',
  }
}
