/** Reports to the organisation's endpoint: woken by reports, by alarms, and by whatever else starts the background. */
import browser from 'webextension-polyfill'
import { endpointFor } from '../src/store/managed.ts'
import { type Endpoint, originOf } from '../src/sinks/endpoint.ts'
import { deliver, sendReport } from '../src/sinks/outbox.ts'
import type { Store } from '../src/store/store.ts'
import { readPolicy } from './effective.ts'
import { keptAlive } from './keep-alive.ts'

const ALARM = 'deliver'
/** Rings where the background was ended in the middle of a delivery, milliseconds. */
const RETURN = 60_000

export async function readEndpoint(store: Store): Promise<ReturnType<typeof endpointFor>> {
  const [own, { managed }] = await Promise.all([store.endpoint(), readPolicy()])
  return endpointFor(own, managed)
}

export const mayReach = (endpoint: Endpoint): Promise<boolean> => browser.permissions.contains({ origins: [originOf(endpoint)] })

/** Sends what is due and sets the alarm for the rest. Without an endpoint, or leave to reach its host, nothing is sent. */
async function deliverDue(store: Store): Promise<void> {
  if ((await store.outbox.next()) === undefined) return
  const { endpoint } = await readEndpoint(store)
  if (!endpoint || !(await mayReach(endpoint))) return
  await browser.alarms.create(ALARM, { when: Date.now() + RETURN })
  const next = await keptAlive(deliver(store.outbox, (one) => sendReport(endpoint, one)))
  if (next === undefined) await browser.alarms.clear(ALARM)
  else await browser.alarms.create(ALARM, { when: next })
}

/** Listens to what may wake it, and returns the way to wake it at once. */
export function deliverWhenDue(store: Store): () => void {
  let running: Promise<void> | undefined
  let again = false
  const wake = (): void => {
    again = true
    // One delivery at a time; what comes during it is looked at once more afterwards.
    running ??= (async () => {
      while (again) {
        again = false
        // A store that cannot be opened says so where it is used; what waits in it is sent when it can.
        await deliverDue(store).catch(() => undefined)
      }
    })().finally(() => (running = undefined))
  }
  browser.alarms.onAlarm.addListener(({ name }) => name === ALARM && wake())
  browser.permissions.onAdded.addListener(wake)
  // Alarms may be gone with the browser that set them.
  browser.runtime.onStartup.addListener(wake)
  wake()
  return wake
}
