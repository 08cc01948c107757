import type { Case } from '../types.ts'
import type { ExportMeta } from './format.ts'
import { jsonl } from './jsonl.ts'
import { word } from './sheet.ts'
import { zonedTime } from './time.ts'

/** What a file says of itself: how it came about, and by what its content can be checked. */
export interface About {
  madeAt: string
  cases: number
  models: string[]
  policy: string
  timeZone: string
  filter: string
  /** SHA-256 of the cases as JSONL, in the order of the file: the same for every format. */
  contentSha256: string
}

export async function aboutOf(cases: readonly Case[], meta: ExportMeta): Promise<About> {
  const { madeAt, timeZone, policy, filter } = meta
  return {
    madeAt: zonedTime(madeAt, timeZone),
    cases: cases.length,
    models: [...new Set(cases.map(({ verdict }) => verdict.model))].filter(Boolean).sort(),
    policy,
    timeZone,
    filter,
    contentSha256: await sha256(new TextEncoder().encode([...(jsonl.parts(cases, meta) as Iterable<string>)].join(''))),
  }
}

/** For people: heading and value of each line. */
export const aboutRows = (about: About): [heading: string, value: string][] => [
  [word('about_madeAt'), about.madeAt],
  [word('about_cases'), String(about.cases)],
  [word('about_models'), about.models.join('、')],
  [word('about_policy'), about.policy],
  [word('about_timeZone'), about.timeZone],
  [word('about_filter'), about.filter || word('about_noFilter')],
  [word('about_contentSha256'), about.contentSha256],
  [word('about_meaning'), word('about_meaningText')],
]

export async function sha256(bytes: BufferSource): Promise<string> {
  return [...new Uint8Array(await crypto.subtle.digest('SHA-256', bytes))].map((byte) => byte.toString(16).padStart(2, '0')).join('')
}
