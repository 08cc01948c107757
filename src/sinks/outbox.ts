import { cloudEvent, REPORTED, reportedData } from '../cloudevent.ts'
import type { Case } from '../types.ts'
import { sendToCoop } from './coop.ts'
import type { Endpoint } from './endpoint.ts'
import { SinkError, type SinkReason } from './http.ts'
import { sendToWebhook } from './webhook.ts'

/** A report on its way to the organisation's endpoint. Times are epoch milliseconds. */
export interface Pending {
  /** A random UUID, made when the report was: the receiver knows a repeated one by it. */
  id: string
  /** As it was reported, without its history. */
  case: Case
  /** Attempts so far. */
  tries: number
  /** Not before this time. */
  next: number
  /** Why it is still here: '' before the first attempt. */
  why: SinkReason | ''
  /** What the receiver or the network said. */
  said: string
}

/** The queue that {@link deliver} empties: the store's. */
export interface Outbox {
  /** The one whose time came first, if it has come. */
  due(now: number): Promise<Pending | undefined>
  /** When the next one is due; undefined when none is left. */
  next(): Promise<number | undefined>
  /** Takes it out and notes in its case that the endpoint has it, under the endpoint's own id of it ('' for none). */
  delivered(id: string, receipt: string): Promise<void>
  /** Changes all, in one transaction. */
  change(to: (one: Pending) => Pending): Promise<void>
}

/** `source` of the events. It names no installation: the random id is enough to know a report again. */
const SOURCE = '/mingcha'
/** Between attempts, milliseconds; doubled each time. The browser's alarms ring no earlier than after half a minute. */
export const [FIRST_PAUSE, LONGEST_PAUSE] = [30_000, 3_600_000]
/** A receiver may ask for a longer pause than ours, up to a day. */
const LONGEST_ASKED = 86_400_000
const LONGEST_SAID = 300

/** Due now, in the order of the reports. */
export const atOnce = (one: Pending): Pending => ({ ...one, next: one.case.report?.at ?? 0, why: '', said: '' })

/** One attempt. Returns the endpoint's own id of the report, '' where it gave none. @throws {SinkError} */
export async function sendReport(endpoint: Endpoint, { id, case: one }: Pick<Pending, 'id' | 'case'>, timeout?: number): Promise<string> {
  const limits = { tries: 1, ...(timeout === undefined ? {} : { timeout }) }
  if (endpoint.kind === 'coop') {
    const { address, key, itemTypeId, reporterTypeId, reporterId, policies } = endpoint
    return sendToCoop({ address, apiKey: key, itemTypeId, reporter: { typeId: reporterTypeId, id: reporterId }, policies }, one, limits)
  }
  if (!one.report) throw new SinkError('refused', `no report of ${one.key}`)
  await sendToWebhook({ address: endpoint.address, token: endpoint.key }, cloudEvent(REPORTED, SOURCE, id, one.key, one.report.at, reportedData(one)), limits)
  return ''
}

/**
 * Sends what is due, one after the other, and returns when the next is due (undefined when none is left). At least
 * once: one that was taken while we were ended is sent again, under the same id.
 */
export async function deliver(outbox: Outbox, send: (one: Pending) => Promise<string>, now: () => number = Date.now): Promise<number | undefined> {
  for (let one = await outbox.due(now()); one; one = await outbox.due(now())) {
    const { id, tries, why } = one
    try {
      await outbox.delivered(id, await send(one))
      // The endpoint is back: those that waited for it need not wait longer.
      if (why !== '' && why !== 'refused') await outbox.change((other) => (other.why === '' || other.why === 'refused' ? other : atOnce(other)))
    } catch (cause) {
      if (!(cause instanceof SinkError)) throw cause
      const { reason, after, message } = cause
      const pause = after === undefined ? Math.min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** tries) : Math.min(LONGEST_ASKED, Math.max(FIRST_PAUSE, after * 1_000))
      const next = now() + pause
      const failed = { next, why: reason, said: message.slice(0, LONGEST_SAID) }
      // A refusal concerns the one report; an endpoint that is away, busy or bars us keeps all waiting.
      const waits = (other: Pending): boolean => reason !== 'refused' && other.why !== 'refused' && other.next < next
      await outbox.change((other) => (other.id === id ? { ...other, ...failed, tries: tries + 1 } : waits(other) ? { ...other, ...failed } : other))
    }
  }
  return outbox.next()
}
