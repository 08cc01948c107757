/** What a team's JetStream holds. The sample configuration of operations.md grants rights by these names. */

/** The record: every report and decision, in order. Subjects: `mingcha.events.<what>.<person>.<token>`. */
export const EVENTS = 'mingcha-events'
/** Cases that wait for a reviewer, each once. Subjects: `mingcha.queue.<token>`. */
export const QUEUE = 'mingcha-queue'
/** The consumer of {@link QUEUE} that all reviewers share. */
export const REVIEWERS = 'reviewers'
/** Key-value bucket: the state of each case, by token. A view of the record, written by whoever adds to it. */
export const CASES = 'mingcha-cases'

export const eventSubject = (what: 'reported' | 'decided', person: string, token: string) => `mingcha.events.${what}.${person}.${token}`
export const queueSubject = (token: string) => `mingcha.queue.${token}`

/** Login names become part of a subject. */
export const isPerson = (name: string): boolean => /^[\w-]{1,64}$/.test(name)

/** `source` of a person's events. */
export const sourceOf = (person: string): string => `/mingcha/people/${person}`

/** A case key as a subject and a bucket can hold it: the first 128 bits of its SHA-256, in hexadecimal. */
export async function tokenOf(key: string): Promise<string> {
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(key)))
  return [...digest.subarray(0, 16)].map((byte) => byte.toString(16).padStart(2, '0')).join('')
}
