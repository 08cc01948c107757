/** npm run worker on three real servers: every post answered once, whatever dies meanwhile. */
import { type ChildProcess, spawn } from 'node:child_process'
import { setTimeout as delay } from 'node:timers/promises'
import { AckPolicy, type JetStreamManager, jetstream, jetstreamManager } from '@nats-io/jetstream'
import { connect, type NatsConnection } from '@nats-io/transport-node'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { loadEngine, printed } from '../../src/cli/model.ts'
import { type Cluster, startCluster, until } from './nats.ts'

interface Run {
  child: ChildProcess
  stderr(): string
  /** Exit code, or the signal that ended it. */
  ended: Promise<number | NodeJS.Signals>
}

const running = new Set<ChildProcess>()
/** The worker's own process, so that a signal meets it and no wrapper. */
function worker(args: string[], env: Record<string, string> = {}): Run {
  const child = spawn(process.execPath, ['--import', 'tsx', 'src/cli/worker.ts', ...args], { stdio: ['ignore', 'inherit', 'pipe'], env: { ...process.env, ...env } })
  let stderr = ''
  child.stderr!.on('data', (chunk: Buffer) => (stderr += chunk.toString()))
  running.add(child)
  const ended = new Promise<number | NodeJS.Signals>((exit) => child.once('exit', (code, signal) => {
    running.delete(child)
    exit(code ?? signal!)
  }))
  return { child, stderr: () => stderr, ended }
}

afterEach(() => running.forEach((child) => child.kill('SIGKILL')))

describe('three servers', () => {
  let cluster: Cluster
  let nc: NatsConnection
  let jsm: JetStreamManager
  const servers = () => cluster.servers.join(',')
  const start = (...args: string[]) => worker(['--server', servers(), '--stream', 'posts', ...args])

  beforeAll(async () => {
    cluster = await startCluster()
    nc = await connect({ servers: cluster.servers, maxReconnectAttempts: -1, reconnectTimeWait: 200 })
    jsm = await jetstreamManager(nc)
  })
  afterAll(async () => {
    await nc?.close()
    await cluster?.stop()
  })
  beforeEach(async () => {
    for await (const { config } of jsm.streams.list()) await jsm.streams.delete(config.name)
  })

  const publish = async (posts: readonly unknown[]) => {
    const js = jetstream(nc)
    for (let at = 0; at < posts.length; at += 200) {
      await Promise.all(posts.slice(at, at + 200).map((post) => js.publish('posts.in', typeof post === 'string' ? post : JSON.stringify(post), { timeout: 20_000 })))
    }
  }
  const streamsReady = (run: Run) => until(`worker ready: ${run.stderr()}`, 60, () => run.stderr().includes('Ready'))
  const stored = async (stream: string) => (await jsm.streams.info(stream)).state.messages
  const readAll = async (stream: string) => {
    const total = await stored(stream)
    const { name } = await jsm.consumers.add(stream, { ack_policy: AckPolicy.None, mem_storage: true, num_replicas: 1 })
    const messages: { value: Record<string, unknown>; id: string | undefined }[] = []
    if (total > 0) {
      for await (const msg of await (await jetstream(nc).consumers.get(stream, name)).fetch({ max_messages: total, expires: 10_000 })) {
        messages.push({ value: msg.json(), id: msg.headers?.get('Nats-Msg-Id') })
        if (messages.length === total) break
      }
    }
    await jsm.consumers.delete(stream, name)
    return messages
  }

  test('creates what is missing, answers as classify does, and buries what five tries cannot judge', async () => {
    const run = start('--max-ack-pending', '64')
    await streamsReady(run)
    const texts = ['早饭吃了包子', '专业反催收，停息挂账，先办后付，加微信 abc12345', 'x'.repeat(12_000)]
    const poison = ['nonsense', '{"id":"no-text"}', '{"id":"","text":"a"}', '{"id":"line\\nbreak","text":"a"}', '[]']
    await publish([...poison, ...texts.map((text, index) => ({ id: `帖-${index}`, text }))])
    await until('answers', 60, async () => (await stored('verdicts')) === texts.length && (await stored('posts-dead')) === poison.length)

    const engine = await loadEngine()
    const expected = (await engine.classify(texts)).map((verdict, index) => ({ id: `帖-${index}`, ...printed(verdict, texts[index]!) }))
    await engine.dispose()
    const verdicts = await readAll('verdicts')
    expect(verdicts.map(({ value }) => value).sort((a, b) => String(a['id']).localeCompare(String(b['id'])))).toEqual(expected)
    expect(verdicts.map(({ id }) => id)).toEqual(verdicts.map(({ value }) => value['id']))

    const dead = await readAll('posts-dead')
    expect(new Set(dead.map(({ value }) => value['message']))).toEqual(new Set(poison))
    for (const { value } of dead) expect(value).toMatchObject({ tries: 5, reason: expect.stringMatching(/JSON|"id"|"text"/), sequence: expect.any(Number) })

    await until('everything acknowledged', 20, async () => (await stored('posts')) === 0)
    expect((await jsm.consumers.info('posts', 'workers')).config).toMatchObject({ max_ack_pending: 64, max_deliver: -1 })
    for (const name of ['posts', 'verdicts', 'posts-dead']) expect((await jsm.streams.info(name)).config.num_replicas).toBe(3)
    run.child.kill('SIGTERM')
    expect(await run.ended).toBe(0)
  })

  test('SIGTERM finishes what is held and leaves the rest', async () => {
    const first = start()
    await streamsReady(first)
    await publish(Array.from({ length: 3_000 }, (_, index) => ({ id: `p${index}`, text: `第 ${index} 天，早饭吃了包子` })))
    await until('work under way', 60, async () => (await stored('verdicts')) > 100)
    first.child.kill('SIGTERM')
    expect(await first.ended).toBe(0)
    expect(first.stderr()).toContain('Ended after')
    const { num_ack_pending, num_pending, num_redelivered } = await jsm.consumers.info('posts', 'workers')
    const answered = await stored('verdicts')
    // Given back, not left to time out: whatever is not answered waits for the next worker at once.
    expect(await stored('posts')).toBe(3_000 - answered)
    expect(num_pending + num_redelivered + num_ack_pending).toBeGreaterThanOrEqual(3_000 - answered)
    const second = start()
    await streamsReady(second)
    await until('some given back', 20, async () => (await stored('verdicts')) > answered + 200)
    second.child.kill('SIGINT')
    expect(await second.ended).toBe(0)
  })

  test('two workers, one killed outright, servers killed in turn: every post answered once', async () => {
    const posts = Array.from({ length: 6_000 }, (_, index) => ({ id: `p${index}`, text: `${index} 号楼今天停水吗` }))
    const [doomed, other] = [start(), start()]
    await Promise.all([streamsReady(doomed), streamsReady(other)])
    await publish(posts)
    await until('work under way', 60, async () => (await stored('verdicts')) > 200)
    doomed.child.kill('SIGKILL')
    expect(await doomed.ended).toBe('SIGKILL')
    const replacement = start()
    for (let round = 0; round < 6; round++) {
      await cluster.kill(round % 3)
      await delay(1_500)
      cluster.restart(round % 3)
      await delay(3_000)
    }
    await until('all answered', 240, async () => (await stored('verdicts')) >= posts.length && (await stored('posts')) === 0)
    const ids = (await readAll('verdicts')).map(({ value }) => value['id'])
    expect(ids).toHaveLength(posts.length)
    expect(new Set(ids)).toEqual(new Set(posts.map(({ id }) => id)))
    expect(await stored('posts-dead')).toBe(0)
    for (const { child, ended, stderr } of [other, replacement]) {
      child.kill('SIGTERM')
      expect(await ended, stderr()).toBe(0)
    }
  }, 400_000)

  test('says which stream holds posts.in', async () => {
    await jsm.streams.add({ name: 'backlog', subjects: ['posts.in'] })
    const run = start()
    expect(await run.ended).toBe(2)
    expect(run.stderr()).toContain('--stream backlog')
  })
})

describe('servers that are not as expected', () => {
  test('away', async () => {
    const run = worker(['--server', 'nats://127.0.0.1:9', '--stream', 'posts'])
    expect(await run.ended).toBe(1)
    expect(run.stderr()).toMatch(/连不上 nats:\/\/127\.0\.0\.1:9[\s\S]*Cannot connect/)
    expect(run.stderr()).not.toContain('    at ')
  })

  test.each([[[]], [['--server', 'nats://127.0.0.1:9']], [['--server', 'http://127.0.0.1:9', '--stream', 'posts']], [['--server', 'nats://127.0.0.1:9', '--stream', 'a.b']], [['--server', 'nats://127.0.0.1:9', '--stream', 'posts', '--threads', '0']]])('%j explains itself', async (args) => {
    const run = worker(args)
    expect(await run.ended).toBe(2)
    expect(run.stderr()).toMatch(/用法[\s\S]*Usage/)
  })

  test('a user and a password; a wrong one is named', async () => {
    const login = { user: 'worker', pass: 'rice-boat' }
    const cluster = await startCluster({ nodes: 1, extra: 'authorization { user: worker, password: rice-boat }', login })
    try {
      const wrong = worker(['--server', cluster.servers[0]!, '--stream', 'posts', '--user', 'worker'], { NATS_PASSWORD: 'no' })
      expect(await wrong.ended).toBe(1)
      expect(wrong.stderr()).toContain('NATS_PASSWORD')
      const right = worker(['--server', cluster.servers[0]!, '--stream', 'posts', '--user', 'worker'], { NATS_PASSWORD: login.pass })
      await until(`ready: ${right.stderr()}`, 60, () => right.stderr().includes('Ready'))
      right.child.kill('SIGTERM')
      expect(await right.ended).toBe(0)
    } finally {
      await cluster.stop()
    }
  })
})
