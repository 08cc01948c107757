import type { Post, Verdict } from '../types.ts'

/** A person's own exception or addition; gone after {@link RULE_DAYS}. */
export type Rule = { id: string; until: number } & (
  | { kind: 'author'; site: string; /** The platform's id. */ author: string; name: string }
  | { kind: 'phrase'; phrase: string }
)

export const RULE_DAYS = 90
const DAY = 86_400_000
/** Most rules kept, and the shortest phrase: one letter would mark everything. */
export const MOST_RULES = 500
export const SHORTEST_PHRASE = 2
const LONGEST = 200

const isText = (value: unknown): value is string => typeof value === 'string' && value !== '' && value.length <= LONGEST

/** Whether a stored value is a rule. */
export function isRule(value: unknown): value is Rule {
  if (typeof value !== 'object' || value === null) return false
  const rule = value as Record<string, unknown>
  if (!isText(rule['id']) || typeof rule['until'] !== 'number') return false
  if (rule['kind'] === 'author') return isText(rule['site']) && isText(rule['author']) && typeof rule['name'] === 'string'
  return rule['kind'] === 'phrase' && isText(rule['phrase']) && rule['phrase'].length >= SHORTEST_PHRASE
}

/** By the platform's id alone: many people share a name. */
const authorOf = ({ author }: Post): string => (author.id ?? '').slice(0, LONGEST)

export const authorRule = (post: Post, now: number): Rule => ({
  id: `author:${post.platform}:${authorOf(post)}`.slice(0, LONGEST),
  kind: 'author',
  site: post.platform,
  author: authorOf(post),
  name: post.author.name.slice(0, LONGEST),
  until: now + RULE_DAYS * DAY,
})

/** Null where the phrase is too short or too long. */
export function phraseRule(written: string, now: number): Rule | null {
  const phrase = written.trim()
  if (phrase.length < SHORTEST_PHRASE || phrase.length > LONGEST - 10) return null
  return { id: `phrase:${phrase}`, kind: 'phrase', phrase, until: now + RULE_DAYS * DAY }
}

/** Rules with one more, which takes the place of its like; the oldest go first. */
export const withRule = (rules: readonly Rule[], rule: Rule): Rule[] => [...rules.filter(({ id }) => id !== rule.id), rule].slice(-MOST_RULES)

/** In small letters, unit for unit as long as before: İ in small letters is two, and offsets would shift. */
const lower = (text: string): string => {
  const small = text.toLowerCase()
  return small.length === text.length ? small : text.replace(/İ/g, 'i').toLowerCase()
}

/** What a person's rules make of a verdict: an excepted author is clean, a phrase of theirs is flagged. */
export function applyRules(post: Post, verdict: Verdict, rules: readonly Rule[], now: number): Verdict {
  if (verdict.band === 'not_judged') return verdict
  const living = rules.filter(({ until }) => until > now)
  if (post.author.id && living.some((rule) => rule.kind === 'author' && rule.site === post.platform && rule.author === authorOf(post))) {
    return { ...verdict, band: 'clean', categories: [], form: null, evidence: [], reason: 'authorMuted' }
  }
  if (verdict.band === 'flagged') return verdict
  const text = lower(post.text)
  for (const rule of living) {
    if (rule.kind !== 'phrase') continue
    const start = text.indexOf(lower(rule.phrase))
    if (start < 0) continue
    // The person's own rule, not a finding of the model: nothing of the model's goes with it.
    const evidence = [{ start, end: start + rule.phrase.length, weight: 1 }]
    return { ...verdict, band: 'flagged', categories: [], form: null, evidence, reason: 'markedByPhrase' }
  }
  return verdict
}
