/** npm run new-site: the files that a new site begins with. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { command, UsageError } from './command.ts'

const HELP = `
用法  npm run new-site -- NAME --host HOST [--zh 名字] [--en NAME]
Usage npm run new-site -- NAME --host HOST [--zh 名字] [--en NAME]

写出适配器骨架、一张保存的网页和它的期望，并列入 src/sites/index.ts；清单随之更新。
Writes the skeleton of an adapter, a saved page and what it should read, and lists the site; the manifest follows.

  NAME      a–z and digits, also the "platform" of its posts, such as douban
  --host    exact host, such as www.douban.com
`

const adapter = (id: string, host: string, zh: string, en: string): string => `/** ${host}: what is read, and where from. */

import type { Post } from '../types.ts'
import type { Adapter } from './adapter.ts'
import { all, attribute, beside, hidden, links, nameOf, pick, pickName, textOf, toPost } from './read.ts'

const UNIT = 'article'
const BODY = ['[class*="content"]', 'p']
const NAME = ['[class*="author"]', '[class*="name"]']

export const ${id}: Adapter = {
  id: '${id}',
  names: { zh: ${JSON.stringify(zh)}, en: ${JSON.stringify(en)} },
  matches: ['https://${host}/*'],
  posts: (root) => all(root, UNIT),
  read: (element, page) => (hidden(element) ? null : readPost(element, page)),
  slot: (element) => beside(element, pickName(element, NAME), pick(element, BODY)),
  expects: () => true,
}

function readPost(element: Element, page: URL): Post | null {
  const [first] = links(element, page, (link) => link.matches('a[href*="/post/"]'))
  return toPost('${id}', {
    kind: 'post',
    id: attribute(element, 'data-id'),
    author: { name: nameOf(pickName(element, NAME)) },
    body: textOf(pick(element, BODY)),
    permalink: first?.url.href,
  })
}
`

const page = (host: string): string => `<!-- url: https://${host}/ -->
<!doctype html>
<html lang="zh"><head><meta charset="utf-8"><title>${host}</title></head><body>
<main>
  <article data-id="1001"><a class="author-name" href="/people/1">早起的人</a><div class="content">今天的豆浆很香</div><a href="/post/1001">1小时前</a></article>
</main>
</body></html>
`
const expectation = (host: string) => [{ kind: 'post', id: '1001', author: '早起的人', text: '今天的豆浆很香', permalink: `https://${host}/post/1001` }]

const options = { host: { type: 'string' }, zh: { type: 'string' }, en: { type: 'string' } } as const

await command(HELP, options, async ({ host, zh, en }, [id]) => {
  if (!id || !/^[a-z][a-z0-9]*$/.test(id)) throw new UsageError('NAME 只能用小写字母和数字。 NAME takes a–z and digits only.')
  if (!host || !/^[a-z0-9-]+(\.[a-z0-9-]+)+$/.test(host)) throw new UsageError('缺少 --host，如 www.example.com。 Name the exact host with --host.')
  const file = `src/sites/${id}.ts`
  const folder = `test/fixtures/sites/${id}`
  if (existsSync(file) || existsSync(folder)) throw new UsageError(`${id} 已经有了。 ${id} exists already.`)
  writeFileSync(file, adapter(id, host, zh ?? id, en ?? id))
  mkdirSync(folder, { recursive: true })
  writeFileSync(`${folder}/feed.html`, page(host))
  writeFileSync(`${folder}/feed.json`, `${JSON.stringify(expectation(host), null, 2)}\n`)
  const index = 'src/sites/index.ts'
  const listed = readFileSync(index, 'utf8')
    .replace(/((?:^import \{ \w+ \} from .+\n)+)/m, (imports) => [...imports.trimEnd().split('\n'), `import { ${id} } from './${id}.ts'`].sort(byFile).join('\n') + '\n')
    .replace(/(const adapters: readonly Adapter\[\] = \[)([^\]]*)\]/, (_, start: string, names: string) => `${start}${names.trimEnd().replace(/,$/, '')}, ${id},\n]`)
  writeFileSync(index, listed)
  console.log(`${file}\n${folder}/feed.html\n${folder}/feed.json\n${index}\n接着：换成真实页面的结构，再加至少三张保存的网页，npm test。 Next: the site's real structure, three more saved pages, npm test.`)
})

function byFile(a: string, b: string): number {
  const fileOf = (line: string) => /'\.\/(.+)'/.exec(line)![1]!
  return fileOf(a).localeCompare(fileOf(b))
}
