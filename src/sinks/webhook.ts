/** Any receiver of CloudEvents 1.0 over HTTP, in structured content mode (cloudevents/bindings/http-protocol-binding.md). */
import type { CloudEvent } from '../cloudevent.ts'
import { type Limits, receiver, request, SinkError } from './http.ts'

export interface WebhookOptions {
  address: string
  /** Bearer token, '' for none. */
  token: string
}

/** Sends an event; a receiver that gets it twice, after a lost answer, knows it by `source` and `id`. */
export async function sendToWebhook({ address, token }: WebhookOptions, event: CloudEvent, limits?: Partial<Limits>, signal?: AbortSignal): Promise<void> {
  if (!/^[\x21-\x7e]*$/.test(token)) throw new SinkError('unauthorized', 'the token has characters that no token has')
  const headers = { 'Content-Type': 'application/cloudevents+json; charset=UTF-8', ...(token ? { Authorization: `Bearer ${token}` } : {}) }
  await request(receiver(address), { method: 'POST', headers, body: JSON.stringify(event) }, limits, signal)
}
