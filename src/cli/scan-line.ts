import { type Case, caseKey, PRACTICES, type Practice, type Verdict } from '../types.ts'
import type { Line } from './scan-page.ts'

type Said = Line['verdict']
const BANDS: readonly string[] = ['flagged', 'unsure', 'clean', 'not_judged'] satisfies Verdict['band'][]

/**
 * A line of `npm run scan` as a case that was seen at `at` (epoch milliseconds); undefined where nothing was marked, and
 * what is wrong with it where it is no such line.
 */
export function caseOfLine(value: Record<string, unknown>, at: number): Case | undefined | string {
  const { platform, id, kind, author, text, permalink } = value
  const verdict = value['verdict'] as Said | undefined
  const isText = (one: unknown): one is string => typeof one === 'string'
  if (!isText(platform) || !isText(id) || !isText(text) || !isText(author) || typeof verdict !== 'object' || verdict === null || !BANDS.includes(verdict.band)) {
    return '既不是导出的记录，也不是 scan 的输出。 Neither an exported record nor a line of scan.'
  }
  if (verdict.band !== 'flagged' && verdict.band !== 'unsure') return undefined
  const post: Case['post'] = {
    platform, id, text,
    kind: kind === 'comment' || kind === 'quote' ? kind : 'post',
    author: { name: author },
    permalink: isText(permalink) ? permalink : '',
  }
  return {
    key: caseKey(post),
    post,
    pageUrl: post.permalink,
    verdict: {
      band: verdict.band,
      score: Number(verdict.score) || 0,
      categories: PRACTICES.filter((practice) => (verdict.categories as Practice[] | undefined)?.includes(practice)),
      form: verdict.form ?? null,
      evidence: (verdict.evidence ?? []).flatMap((words) => spansOf(text, words)),
      model: verdict.model ?? '',
    },
    firstSeen: at,
    lastSeen: at,
    decision: 'open',
    history: [{ at, what: 'flagged', model: verdict.model ?? '' }],
  }
}

function spansOf(text: string, words: string): Verdict['evidence'] {
  const start = text.indexOf(words)
  return start < 0 ? [] : [{ start, end: start + words.length, weight: 1 }]
}
