/**
 * 《电子数据提取固定清单》: the fields that 法发〔2016〕22号 art. 14 and 人民检察院办理网络犯罪案件规定 art. 37 name, as data
 * and as a page to print and sign. Every string is Chinese with English beside it.
 */
import en from '../../public/_locales/en/messages.json' with { type: 'json' }
import zh from '../../public/_locales/zh_CN/messages.json' with { type: 'json' }
import { zonedTime } from '../export/time.ts'
import type { Capture, Case } from '../types.ts'

type Key = keyof typeof zh
type Values = Record<string, string | number>
const filled = (message: string, values: Values): string => message.replace(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole))
const both = (key: Key, values: Values = {}, english = values): Both => ({ zh: filled(zh[key].message, values), en: filled(en[key].message, english) })

export interface Both {
  zh: string
  en: string
}

/** What only a person knows; left open on the list where it is not given. */
export interface Particulars {
  cause?: string
  place?: string
  collector?: string
  holder?: string
  witness?: string
}

export interface Item {
  category: ItemCategory
  /** Path in the package, or the record of the archive: `archive/data.warc#20261123060509/https://…`. */
  name: string
  format: string
  bytes: number
  sha256: string
}
export type ItemCategory = 'page' | 'text' | 'picture' | 'cutting' | 'metadata' | 'archive' | 'index' | 'pages' | 'case' | 'history'

/** The list as data. */
export interface EvidenceList {
  title: Both
  statement: Both
  source: Both
  cause: Both
  object: Both
  content: string
  time: Both[]
  /** Why the Date of the server's answer is not here. */
  serverTime: Both
  place: string
  method: Both
  process: Both[]
  address: string[]
  access: Both
  tools: string[]
  environment: string[]
  /** Of each picture of the post, whether and how it was kept, or why not. */
  pictures: Both[]
  history: { entries: number; head: string }
  items: Item[]
  signatures: { collector: string; holder: string; witness: string }
}

export interface ListSource {
  case: Case
  captures: readonly Capture[]
  particulars: Particulars
  madeAt: number
  timeZone: string
  /** Version of the program that wrote the package. */
  software: string
  siteName: string
  /** SHA-256 of the last line of the history, see history.ts. */
  head: string
  items: Item[]
}

export function evidenceList({ case: one, captures, particulars, madeAt, timeZone, software, siteName, head, items }: ListSource): EvidenceList {
  const { post, verdict } = one
  const practices = (words: typeof zh, comma: string): string => verdict.categories.map((practice) => words[`practice_${practice}`].message).join(comma) || words.practice_none.message
  const kind = (words: typeof zh): string => words[`kind_${post.kind}`].message
  const saved = captures.some(({ source }) => source === 'saved')
  const author = post.author.id ? `${post.author.name} (${post.author.id})` : post.author.name
  return {
    title: both('evidence_title'),
    statement: both('evidence_statement'),
    source: both(captures.length === 0 ? 'evidence_source_none' : saved ? 'evidence_source_saved' : 'evidence_source_live'),
    cause: particulars.cause ? { zh: particulars.cause, en: '' } : both('evidence_causeIs', { practice: practices(zh, '、') }, { practice: practices(en, ', ') }),
    object: both('evidence_objectIs', { site: siteName, kind: kind(zh), id: post.id, author }, { site: post.platform, kind: kind(en), id: post.id, author }),
    content: post.text,
    time: captures.map(({ at, timeZone }) => both('evidence_timeIs', { at: zonedTime(at, timeZone), zone: timeZone })),
    serverTime: serverTime(saved ? 'saved' : 'live'),
    place: particulars.place ?? '',
    method: both('evidence_methodIs'),
    process: [
      both('evidence_step_read', { at: zonedTime(one.firstSeen, timeZone), model: verdict.model }),
      ...captures.map(({ at, timeZone, screenshot }) => both(screenshot ? 'evidence_step_captureShot' : 'evidence_step_capture', { at: zonedTime(at, timeZone) })),
      both('evidence_step_pack', { at: zonedTime(madeAt, timeZone) }),
    ],
    address: [...new Set([post.permalink, one.pageUrl, ...captures.map(({ url }) => url)])].filter(Boolean),
    access: both(saved ? 'evidence_access_saved' : 'evidence_access_live'),
    tools: [...new Set([`明察 Mingcha ${software}`, ...captures.map(({ software }) => `明察 Mingcha ${software}`), ...[verdict, ...captures.map(({ verdict }) => verdict)].map(({ model }) => `模型 model ${model}`)])],
    environment: [...new Set(captures.map(({ userAgent, language, timeZone, viewport }) => `${userAgent}; ${language}; ${timeZone}; ${viewport.width}×${viewport.height} @${viewport.scale}`))],
    pictures: captures.flatMap(picturesOf),
    history: { entries: one.history.length, head },
    items,
    signatures: { collector: particulars.collector ?? '', holder: particulars.holder ?? '', witness: particulars.witness ?? '' },
  }
}

/** No browser gives a page or an extension the headers of what was loaded without listening to all of its requests. */
export const serverTime = (source: Capture['source']): Both => both(source === 'saved' ? 'evidence_serverTimeSaved' : 'evidence_serverTimeNone')

function picturesOf({ cuttings, moreCuttings }: Capture): Both[] {
  if (!cuttings) return [both('evidence_picturesUnlisted')]
  if (cuttings.length === 0 && !moreCuttings) return [both('evidence_picturesNone')]
  const said = cuttings.map(({ address, partly, left, shown }, index) => {
    const of = (words: typeof zh): Values => ({ n: index + 1, address: address || words.evidence_pictureInPage.message, ...(shown ? { width: shown.width, height: shown.height } : { why: words[`evidence_left_${left ?? 'failed'}`].message }) })
    return both(!shown ? 'evidence_pictureLeft' : partly ? 'evidence_picturePart' : 'evidence_pictureKept', of(zh), of(en))
  })
  return [both('evidence_picturesNote'), ...said, ...(moreCuttings ? [both('evidence_picturesCut')] : [])]
}

const escaped = (text: string): string => text.replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`)
const label = (key: Key): string => `${zh[key].message} <small lang="en">${escaped(en[key].message)}</small>`
const paragraph = (text: Both): string => `<p>${escaped(text.zh)}${text.en && `<br><small lang="en">${escaped(text.en)}</small>`}</p>`
const lines = (texts: readonly string[]): string => texts.map((text) => `<p>${escaped(text)}</p>`).join('') || open()
const open = (): string => `<p class="open">${label('evidence_toFill')}</p>`
const row = (key: Key, cell: string): string => `<tr><th scope="row">${label(key)}</th><td>${cell}</td></tr>`

const STYLE = `
@page { size: A4; margin: 18mm }
body { font: 12px/1.6 system-ui, "PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", sans-serif; color: #1d2126; margin: 0 auto; max-width: 174mm }
h1 { font-size: 20px; text-align: center } h2 { font-size: 14px; margin: 16px 0 4px }
small { font-size: 10px; color: #59616b } p { margin: 0 0 4px; overflow-wrap: anywhere } pre { font: inherit; margin: 0; white-space: pre-wrap; overflow-wrap: anywhere }
table { border-collapse: collapse; width: 100% } th, td { border: 1px solid #8a929c; padding: 4px 8px; text-align: left; vertical-align: top }
th { font-weight: 600; width: 26% } .items th { width: auto } .items td { overflow-wrap: anywhere; font-variant-numeric: tabular-nums } .number { text-align: right }
.statement { border: 1px solid #8a929c; padding: 8px; margin: 8px 0 } .open { color: #59616b } tr { break-inside: avoid } .signatures td { height: 14mm }
`

/** The list as a page that loads and runs nothing, for A4. */
export function listHtml(list: EvidenceList): string {
  const items = list.items.map(
    ({ category, name, format, bytes, sha256 }, index) =>
      `<tr><td class="number">${index + 1}</td><td>${label(`evidence_item_${category}`)}</td><td>${escaped(name)}</td><td>${escaped(format)}</td><td class="number">${bytes}</td><td>${escaped(sha256)}</td></tr>`,
  )
  const signed = (['collector', 'holder', 'witness'] as const).map((who) => `<tr><th scope="row">${label(`evidence_${who}`)}</th><td>${escaped(list.signatures[who])}</td><th scope="row">${label('evidence_signedAt')}</th><td></td></tr>`)
  return `<!doctype html>
<html lang="zh-CN">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>${escaped(list.title.zh)} ${escaped(list.title.en)}</title>
<style>${STYLE}</style>
</head>
<body>
<h1>${escaped(list.title.zh)}<br><small lang="en">${escaped(list.title.en)}</small></h1>
<div class="statement">${paragraph(list.statement)}${paragraph(list.source)}</div>
<table>
${row('evidence_cause', paragraph(list.cause))}
${row('evidence_object', paragraph(list.object))}
${row('evidence_content', `<pre>${escaped(list.content)}</pre>`)}
${row('evidence_time', list.time.map(paragraph).join('') || '—')}
${row('evidence_serverTime', paragraph(list.serverTime))}
${row('evidence_place', list.place ? lines([list.place]) : open())}
${row('evidence_method', paragraph(list.method))}
${row('evidence_process', list.process.map(paragraph).join(''))}
${row('evidence_address', lines(list.address))}
${row('evidence_access', paragraph(list.access))}
${row('evidence_tools', lines(list.tools))}
${row('evidence_environment', list.environment.length > 0 ? lines(list.environment) : '—')}
${row('evidence_pictures', list.pictures.map(paragraph).join('') || '—')}
${row('evidence_history', paragraph(both('evidence_historyIs', { count: list.history.entries, head: list.history.head })))}
</table>
<h2>${label('evidence_items')}</h2>
<table class="items">
<tr><th>${label('evidence_no')}</th><th>${label('evidence_category')}</th><th>${label('evidence_file')}</th><th>${label('evidence_format')}</th><th>${label('evidence_bytes')}</th><th>${label('evidence_sha256')}</th></tr>
${items.join('\n')}
</table>
<h2>${label('evidence_signatures')}</h2>
<table class="signatures">
${signed.join('\n')}
</table>
</body>
</html>
`
}
