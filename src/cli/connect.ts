import { readFile } from 'node:fs/promises'
import { connect, credsAuthenticator, errors, type NatsConnection } from '@nats-io/transport-node'
import { UsageError } from './command.ts'

export interface ServerOptions {
  /** `nats://host:4222` or `tls://host:4222`, several with commas. */
  server: string
  /** Credentials file of a user with a JWT. */
  creds?: string | undefined
  user?: string | undefined
  /** Certificate authority of servers whose certificate no public one signed, PEM. */
  ca?: string | undefined
}

/** The password is read from here, since arguments can be seen by every user of a machine. */
export const PASSWORD = 'NATS_PASSWORD'

/** A connection that comes back by itself however long the servers are away; the first attempt fails with what to do. */
export async function connectTo({ server, creds, user, ca }: ServerOptions, name: string): Promise<NatsConnection> {
  const servers = server.split(',').map((one) => one.trim()).filter(Boolean)
  const wrong = servers.find((one) => !/^((nats|tls):\/\/)?[^\s/:@]+(:\d+)?$/.test(one))
  if (servers.length === 0 || wrong !== undefined) {
    throw new UsageError(`--server ${wrong ?? ''} 不是 NATS 地址：例如 nats://127.0.0.1:4222。 Not a NATS address: for example nats://127.0.0.1:4222.`)
  }
  const read = (file: string) => readFile(file).catch((cause: Error) => { throw new UsageError(`无法读取 ${file}：${cause.message} Cannot be read.`) })
  const secure = ca !== undefined || servers.some((one) => one.startsWith('tls://'))
  try {
    return await connect({
      servers,
      name,
      timeout: 5_000,
      maxReconnectAttempts: -1,
      ...(creds ? { authenticator: credsAuthenticator(await read(creds)) } : {}),
      ...(user ? { user, pass: process.env[PASSWORD] ?? '' } : {}),
      ...(secure ? { tls: ca ? { ca: (await read(ca)).toString() } : {} } : {}),
    })
  } catch (cause) {
    if (cause instanceof UsageError) throw cause
    if (cause instanceof errors.AuthorizationError || cause instanceof errors.UserAuthenticationExpiredError) {
      throw new Error(`${server} 拒绝登录：请检查 --creds，或 --user 和环境变量 ${PASSWORD}。 The server refused the login: check --creds, or --user and the variable ${PASSWORD}.`, { cause })
    }
    throw new Error(
      `连不上 ${server}（${(cause as Error).message}）：请确认 nats-server 已启动、地址和端口正确、防火墙放行。\n` +
        `Cannot connect to ${server}: check that nats-server runs there, the address and port, and the firewall.`,
      { cause },
    )
  }
}
