import type { Route } from '../advice/router.ts'
import type { Case } from '../types.ts'
import { timeText, zh } from './i18n.ts'

/**
 * A text for the form of one channel, within its limit, always in Chinese, since those who read it are offices and
 * platforms of mainland China. What, who, where and when come before the post's own words.
 */
export function letterFor(route: Pick<Route, 'to' | 'limit'>, { post, verdict, report, firstSeen }: Pick<Case, 'post' | 'verdict' | 'report' | 'firstSeen'>, site: string): string {
  const practice = report?.category ?? verdict.categories[0]
  const name = practice ? zh(`practice_${practice}`) : zh('practice_none')
  const values = { site, author: post.author.name.slice(0, 30) || zh('unnamed'), name }
  const parts = [
    zh(route.to === 'lender' ? 'letterLender' : 'letter', values),
    ...(post.permalink ? [zh('letterLink', { link: post.permalink })] : []),
    zh('letterSeen', { time: timeText(firstSeen) }),
  ]
  let letter = ''
  for (const part of parts) if (letter.length + part.length + 1 <= route.limit) letter += (letter && '\n') + part
  const words = post.text.replace(/\s+/g, ' ').trim()
  const frame = zh('letterText', { text: '' }).length + 2
  const room = route.limit - letter.length - frame
  // Fewer words than these say nothing.
  if (room < 10) return letter
  return `${letter}\n${zh('letterText', { text: words.length > room ? `${words.slice(0, room - 1)}…` : words })}`
}
