import { readFile } from 'node:fs/promises'
import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { extname, join, normalize } from 'node:path'
import { fileURLToPath } from 'node:url'
import { generate } from 'selfsigned'

/** Sample feeds: host name → folder of src/cli/samples. */
export const SAMPLE_HOSTS: Readonly<Record<string, string>> = {
  'www.xiaohongshu.com': 'xiaohongshu',
  'weibo.com': 'weibo',
  'www.zhihu.com': 'zhihu',
  'www.bilibili.com': 'bilibili',
}
const FOLDER = fileURLToPath(new URL('./samples/', import.meta.url))
const TYPES: Record<string, string> = { '.html': 'text/html', '.js': 'text/javascript', '.css': 'text/css', '.json': 'application/json', '.svg': 'image/svg+xml' }

export interface SampleServer {
  port: number
  /** Chromium arguments that lead the sites' own names to this server, and every other name nowhere. */
  args: string[]
  close(): Promise<void>
}

/** Serves the sample feeds over HTTPS on loopback, each under its site's real host name. */
export async function serveSamples(): Promise<SampleServer> {
  const pems = await generate([{ name: 'commonName', value: 'samples' }], { keySize: 2048 })
  const server = createServer({ key: pems.private, cert: pems.cert }, (request, response) => {
    const site = SAMPLE_HOSTS[(request.headers.host ?? '').replace(/:\d+$/, '')]
    const path = normalize(new URL(request.url ?? '/', 'https://sample').pathname)
    const type = TYPES[extname(path)]
    // Like the sites themselves: every address without a file ending is the application's one page.
    const file = !site ? undefined : !type ? 'parts/page.html' : path.startsWith('/parts/') ? path : join(site, path)
    if (!file) return void response.writeHead(404).end()
    readFile(join(FOLDER, file)).then(
      (body) => response.writeHead(200, { 'content-type': `${type ?? 'text/html'}; charset=utf-8` }).end(body),
      () => response.writeHead(404).end(),
    )
  })
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
  const { port } = server.address() as AddressInfo
  const rules = [...Object.keys(SAMPLE_HOSTS).map((host) => `MAP ${host}:443 127.0.0.1:${port}`), 'MAP * ~NOTFOUND', 'EXCLUDE 127.0.0.1']
  return {
    port,
    args: [`--host-resolver-rules=${rules.join(',')}`, '--ignore-certificate-errors'],
    close: () => new Promise((closed) => {
      server.close(() => closed())
      server.closeAllConnections()
    }),
  }
}
