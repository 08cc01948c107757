/** Sinks against a real HTTP server that says what receivers say, and sometimes nothing. */
import { createServer, type IncomingHttpHeaders, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { cloudEvent, REPORTED, reportedData } from '../../src/cloudevent.ts'
import { coopPolicies, type CoopOptions, sendToCoop } from '../../src/sinks/coop.ts'
import { receiver, type SinkError } from '../../src/sinks/http.ts'
import { sendToWebhook } from '../../src/sinks/webhook.ts'
import type { Case } from '../../src/types.ts'

interface Seen {
  method: string
  url: string
  headers: IncomingHttpHeaders
  body: unknown
  at: number
}
let seen: Seen[] = []
/** Answers in turn; the last one stays. */
let answers: ((response: ServerResponse) => void)[] = []
let server: Server
let address: string
let sockets: Set<{ destroy(): void }>

const say = (status: number, body: unknown = undefined, headers: Record<string, string> = {}) => (response: ServerResponse) => {
  response.writeHead(status, { ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...headers })
  response.end(body === undefined ? undefined : JSON.stringify(body))
}
const hang = () => undefined

beforeAll(async () => {
  sockets = new Set()
  server = createServer((request, response) => {
    let body = ''
    request.on('data', (chunk: Buffer) => (body += chunk.toString()))
    request.on('end', () => {
      seen.push({ method: request.method!, url: request.url!, headers: request.headers, body: body ? JSON.parse(body) : undefined, at: performance.now() })
      const answer = answers.length > 1 ? answers.shift()! : answers[0]!
      answer(response)
    })
  })
  server.on('connection', (socket) => sockets.add(socket))
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready))
  address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
})
afterAll(() => {
  sockets.forEach((socket) => socket.destroy())
  server.close()
})
beforeEach(() => {
  seen = []
})

const reported: Case = {
  key: 'weibo:42',
  post: { platform: 'weibo', id: '42', kind: 'post', text: '停息挂账，先办后付', title: '上岸', author: { name: '小鹿', id: '7' }, permalink: 'https://weibo.com/7/42', imageCount: 3 },
  pageUrl: 'https://weibo.com/',
  verdict: { band: 'flagged', score: 0.97, categories: ['debt_ad'], form: 'ad', evidence: [{ start: 0, end: 4, weight: 1 }], model: '2026.11.23' },
  firstSeen: 1,
  lastSeen: 2,
  decision: 'confirmed',
  report: { receipt: 'MC-20261123-ABCDEF', at: Date.UTC(2026, 10, 23, 14, 5), category: 'proxy_complaint', note: '私信拉人' },
  history: [],
}
const limits = { tries: 3, timeout: 300, pause: 20 }
const coop = (): CoopOptions => ({ address, apiKey: 'key-1', itemTypeId: 'post-type', reporter: { typeId: 'moderator-type', id: 'team-3' }, policies: { proxy_complaint: 'policy-9' } })
const failure = (promise: Promise<unknown>) => promise.then(() => { throw new Error('it was taken') }, (cause: SinkError) => cause)

describe('Coop', () => {
  test('the request is, field by field, what the Report API documents', async () => {
    answers = [say(201, { reportId: 'r-1' })]
    expect(await sendToCoop(coop(), reported, limits)).toBe('r-1')
    expect(seen).toHaveLength(1)
    expect(seen[0]).toMatchObject({ method: 'POST', url: '/api/v1/report' })
    expect(seen[0]!.headers).toMatchObject({ 'x-api-key': 'key-1', 'content-type': 'application/json' })
    expect(seen[0]!.body).toEqual({
      reporter: { kind: 'user', typeId: 'moderator-type', id: 'team-3' },
      reportedAt: '2026-11-23T14:05:00.000Z',
      reportedForReason: { policyId: 'policy-9', reason: '私信拉人' },
      reportedItem: {
        id: 'weibo:42',
        typeId: 'post-type',
        data: {
          text: '停息挂账，先办后付', platform: 'weibo', kind: 'post', title: '上岸', author_name: '小鹿', author_id: '7', permalink: 'https://weibo.com/7/42',
          band: 'flagged', score: 0.97, practices: ['debt_ad'], form: 'ad', evidence: ['停息挂账'], model: '2026.11.23', receipt: 'MC-20261123-ABCDEF',
        },
      },
    })
  })

  test('what is not known is left out, not sent empty', async () => {
    answers = [say(204)]
    const { title: _, permalink: __, ...post } = reported.post
    const bare: Case = { ...reported, post: { ...post, permalink: '', author: { name: '小鹿' } }, report: { ...reported.report!, category: null, note: '' } }
    expect(await sendToCoop(coop(), bare, limits)).toBe('')
    const body = seen[0]!.body as { reportedForReason: object; reportedItem: { data: object } }
    expect(body.reportedForReason).toEqual({})
    for (const field of ['title', 'permalink', 'author_id', 'images']) expect(body.reportedItem.data).not.toHaveProperty(field)
  })

  test('400 and 401 are told and not tried again', async () => {
    answers = [say(400, { errors: [{ status: 400, type: ['/errors/invalid-user-input'], title: 'Unknown item type' }] })]
    const refused = await failure(sendToCoop(coop(), reported, limits))
    expect(refused).toMatchObject({ name: 'SinkError', reason: 'refused' })
    expect(refused.message).toContain('Unknown item type')
    answers = [say(401)]
    expect(await failure(sendToCoop(coop(), reported, limits))).toMatchObject({ reason: 'unauthorized' })
    expect(seen).toHaveLength(2)
  })

  test('429 waits as long as it is told, 500 waits longer each time, and both come through', async () => {
    answers = [say(429, undefined, { 'retry-after': '1' }), say(201, { reportId: 'r-2' })]
    expect(await sendToCoop(coop(), reported, limits)).toBe('r-2')
    expect(seen[1]!.at - seen[0]!.at).toBeGreaterThan(950)
    seen = []
    answers = [say(500), say(500), say(201, { reportId: 'r-3' })]
    expect(await sendToCoop(coop(), reported, limits)).toBe('r-3')
    expect(seen).toHaveLength(3)
    expect(seen.map(({ body }) => JSON.stringify(body))).toEqual([...Array(3).keys()].map(() => JSON.stringify(seen[0]!.body)))
  })

  test('a receiver that stays busy, hangs or is not there is given up after as many tries as allowed', async () => {
    answers = [say(500)]
    expect(await failure(sendToCoop(coop(), reported, limits))).toMatchObject({ reason: 'busy' })
    expect(seen).toHaveLength(3)
    seen = []
    answers = [hang]
    expect(await failure(sendToCoop(coop(), reported, limits))).toMatchObject({ reason: 'away', message: 'no answer within 300 ms' })
    expect(seen).toHaveLength(3)
    expect(await failure(sendToCoop({ ...coop(), address: 'http://127.0.0.1:9' }, reported, limits))).toMatchObject({ reason: 'away' })
  })

  test('an answer that begins and never ends is given up as well', async () => {
    answers = [(response) => void response.writeHead(201).write('{')]
    expect(await failure(sendToCoop(coop(), reported, { ...limits, tries: 1 }))).toMatchObject({ reason: 'away' })
    answers = [(response) => response.end('x'.repeat(300_000))]
    expect(await failure(sendToCoop(coop(), reported, limits))).toMatchObject({ reason: 'refused' })
  })

  test('no redirect carries the key away', async () => {
    answers = [say(307, undefined, { location: `${address}/elsewhere` })]
    expect(await failure(sendToCoop(coop(), reported, limits))).toMatchObject({ reason: 'refused' })
    expect(seen.map(({ url }) => url)).toEqual(['/api/v1/report'])
  })

  test('an aborted report is not tried again', async () => {
    answers = [hang]
    const stop = new AbortController()
    setTimeout(() => stop.abort(new Error('closed')), 100)
    expect(await failure(sendToCoop(coop(), reported, { ...limits, timeout: 10_000 }, stop.signal))).toMatchObject({ message: 'closed' })
    expect(seen).toHaveLength(1)
  })

  test('policies by id; what is no policy is left out', async () => {
    const policies = [{ id: 'p1', name: 'Fraud', parentId: null }, { id: 'p2', name: 'Debt', parentId: 'p1' }]
    answers = [say(200, { policies: [...policies, { name: 'no id' }, null] })]
    expect(await coopPolicies(coop(), limits)).toEqual(policies)
    expect(seen[0]).toMatchObject({ method: 'GET', url: '/api/v1/policies/', headers: { 'x-api-key': 'key-1' } })
    answers = [say(200, 'hello')]
    expect(await failure(coopPolicies(coop(), limits))).toMatchObject({ reason: 'refused' })
  })

  test('a key with a line break, and a case without a report, go nowhere', async () => {
    expect(await failure(sendToCoop({ ...coop(), apiKey: 'a\nb' }, reported, limits))).toMatchObject({ reason: 'unauthorized' })
    const { report: _, ...unreported } = reported
    expect(await failure(sendToCoop(coop(), unreported, limits))).toMatchObject({ reason: 'refused' })
    expect(seen).toEqual([])
  })
})

describe('webhook', () => {
  const event = cloudEvent(REPORTED, 'urn:mingcha:here', 'MC-1', reported.key, reported.report!.at, reportedData(reported))

  test('a CloudEvent 1.0 in structured mode', async () => {
    answers = [say(204)]
    await sendToWebhook({ address: `${address}/hooks/42?x=1`, token: 'secret' }, event, limits)
    expect(seen[0]).toMatchObject({ method: 'POST', url: '/hooks/42?x=1', body: event })
    expect(seen[0]!.headers).toMatchObject({ 'content-type': 'application/cloudevents+json; charset=UTF-8', authorization: 'Bearer secret' })
    expect(seen[0]!.body).toMatchObject({ specversion: '1.0', id: 'MC-1', source: 'urn:mingcha:here', type: 'post.reported.v1', subject: 'weibo:42', time: '2026-11-23T14:05:00.000Z' })
    expect(JSON.stringify(seen[0]!.body)).not.toContain('imageCount')
  })

  test('without a token none is sent', async () => {
    answers = [say(200)]
    await sendToWebhook({ address, token: '' }, event, limits)
    expect(seen[0]!.headers).not.toHaveProperty('authorization')
  })
})

test.each(['http://coop.example.org', 'ftp://localhost', 'https://user:pass@coop.example.org', 'nonsense'])('nothing is sent to %s', (wrong) => {
  expect(() => receiver(wrong)).toThrow(expect.objectContaining({ reason: 'address' }))
})
test('a path in the address is kept', () => {
  expect(receiver('https://example.org/coop', 'api/v1/report').href).toBe('https://example.org/coop/api/v1/report')
})
