/** What the cluster tests share: real nats-servers on loopback, in a temporary folder. */
import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { type AddressInfo, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { jetstreamManager } from '@nats-io/jetstream'
import { connect, type NatsConnection } from '@nats-io/transport-node'

export interface Cluster {
  /** Client addresses, `nats://127.0.0.1:PORT`. */
  servers: string[]
  /** Addresses for browsers, `ws://127.0.0.1:PORT`. */
  websockets: string[]
  /** SIGKILL; what was not written to disk is gone. */
  kill(node: number): Promise<void>
  /** Starts a killed node on its old ports and files. */
  restart(node: number): void
  /** Ends all nodes and removes their files. */
  stop(): Promise<void>
}

export interface ClusterOptions {
  nodes?: number
  /** More lines for every node's configuration, such as an authorization block. */
  extra?: string
  /** Login with which the helper waits for the cluster. */
  login?: { user: string; pass: string }
}

async function freePorts(count: number): Promise<number[]> {
  const held = await Promise.all(
    Array.from({ length: count }, () => new Promise<ReturnType<typeof createServer>>((ready) => {
      const server = createServer().listen(0, '127.0.0.1', () => ready(server))
    })),
  )
  const ports = held.map((server) => (server.address() as AddressInfo).port)
  await Promise.all(held.map((server) => new Promise((closed) => server.close(closed))))
  return ports
}

/** Starts nodes with JetStream and WebSocket and waits until streams can be made on them. */
export async function startCluster({ nodes = 3, extra = '', login }: ClusterOptions = {}): Promise<Cluster> {
  const folder = mkdtempSync(join(tmpdir(), 'mingcha-nats-'))
  const ports = await freePorts(nodes * 3)
  const [client, route, socket] = [0, 1, 2].map((part) => ports.slice(part * nodes, (part + 1) * nodes)) as [number[], number[], number[]]
  const children: ChildProcess[] = []
  const logs: string[] = Array.from({ length: nodes }, () => '')
  const start = (node: number) => {
    const config = join(folder, `n${node}.conf`)
    writeFileSync(config, `
      server_name: n${node}
      listen: 127.0.0.1:${client[node]}
      jetstream { store_dir: ${JSON.stringify(join(folder, `n${node}`))}, max_mem: 256MB, max_file: 4GB }
      websocket { listen: "127.0.0.1:${socket[node]}", no_tls: true }
      ${nodes > 1 ? `cluster { name: mingcha, listen: 127.0.0.1:${route[node]}, routes: [${route.map((port) => `nats://127.0.0.1:${port}`).join(', ')}] }` : ''}
      ${extra}
    `)
    const child = spawn(process.env['NATS_SERVER'] ?? 'nats-server', ['-c', config], { stdio: ['ignore', 'ignore', 'pipe'] })
    child.stderr!.on('data', (chunk: Buffer) => (logs[node] = (logs[node] + chunk.toString()).slice(-4_000)))
    child.once('error', (cause) => (logs[node] += cause.message))
    children[node] = child
  }
  const kill = async (node: number, signal: NodeJS.Signals = 'SIGKILL') => {
    const child = children[node]!
    if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return
    const gone = new Promise((exit) => child.once('exit', exit))
    child.kill(signal)
    await gone
  }
  const cluster: Cluster = {
    servers: client.map((port) => `nats://127.0.0.1:${port}`),
    websockets: socket.map((port) => `ws://127.0.0.1:${port}`),
    kill,
    restart: start,
    stop: async () => {
      await Promise.all(children.map((_, node) => kill(node)))
      rmSync(folder, { recursive: true, force: true })
    },
  }
  for (let node = 0; node < nodes; node++) start(node)
  const until = Date.now() + 60_000
  for (;;) {
    let nc: NatsConnection | undefined
    try {
      nc = await connect({ servers: cluster.servers, timeout: 2_000, ...login })
      const jsm = await jetstreamManager(nc)
      // A leader alone is not enough: every node must have joined it before three copies can be placed.
      await jsm.streams.add({ name: 'ready', subjects: ['ready'], num_replicas: nodes })
      await jsm.streams.delete('ready')
      return cluster
    } catch (cause) {
      if (Date.now() > until) {
        await cluster.stop()
        throw new Error(`the cluster did not start: ${(cause as Error).message}\n${logs.join('\n')}`, { cause })
      }
      await delay(250)
    } finally {
      await nc?.close()
    }
  }
}

/**
 * Waits until something holds; a question that fails, as when its server was just killed, is asked again.
 * `seconds` is for a quiet machine: a busy one gets four times as long.
 */
export async function until(what: string, seconds: number, holds: () => Promise<boolean> | boolean): Promise<void> {
  const end = Date.now() + seconds * 4_000
  for (;;) {
    if (await Promise.resolve(holds()).catch(() => false)) return
    if (Date.now() > end) throw new Error(`not within ${seconds * 4} s: ${what}`)
    await delay(100)
  }
}
