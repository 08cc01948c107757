import browser from 'webextension-polyfill'
import { ANSWERED_BY, CHECKS, type Handlers, type MessageName, type NamesOf, type Party, type Reply, type Request, type Sender } from '../src/messages.ts'

interface Envelope {
  to: Party
  name: MessageName
  request: unknown
}
type Answer = { value: unknown } | { error: { name: string; message: string; reason?: string } }

/** An error of the other side, with its name and its `reason`, if it had one. */
export class RemoteError extends Error {
  readonly reason: string | undefined
  constructor(from: { name: string; message: string; reason?: string }) {
    super(from.message)
    this.name = from.name
    this.reason = from.reason
  }
}

/** Asks the background or the engine. */
export async function ask<N extends NamesOf<'background' | 'engine'>>(name: N, request: Request<N>): Promise<Reply<N>> {
  const envelope: Envelope = { to: ANSWERED_BY[name], name, request }
  return open<Reply<N>>(await browser.runtime.sendMessage(envelope))
}

/** Asks the content script of a tab; throws where there is none. */
export async function askTab<N extends NamesOf<'tab'>>(tabId: number, name: N, request: Request<N>): Promise<Reply<N>> {
  const envelope: Envelope = { to: 'tab', name, request }
  return open<Reply<N>>(await browser.tabs.sendMessage(tabId, envelope, { frameId: 0 }))
}

function open<T>(answer: unknown): T {
  if (typeof answer !== 'object' || answer === null) throw new RemoteError({ name: 'NoAnswer', message: 'nobody answered' })
  const reply = answer as Answer
  if ('error' in reply) throw new RemoteError(reply.error)
  return reply.value as T
}

/** Answers the messages of one side. What is malformed, or comes from elsewhere, never reaches a handler. */
export function answer<P extends Party>(party: P, handlers: Handlers<P>): void {
  browser.runtime.onMessage.addListener(((message: unknown, sender: browser.Runtime.MessageSender, reply: (answer: Answer) => void) => {
    const { to, name, request } = (message ?? {}) as Partial<Envelope>
    if (to !== party || sender.id !== browser.runtime.id) return undefined
    respond(handlers, party, name, request, sender).then(reply, (cause: unknown) => reply({ error: described(cause) }))
    return true
  }) as browser.Runtime.OnMessageListener)
}

async function respond<P extends Party>(
  handlers: Handlers<P>,
  party: P,
  name: MessageName | undefined,
  request: unknown,
  sender: browser.Runtime.MessageSender,
): Promise<Answer> {
  if (!name || !Object.hasOwn(ANSWERED_BY, name) || ANSWERED_BY[name] !== party || !CHECKS[name](request)) {
    return { error: { name: 'BadMessage', message: `malformed message ${String(name)}` } }
  }
  const ownPage = sender.url?.startsWith(browser.runtime.getURL('')) ?? false
  const from: Sender = { ownPage, ...(sender.tab?.id === undefined ? {} : { tabId: sender.tab.id }) }
  const handle = handlers[name as NamesOf<P>] as (request: unknown, from: Sender) => unknown
  return { value: await handle(request, from) }
}

function described(cause: unknown): { name: string; message: string; reason?: string } {
  const { name = 'Error', message = String(cause), reason } = (cause ?? {}) as { name?: string; message?: string; reason?: string }
  return { name, message, ...(typeof reason === 'string' ? { reason } : {}) }
}
