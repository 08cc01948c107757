/** Writes an export beside the page; ending the worker is how it is cancelled. */
import { type ExportMeta, FORMATS } from '../src/export/index.ts'
import { writeFile, type Written } from '../src/export/write.ts'
import type { Case } from '../src/types.ts'

export interface ExportJob {
  format: string
  name: string
  cases: readonly Case[]
  meta: ExportMeta
}
export type ExportNews = { done: number } | { written: Written } | { failed: string }

addEventListener('message', ({ data: { format, name, cases, meta } }: MessageEvent<ExportJob>) => {
  const tell = (news: ExportNews): void => postMessage(news)
  const chosen = FORMATS.find(({ id }) => id === format)!
  writeFile(chosen, name, cases, meta, (done) => tell({ done })).then(
    (written) => tell({ written }),
    (cause: unknown) => tell({ failed: String(cause) }),
  )
})
