/** A part of a page as a document that loads and runs nothing: for keeping, and for reading years later. */

/** Kept under their own names; any other element becomes a span that says what it was. */
const KEPT = new Set(
  ('a abbr address article aside b bdi bdo blockquote br caption cite code dd del details dfn div dl dt em figcaption figure footer h1 h2 h3 h4 h5 h6 ' +
    'header hr i img ins kbd li main mark nav ol p pre q s samp section small span strong sub summary sup table tbody td tfoot th thead time tr u ul var wbr').split(' '),
)
const VOID = new Set(['br', 'hr', 'img', 'wbr'])
/** Left out with all that is in them: what runs, loads, or holds what the reader typed. */
const DROPPED = new Set('script style noscript template iframe frame object embed applet link meta base head input textarea select option form dialog svg math canvas'.split(' '))
const ATTRIBUTES = /^(?:id|class|title|lang|dir|alt|datetime|role|colspan|rowspan|width|height|aria-[a-z]+|data-[a-z0-9_.-]+)$/
const ADDRESSES = new Set(['href', 'src', 'srcset', 'poster'])
/** Longest value of an attribute, and of the whole, UTF-16 units. */
const VALUE_LIMIT = 2_000
export const HTML_LIMIT = 500_000

export interface Inert {
  html: string
  /** The part was larger than {@link HTML_LIMIT}. */
  cut: boolean
  /** Addresses of its pictures. */
  pictures: string[]
  /** Its `img` elements, in the order in which they are shown. */
  images: HTMLImageElement[]
}

/**
 * Writes `root` with its open shadow trees, in the order in which it is shown.
 * @param skip nodes of ours, which are no part of the page
 */
export function inertHtml(root: Element, title: string, skip: (node: Node) => boolean): Inert {
  const images: HTMLImageElement[] = []
  let body = ''
  let cut = false
  // A stack of our own: a page may nest deeper than calls can.
  const steps: (Node | string)[] = [root]
  while (steps.length > 0) {
    const step = steps.pop()!
    if (typeof step === 'string') body += step
    else if (cut || skip(step)) continue
    else if (step.nodeType === 3) body += escaped((step as Text).data)
    else if (step.nodeType === 1) {
      const element = step as Element
      const name = element.localName
      if (DROPPED.has(name)) continue
      const kept = KEPT.has(name) ? name : 'span'
      body += `<${kept}${kept === name ? '' : ` data-captured-element="${escaped(name)}"`}${attributesOf(element)}>`
      if (name === 'img') images.push(element as HTMLImageElement)
      if (VOID.has(kept)) continue
      steps.push(`</${kept}>`)
      const children = childrenOf(element)
      for (let index = children.length - 1; index >= 0; index--) steps.push(children[index]!)
    }
    if (body.length > HTML_LIMIT) cut = true
  }
  const html = `<!doctype html>
<html>
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'">
<title>${escaped(title)}</title>
</head>
<body>
${body}
</body>
</html>
`
  const pictures = new Set(images.map(({ src }) => src.slice(0, VALUE_LIMIT)))
  return { html, cut, pictures: [...pictures].filter((url) => /^https?:/.test(url)).slice(0, 100), images }
}

/** Children as they are shown: those of an open shadow tree, and in a slot what was put there. */
function childrenOf(element: Element): ArrayLike<Node> {
  if (element.shadowRoot) return element.shadowRoot.childNodes
  const slotted = element.localName === 'slot' ? ((element as HTMLSlotElement).assignedNodes?.() ?? []) : []
  return slotted.length > 0 ? slotted : element.childNodes
}

/** What may stay, and addresses under names that no browser follows. */
function attributesOf(element: Element): string {
  let written = ''
  for (const { name, value } of element.attributes) {
    const address = ADDRESSES.has(name)
    if (!address && (!ATTRIBUTES.test(name) || name.startsWith('data-captured-'))) continue
    const kept = address && name !== 'srcset' ? absolute(value, element.baseURI) : value
    written += ` ${address ? `data-captured-${name}` : name}="${escaped(kept.slice(0, VALUE_LIMIT))}"`
  }
  return written
}

function absolute(address: string, base: string): string {
  try {
    return new URL(address, base).href
  } catch {
    return address
  }
}

const escaped = (text: string): string => text.replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`)
