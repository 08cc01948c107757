import type { Capture, Post, Verdict } from '../types.ts'
import { caseKey, MOST_CUTTINGS } from '../types.ts'
import { inertHtml } from './inert.ts'
import { placed } from './cuttings.ts'

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
export async function captureOf({ element, post, verdict, text, owns, software, now }: Captured): Promise<Capture> {
  const { title, location, defaultView } = element.ownerDocument
  const view = defaultView!
  const { x, y, width, height } = element.getBoundingClientRect()
  const { html, cut, pictures, images } = inertHtml(element, title.slice(0, 500), owns)
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
    cuttings: await placed(images.slice(0, MOST_CUTTINGS), view),
    ...(cut || images.length > MOST_CUTTINGS ? { moreCuttings: true } : {}),
  }
}
