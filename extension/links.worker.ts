/** Finds what links the cases of the review page, off its main thread. */
import { linksOf } from '../src/review/links.ts'
import type { Case } from '../src/types.ts'

self.addEventListener('message', ({ data }: MessageEvent<Case[]>) => self.postMessage(linksOf(data)))
