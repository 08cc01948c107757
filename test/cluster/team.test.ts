/** The team's queue over WebSocket on real servers. */
import 'fake-indexeddb/auto'
import { readFileSync } from 'node:fs'
import { createServer, connect as dial, type Server, type Socket } from 'node:net'
import type { AddressInfo } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'
import { jetstream, jetstreamManager } from '@nats-io/jetstream'
import { connect } from '@nats-io/transport-node'
import { WebSocket } from 'ws'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { cloudEvent, DECIDED, type DecidedData, REPORTED } from '../../src/cloudevent.ts'
import { Local } from '../../src/team/local.ts'
import { EVENTS, eventSubject, QUEUE, REVIEWERS } from '../../src/team/names.ts'
import { type CaseState, standing } from '../../src/team/state.ts'
import { ACK_WAIT } from '../../src/team/streams.ts'
import { checkTeamOptions, type TeamOptions } from '../../src/team/options.ts'
import { type Handed, Team } from '../../src/team/team.ts'
import type { Case } from '../../src/types.ts'
import { type Cluster, startCluster, until } from './nats.ts'

const one = (id: string): Case => ({
  key: `weibo:${id}`,
  post: { platform: 'weibo', id, kind: 'post', text: `停息挂账 ${id}`, author: { name: '某人' }, permalink: '' },
  pageUrl: 'https://weibo.com/',
  verdict: { band: 'flagged', score: 0.9, categories: ['debt_ad'], form: 'ad', evidence: [{ start: 0, end: 4, weight: 1 }], model: 'm1' },
  firstSeen: 1,
  lastSeen: 1,
  decision: 'open',
  report: { receipt: `R-${id}`, at: 1, category: 'debt_ad', note: '' },
  history: [],
})

/** A wire to a server that can be cut: every connection through it ends without a word, and new ones fail until mended. */
async function wire(websocket: string): Promise<{ url: string; cut(): void; mend(): void; remove(): void }> {
  const sockets = new Set<Socket>()
  let whole = true
  const server: Server = createServer((near) => {
    if (!whole) return void near.destroy()
    const far = dial(Number(new URL(websocket).port), '127.0.0.1')
    for (const socket of [near, far]) {
      sockets.add(socket)
      socket.on('error', () => undefined).on('close', () => {
        sockets.delete(socket)
        near.destroy()
        far.destroy()
      })
    }
    near.pipe(far)
    far.pipe(near)
  })
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready))
  const cut = () => {
    whole = false
    sockets.forEach((socket) => socket.destroy())
  }
  return {
    url: `ws://127.0.0.1:${(server.address() as AddressInfo).port}`,
    cut,
    mend: () => (whole = true),
    remove: () => {
      cut()
      server.close()
    },
  }
}

// Node 20 has no WebSocket of its own.
Object.assign(globalThis, { WebSocket })

let cluster: Cluster
const open: Team[] = []
const locals = new Map<string, string>()
let serial = 0
/** A reviewer's browser: the same `machine` keeps what it stored. */
function join(person: string, options: Partial<TeamOptions> = {}, machine = `${person}-${serial++}`): Team {
  const team = new Team({ servers: cluster.websockets, person, ackWait: 3_000, ...options }, undefined, new Local(machine))
  locals.set(person, machine)
  open.push(team)
  return team
}
const linked = (...teams: Team[]) => until('linked', 30, () => teams.every((team) => team.status.link === 'connected'))
const sent = (...teams: Team[]) => until('outboxes empty', 30, () => teams.every((team) => team.status.waiting === 0))

/** A team whose streams begin empty. */
async function fresh(): Promise<void> {
  const nc = await connect({ servers: cluster.servers })
  const jsm = await jetstreamManager(nc)
  for await (const { config } of jsm.streams.list()) await jsm.streams.delete(config.name)
  await nc.close()
}

afterEach(async () => {
  await Promise.all(open.splice(0).map((team) => team.close()))
})

describe('a team', () => {
  beforeAll(async () => {
    cluster = await startCluster()
  })
  afterAll(() => cluster?.stop())

  test('each case goes to one reviewer, once, however often it is reported', async () => {
    await fresh()
    const [a, b] = [join('anna'), join('bao')]
    await linked(a, b)
    await a.report(one('1'))
    await b.report(one('1'))
    await a.report(one('2'))
    await sent(a, b)
    const taken = (await Promise.all([a.take(), b.take()])).map((handed) => handed!)
    expect(new Set(taken.map(({ key }) => key))).toEqual(new Set(['weibo:1', 'weibo:2']))
    expect(taken[0]!.event.data).toMatchObject({ text: expect.stringContaining('停息挂账'), verdict: { evidence: ['停息挂账'] } })
    expect(await a.take(1_000)).toBeUndefined()
    await Promise.all(taken.map((handed) => handed.decide('confirmed')))
    await sent(a, b)
    // Reported once more after the decision: nobody is asked again.
    await b.report(one('1'))
    await sent(b)
    expect(await a.take(1_000)).toBeUndefined()
  })

  test('a case comes back when its reviewer releases it, and when they fall silent', async () => {
    await fresh()
    const far = await wire(cluster.websockets[0]!)
    const [silent, other] = [join('silent', { servers: [far.url] }), join('other')]
    try {
      await linked(silent, other)
      await other.report(one('1'))
      await sent(other)
      ;(await silent.take())!.release()
      const again = await silent.take()
      expect(again?.key).toBe('weibo:1')
      // Longer than the server waits: a reviewer who reads on keeps the case.
      expect(await other.take(5_000)).toBeUndefined()
      far.cut()
      let handed: Handed | undefined
      await until('handed to the other', 20, async () => (handed = await other.take(2_000)) !== undefined)
      expect(handed?.key).toBe('weibo:1')
    } finally {
      far.remove()
    }
  })

  test('two decisions of one case are both kept, and whoever reviews sees the conflict at once', async () => {
    await fresh()
    const [a, b, watcher] = [join('anna'), join('bao'), join('wen')]
    await linked(a, b, watcher)
    const states = new Map<string, CaseState>()
    const stop = new AbortController()
    const watching = watcher.watch((state) => states.set(state.key, state), stop.signal)
    await a.report(one('1'))
    await sent(a)
    await Promise.all([a.decide('weibo:1', 'confirmed'), b.decide('weibo:1', 'wrong')])
    await until('conflict seen', 10, () => standing(states.get('weibo:1')) === 'conflict')
    expect(states.get('weibo:1')!.decisions.map(({ by, decision }) => `${by} ${decision}`).sort()).toEqual(['/mingcha/people/anna confirmed', '/mingcha/people/bao wrong'])
    await b.decide('weibo:1', 'confirmed')
    await until('settled', 10, () => standing(states.get('weibo:1')) === 'confirmed')
    expect(states.get('weibo:1')!.decisions).toHaveLength(3)
    stop.abort()
    await watching
  })

  test('what is decided without a link is sent when there is one, by the next start of the browser if need be', async () => {
    await fresh()
    const far = await wire(cluster.websockets[0]!)
    far.cut()
    try {
      const offline = join('offline', { servers: [far.url] }, 'laptop')
      await offline.report(one('1'))
      await offline.decide('weibo:1', 'confirmed')
      await until('told', 10, () => offline.status.link === 'away' && offline.status.waiting === 2)
      await expect(offline.take()).rejects.toThrow('away')
      await offline.close()

      far.mend()
      const restarted = join('offline', { servers: [far.url] }, 'laptop')
      await linked(restarted)
      await sent(restarted)
      const states: CaseState[] = []
      const stop = new AbortController()
      const watching = restarted.watch((state) => states.push(state), stop.signal)
      await until('the team has both', 10, () => standing(states.at(-1)) === 'confirmed')
      stop.abort()
      await watching
    } finally {
      far.remove()
    }
  })

  test('a browser that was away for long reads on where it stopped, and keeps no event that lies about its author', async () => {
    await fresh()
    const writer = join('writer')
    await linked(writer)
    await writer.report(one('1'))
    await sent(writer)
    const read = async (expected: string[]) => {
      const reader = join('reader', {}, 'desk')
      await linked(reader)
      const seen: string[] = []
      const stop = new AbortController()
      const following = reader.follow((keys) => seen.push(...keys), stop.signal)
      await until(`read ${expected.join()}`, 10, () => expected.every((key) => seen.includes(key)))
      await delay(500)
      stop.abort()
      await following
      const history = await reader.history('weibo:1')
      await reader.close()
      return { seen, history }
    }
    expect((await read(['weibo:1'])).seen).toEqual(['weibo:1'])
    await writer.decide('weibo:1', 'wrong')
    await writer.decide('weibo:1', 'confirmed')
    const nc = await connect({ servers: cluster.servers })
    const forged = cloudEvent(DECIDED, '/mingcha/people/writer', 'forged', 'weibo:1', 1, { key: 'weibo:1', decision: 'wrong' })
    await jetstream(nc).publish(eventSubject('decided', 'mallory', 'x'), JSON.stringify(forged))
    await jetstream(nc).publish(eventSubject('decided', 'mallory', 'x'), 'nonsense')
    await nc.close()
    await writer.report(one('2'))
    await sent(writer)
    const { seen, history } = await read(['weibo:1', 'weibo:2'])
    expect(new Set(seen)).toEqual(new Set(['weibo:1', 'weibo:2']))
    expect(history.map(({ type, data }) => (type === REPORTED ? 'reported' : (data as DecidedData).decision))).toEqual(['reported', 'wrong', 'confirmed'])
  })

  const CASES = Number(process.env['CASES'] ?? 100)
  test(`10 reviewers, ${CASES} cases, servers killed and links cut: each decided once, nothing lost, in order`, async () => {
    await fresh()
    const clients = await Promise.all(Array.from({ length: 10 }, async (_, index) => {
      const far = await wire(cluster.websockets[index % 3]!)
      // All three servers behind one wire each would need thirty: a browser that knows one server comes back to it.
      return { far, team: join(`r${index}`, { servers: [far.url], ackWait: ACK_WAIT }) }
    }))
    await linked(...clients.map(({ team }) => team))
    const ended = new AbortController()
    const calm = new AbortController()
    let kills = 0
    let cuts = 0
    const killing = (async () => {
      for (; kills < 4; kills++) {
        await delay(3_500)
        await cluster.kill(kills % 3)
        await delay(1_000)
        cluster.restart(kills % 3)
      }
      calm.abort()
    })()
    const cutting = (async () => {
      for (; !calm.signal.aborted; cuts++) {
        await delay(700)
        const { far } = clients[Math.floor(Math.random() * 10)]!
        far.cut()
        setTimeout(() => far.mend(), 300)
      }
    })()
    const reviewing = clients.map(async ({ team }) => {
      while (!ended.signal.aborted) {
        // A link that is away, or a server that is just killed, is tried again.
        const handed = await team.take(1_000).catch(() => delay(200, undefined))
        if (!handed) continue
        if (Math.random() < 0.05) handed.release()
        else await handed.decide(Math.random() < 0.5 ? 'confirmed' : 'wrong')
      }
    })
    try {
      // New cases come in all through the disturbances.
      await Promise.all(clients.map(async ({ team }, index) => {
        for (let id = index; id < CASES; id += 10) {
          await team.report(one(String(id)))
          if (!calm.signal.aborted) await delay(250_000 / CASES)
        }
      }))
      await killing
      const nc = await connect({ servers: cluster.servers, maxReconnectAttempts: -1, reconnectTimeWait: 200 })
      try {
        const jsm = await jetstreamManager(nc, { timeout: 5_000, checkAPI: false })
        await until('all decided', 120 + CASES / 10, async () => (await jsm.streams.info(EVENTS)).state.messages >= 2 * CASES && clients.every(({ team }) => team.status.waiting === 0))
      } finally {
        await nc.close()
      }
    } finally {
      ended.abort()
      await Promise.all([killing, cutting, ...reviewing])
      clients.forEach(({ far }) => far.mend())
    }

    const auditor = join('auditor')
    await linked(auditor)
    const states = new Map<string, CaseState>()
    const keys = new Set<string>()
    const stop = new AbortController()
    const reading = [auditor.watch((state) => states.set(state.key, state), stop.signal), auditor.follow((changed) => changed.forEach((key) => keys.add(key)), stop.signal)]
    await until('the record read', 60, () => keys.size === CASES && states.size === CASES)
    const read = async () => (await Promise.all([...keys].map((key) => auditor.history(key)))).flat().length
    await until('both events of each case read', 60, async () => (await read()) >= 2 * CASES)
    await delay(1_000)
    stop.abort()
    await Promise.all(reading)
    const wrong: string[] = []
    for (const key of keys) {
      const kinds = (await auditor.history(key)).map(({ type }) => type)
      if (kinds.join() !== `${REPORTED},${DECIDED}` || states.get(key)!.decisions.length !== 1) wrong.push(`${key}: ${kinds.join()}; ${states.get(key)!.decisions.length} decisions`)
    }
    expect(wrong).toEqual([])
    expect(cuts).toBeGreaterThan(10)
    console.log(`${CASES} cases, ${kills} servers killed, ${cuts} links cut`)
    clients.forEach(({ far }) => far.remove())
    const nc = await connect({ servers: cluster.servers })
    const jsm = await jetstreamManager(nc)
    await until('the queue is empty', 60, async () => {
      await auditor.take(1_000)
      return (await jsm.consumers.info(QUEUE, REVIEWERS)).num_ack_pending === 0 && (await jsm.streams.info(QUEUE)).state.messages === 0
    })
    await nc.close()
  }, 2_400_000)
})

test('a refused login is told, and not taken for a server that is away', async () => {
  cluster = await startCluster({ nodes: 1, extra: 'authorization { user: anna, password: rice-boat }', login: { user: 'anna', pass: 'rice-boat' } })
  try {
    const wrong = join('anna', { password: 'no' })
    await until('refused', 10, () => wrong.status.link === 'refused')
    const right = join('anna', { password: 'rice-boat' })
    await linked(right)
  } finally {
    await Promise.all(open.splice(0).map((team) => team.close()))
    await cluster.stop()
  }
})

test('the rights of cluster.conf: enough to review, not to speak for another', async () => {
  const conf = readFileSync('src/team/cluster.conf', 'utf8')
  cluster = await startCluster({ nodes: 1, extra: conf.slice(conf.indexOf('accounts {')), login: { user: 'operator', pass: 'change-me-0' } })
  try {
    const operator = join('operator', { password: 'change-me-0' })
    await linked(operator)
    const [anna, bao] = [join('anna', { password: 'change-me-1' }), join('bao', { password: 'change-me-2' })]
    await linked(anna, bao)
    await anna.report(one('1'))
    await sent(anna)
    await (await bao.take())!.decide('confirmed')
    await sent(bao)
    const states = new Map<string, CaseState>()
    const stop = new AbortController()
    const keys: string[] = []
    const reading = [anna.watch((state) => states.set(state.key, state), stop.signal), anna.follow((changed) => keys.push(...changed), stop.signal)]
    await until('anna sees it', 10, () => standing(states.get('weibo:1')) === 'confirmed' && keys.includes('weibo:1'))
    stop.abort()
    await Promise.all(reading)

    const nc = await connect({ servers: cluster.servers, user: 'anna', pass: 'change-me-1' })
    await expect(jetstream(nc, { timeout: 1_000 }).publish(eventSubject('decided', 'bao', 'x'), '{}')).rejects.toThrow(/[Pp]ermissions/)
    await expect((await jetstreamManager(nc, { timeout: 1_000 })).streams.purge(EVENTS)).rejects.toThrow(/[Pp]ermissions/)
    await nc.close()
  } finally {
    await Promise.all(open.splice(0).map((team) => team.close()))
    await cluster.stop()
  }
})

test.each([
  [{ servers: ['ws://nats.example.org'], person: 'anna' }, 'servers'],
  [{ servers: ['nats://127.0.0.1'], person: 'anna' }, 'servers'],
  [{ servers: [], person: 'anna' }, 'servers'],
  [{ servers: ['wss://nats.example.org'], person: 'a.b' }, 'person'],
])('%j is not connected to', (options, field) => {
  expect(() => checkTeamOptions(options)).toThrow(field)
})
