/** The link to a team's queue. It lives in a review page, of which one at a time holds it; without a team nothing of it is loaded. */
import type { Store } from '../src/store/store.ts'
import { colleaguesCase, deedsOf } from '../src/team/exchange.ts'
import type { TeamChoice } from '../src/team/options.ts'
import type { Handed, Team } from '../src/team/team.ts'
import type { Case } from '../src/types.ts'
import type { TeamView } from '../src/ui/review-team.tsx'

export interface TeamLink {
  /** Tells the team what was done of these cases since; soon, one after the other. */
  tell(cases: readonly Case[]): void
  /** The next case of the queue, in the store when the promise resolves; its key, or null where none waits. */
  take(): Promise<string | null>
  release(): void
  /** Ends the link; what waits stays on this machine. */
  end(): void
}

/** @param onView is called with each change of what the page shows of the team */
export function linkTeam(store: Store, choice: TeamChoice, onView: (view: TeamView) => void): TeamLink {
  const ended = new AbortController()
  let team: Team | undefined
  let hand: { handed: Handed; since: number } | undefined
  let view: TeamView = { link: 'elsewhere', why: '', waiting: 0, hand: null }
  const show = (change: Partial<TeamView>): void => {
    view = { ...view, ...change }
    onView(view)
  }

  const bring = async (keys: readonly string[], of: Team): Promise<void> => {
    const ours = await store.get(keys)
    const theirs = await Promise.all(keys.map(async (key, index) => colleaguesCase(await of.history(key), choice.person, ours[index])))
    await store.merge(theirs.filter((one) => one !== null))
  }

  let latest: readonly Case[] = []
  let telling = false
  const tellAll = async (): Promise<void> => {
    if (telling) return
    telling = true
    try {
      for (let told: readonly Case[] | undefined; team && told !== latest;) {
        told = latest
        for (const one of told) {
          if (!one.history.some(({ at }) => at >= choice.since)) continue
          await team.tell(one, choice.since)
          // The queue is answered when the team has the decision; here the case is out of hand with it.
          if (hand?.handed.key === one.key && deedsOf(one, hand.since).some(({ what }) => what !== 'reported')) {
            hand = undefined
            show({ hand: null })
          }
        }
      }
    } catch (cause) {
      show({ why: (cause as Error).message })
    } finally {
      telling = false
    }
  }

  const run = async (): Promise<void> => {
    const { Team } = await import('../src/team/team.ts')
    if (ended.signal.aborted) return
    const own = new Team(choice, (status) => show(status))
    team = own
    void tellAll()
    try {
      await own.follow((keys) => void bring(keys, own).catch((cause: Error) => show({ why: cause.message })), ended.signal)
    } finally {
      team = undefined
      await own.close()
    }
  }
  show({})
  void navigator.locks.request('mingcha-team', { signal: ended.signal }, run).catch((cause: Error) => {
    if (!ended.signal.aborted) show({ link: 'refused', why: cause.message })
  })

  return {
    tell: (cases) => {
      latest = cases
      void tellAll()
    },
    take: async () => {
      const handed = await team?.take()
      if (!handed) return null
      const one = colleaguesCase([handed.event], '', undefined)
      // What cannot be shown cannot be judged: somebody else's program may know it.
      if (!one) {
        handed.release()
        return null
      }
      await store.merge([one])
      hand = { handed, since: Date.now() }
      show({ hand: handed.key })
      return handed.key
    },
    release: () => {
      hand?.handed.release()
      hand = undefined
      show({ hand: null })
    },
    end: () => ended.abort(),
  }
}
