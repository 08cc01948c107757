/**
 * Reads any page by its structure: what someone said, found by the names, times and buttons that stand around it and
 * by what repeats, and one long text where there is one. It knows no site, so it stands in where a site changed its
 * form, and on sites that a user switched on.
 */

import type { Adapter } from './adapter.ts'
import { find, type Page, type Unit, whole } from './generic/find.ts'
import { nameIn, ownBoxes, readUnit } from './generic/unit.ts'
import { beside, hidden, isElement } from './read.ts'

/** The last look: to read a unit is to know which others stand in it. */
let known: Page = { boxes: [], frames: new Set(), roots: [], torn: false, units: new Map() }
/** A look that was taken in steps and that nobody has asked for yet. */
let taken: Page | null = null

export const generic: Adapter = {
  id: 'web',
  names: { zh: '通用读取', en: 'Generic reader' },
  matches: [],
  *look(doc) {
    const page = yield* find(doc.body)
    taken = page.torn ? null : page
  },
  posts: (root) => lookAt(root).units.keys(),
  read(element, page) {
    const unit = hidden(element) ? undefined : unitAt(element)
    return unit ? readUnit(unit, page, generic.id) : null
  },
  slot: (element) => beside(element, nameIn(ownBoxes(unitAt(element)))?.element ?? null, null),
  roots: () => known.roots,
  expects: () => false,
}

/** Looks at a page, or a part of one; of a document that was just looked at in steps, what was found then. */
export function lookAt(root: ParentNode): Page {
  const isDocument = root.nodeType === 9
  const page = (isDocument && taken) || whole(find(isDocument ? (root as Document).body : isElement(root) ? root : null))
  taken = null
  if (isDocument) known = page
  return page
}

/** A row that was filled anew since the last look is looked at again. */
function unitAt(element: Element): Unit | undefined {
  const unit = known.units.get(element)
  const isFresh = unit && unit.page.boxes[unit.box.at + 1]?.element.isConnected !== false
  return isFresh ? unit : whole(find(element)).units.get(element)
}
