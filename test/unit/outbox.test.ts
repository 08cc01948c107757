/** The queue of reports: a real store, and a real HTTP server that fails, hangs and recovers. */
import 'fake-indexeddb/auto'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { IDBFactory } from 'fake-indexeddb'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { CloudEvent, ReportedData } from '../../src/cloudevent.ts'
import type { Endpoint } from '../../src/sinks/endpoint.ts'
import { atOnce, deliver, FIRST_PAUSE, LONGEST_PAUSE, sendReport } from '../../src/sinks/outbox.ts'
import { type Seen, Store } from '../../src/store/store.ts'

const seen = (id: string): Seen => ({
  post: { platform: 'weibo', id, kind: 'post', text: `停息挂账${id}`, author: { name: '某人' }, permalink: '' },
  pageUrl: 'https://weibo.com/',
  verdict: { band: 'flagged', score: 0.99, categories: ['debt_ad'], form: 'ad', evidence: [], model: 'm1' },
})

let server: Server
let endpoint: Endpoint
/** What the endpoint kept: every event that it answered with success, and how many requests came in all. */
let taken: CloudEvent<ReportedData>[]
let asked: number
/** Status by number of the request and its event; 0 takes the event and drops the connection without a word. */
let status: (turn: number, event: CloudEvent<ReportedData>) => number
let now: number
let store: Store

beforeEach(async () => {
  globalThis.indexedDB = new IDBFactory()
  ;[taken, asked, now, status] = [[], 0, Date.UTC(2026, 10, 23), () => 204]
  store = new Store(() => now)
  server = createServer((request, response) => {
    let body = ''
    request.on('data', (chunk: Buffer) => (body += chunk.toString()))
    request.on('end', () => {
      const event = JSON.parse(body) as CloudEvent<ReportedData>
      const answer = status(++asked, event)
      if (answer < 300) taken.push(event)
      if (answer === 0) return request.socket.destroy()
      response.writeHead(answer).end()
    })
  })
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready))
  endpoint = { kind: 'webhook', address: `http://127.0.0.1:${(server.address() as AddressInfo).port}/events`, key: 'secret' }
})
afterEach(async () => {
  server.closeAllConnections()
  await new Promise((done) => server.close(done))
})

const send = (of: Store) => deliver(of.outbox, (one) => sendReport(endpoint, one, 2_000), () => now)
/** Delivers whenever the next is due, each time from a store opened afresh, as after a restart; returns the pauses. */
async function untilEmpty(): Promise<number[]> {
  const pauses: number[] = []
  for (let next = await send(new Store(() => now)); next !== undefined; next = await send(new Store(() => now))) {
    pauses.push(next - now)
    now = Math.max(now, next)
  }
  return pauses
}

describe('the outbox', () => {
  test('nothing is queued unless it is asked for', async () => {
    await store.report(seen('a'), null, '')
    expect(await store.pending()).toEqual([])
    await store.report(seen('a'), null, '', true)
    expect(await store.pending()).toEqual([])
    expect(await send(store)).toBeUndefined()
    expect(asked).toBe(0)
  })

  test('an endpoint that fails 50 times and recovers gets each report once, after pauses that grow', async () => {
    const cases = []
    for (let n = 0; n < 20; n++) cases.push(await store.report(seen(String(n)), 'debt_ad', `第 ${n} 条`, true))
    status = (turn) => (turn <= 50 ? [500, 503, 429, 401, 404][turn % 5]! : 202)
    const pauses = await untilEmpty()
    expect(asked).toBe(70)
    expect(new Set(taken.map(({ id }) => id)).size).toBe(20)
    expect(taken.map(({ subject }) => subject).sort()).toEqual(cases.map(({ key }) => key).sort())
    expect(taken.map(({ data }) => data.report!.receipt).sort()).toEqual(cases.map(({ report }) => report!.receipt).sort())
    expect(Math.min(...pauses)).toBeGreaterThan(0)
    expect(Math.max(...pauses)).toBeLessThanOrEqual(LONGEST_PAUSE)
    expect(await store.pending()).toEqual([])
    const [first] = await store.get(['weibo:0'])
    expect(first!.report!.handed).toEqual([{ to: 'endpoint', receipt: '', at: now }])
    expect(first!.history.map(({ what }) => what)).toEqual(['reported', 'handed'])
  })

  test('what was taken without a word is sent again under the same id, with the same words', async () => {
    await store.report(seen('a'), null, '', true)
    status = (turn) => (turn === 1 ? 0 : 204)
    await untilEmpty()
    expect(taken).toHaveLength(2)
    expect(taken[1]).toEqual(taken[0])
    expect(taken[0]).toMatchObject({ specversion: '1.0', type: 'post.reported.v1', subject: 'weibo:a' })
  })

  test('one that is refused says why and keeps no other waiting; an endpoint that is away is asked once for all', async () => {
    await store.report(seen('a'), null, '', true)
    now += 1
    await store.report(seen('b'), null, '', true)
    status = (_, { subject }) => (subject === 'weibo:a' ? 422 : 204)
    expect(await send(store)).toBe(now + FIRST_PAUSE)
    expect(await store.pending()).toMatchObject([{ case: { key: 'weibo:a' }, tries: 1, why: 'refused', said: 'HTTP 422' }])
    await store.report(seen('c'), null, '', true)
    await store.report(seen('d'), null, '', true)
    ;[asked, status] = [0, () => 503]
    await send(store)
    expect(asked).toBe(1)
    expect((await store.pending()).map(({ case: { key }, why }) => `${key} ${why}`).sort()).toEqual(['weibo:a refused', 'weibo:c busy', 'weibo:d busy'])
    status = () => 204
    await store.outbox.change(atOnce)
    expect(await send(store)).toBeUndefined()
    expect(taken.map(({ subject }) => subject)).toEqual(expect.arrayContaining(['weibo:a', 'weibo:b', 'weibo:c', 'weibo:d']))
    expect(taken).toHaveLength(4)
  })

  test('a report that is taken back before it left is not sent; reported anew it is another one', async () => {
    await store.report(seen('a'), null, '', true)
    const [first] = await store.pending()
    await store.withdraw('weibo:a')
    expect(await store.pending()).toEqual([])
    await store.report(seen('a'), null, '', true)
    await store.outbox.delivered(first!.id, '')
    const [second] = await store.pending()
    expect(second!.id).not.toBe(first!.id)
    await untilEmpty()
    expect(taken.map(({ id }) => id)).toEqual([second!.id])
  })

  test('a report that cannot be kept is not queued either, and deleting all records empties the queue', async () => {
    await expect(store.report(seen('a'), null, (() => '') as unknown as string, true)).rejects.toMatchObject({ name: 'StoreError' })
    expect(await store.pending()).toEqual([])
    await store.report(seen('b'), null, '', true)
    await store.clear()
    expect(await store.pending()).toEqual([])
  })
})
