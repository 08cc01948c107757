/** @jsxImportSource preact */
import type { JSX } from 'preact'
import { renderToString } from 'preact-render-to-string'
import { linksOf } from '../review/links.ts'
import type { Case } from '../types.ts'
import { type About, aboutOf, aboutRows } from './about.ts'
import { AT_ONCE, chunksOf, type ExportFormat, type ExportMeta } from './format.ts'
import { templatesOf } from './groups.ts'
import { COLUMNS, practiceWord, word } from './sheet.ts'
import { zonedTime } from './time.ts'

const STYLE = `
body { font: 14px/1.6 system-ui, "Noto Sans CJK SC", sans-serif; color: #1a2230; max-width: 60rem; margin: 2rem auto; padding: 0 1rem }
table { border-collapse: collapse; width: 100%; margin: 1rem 0 } th, td { border: 1px solid #b9c2cf; padding: .3rem .6rem; text-align: left; vertical-align: top; overflow-wrap: anywhere }
th { background: #eef2f7; font-weight: 600; white-space: nowrap } td.n { text-align: right }
article { border-top: 2px solid #1a2230; margin-top: 1.5rem; break-inside: avoid } article p { white-space: pre-wrap; overflow-wrap: anywhere; background: #f6f8fa; padding: .6rem }
h1 { font-size: 1.5rem } h2 { font-size: 1.15rem; margin-top: 2rem } h3 { font-size: 1rem; margin: .6rem 0 }
@media print { body { margin: 0; max-width: none } h2 { break-after: avoid } }`

/** Shown above the text or inside it already; the record is for programs. */
const APART = new Set(['sheet_text', 'sheet_title', 'sheet_record'])

/** To read and to print: one page that loads nothing, runs nothing and links nowhere; all page text is text. */
export const html: ExportFormat = {
  id: 'html',
  name: 'HTML',
  extension: 'html',
  mime: 'text/html;charset=utf-8',
  async *parts(cases, meta) {
    const about = await aboutOf(cases, meta)
    yield `<!doctype html>\n<html lang="zh-CN"><head><meta charset="utf-8">${renderToString(<Head />)}</head><body>${renderToString(<Opening cases={cases} about={about} meta={meta} />)}`
    for (const [turn, some] of [...chunksOf(cases)].entries()) {
      yield renderToString(<>{some.map((one, at) => <One key={one.key} number={turn * AT_ONCE + at + 1} of={one} meta={meta} />)}</>)
    }
    yield '</body></html>\n'
  },
}

const Head = (): JSX.Element => (
  <>
    <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'" />
    <title>{word('report_title')}</title>
    <style>{STYLE}</style>
  </>
)

function Opening({ cases, about, meta }: { cases: readonly Case[]; about: About; meta: ExportMeta }): JSX.Element {
  const count = (names: (one: Case) => readonly string[]): [string, number][] => {
    const counts = new Map<string, number>()
    for (const name of cases.flatMap(names)) counts.set(name, (counts.get(name) ?? 0) + 1)
    return [...counts].sort((a, b) => b[1] - a[1])
  }
  const templates = templatesOf(cases, linksOf(cases))
  return (
    <>
      <h1>{word('report_title')}</h1>
      <table>
        <tbody>{aboutRows(about).map(([name, value]) => <tr key={name}><th scope="row">{name}</th><td>{value}</td></tr>)}</tbody>
      </table>
      <h2>{word('report_counts')}</h2>
      <Counts heading={word('sheet_category')} rows={count(({ verdict }) => verdict.categories.map(practiceWord))} />
      <Counts heading={word('sheet_platform')} rows={count(({ post }) => [meta.siteNames[post.platform] ?? post.platform])} />
      <Counts heading={word('sheet_decision')} rows={count(({ decision }) => [word(`decision_${decision}`)])} />
      {templates.length > 0 && (
        <>
          <h2>{word('sheets_templates')}</h2>
          <table>
            <thead>
              <tr>{([ 'sheet_template', 'sheet_posts', 'sheet_accounts', 'sheet_firstSeen', 'sheet_lastSeen'] as const).map((key) => <th key={key} scope="col">{word(key)}</th>)}</tr>
            </thead>
            <tbody>
              {templates.map(({ family, template, posts, accounts, first, last }) => (
                <tr key={family}>
                  <td>{template}</td>
                  <td class="n">{posts}</td>
                  <td class="n">{accounts}</td>
                  <td>{zonedTime(first, meta.timeZone)}</td>
                  <td>{zonedTime(last, meta.timeZone)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </>
      )}
      <h2>{word('sheets_cases')}</h2>
    </>
  )
}

const Counts = ({ heading, rows }: { heading: string; rows: readonly [string, number][] }): JSX.Element => (
  <table>
    <thead><tr><th scope="col">{heading}</th><th scope="col">{word('sheet_posts')}</th></tr></thead>
    <tbody>{rows.map(([name, n]) => <tr key={name}><td>{name}</td><td class="n">{n}</td></tr>)}</tbody>
  </table>
)

const One = ({ number, of: one, meta }: { number: number; of: Case; meta: ExportMeta }): JSX.Element => (
  <article>
    <h3>{number}. {one.post.title ?? ''}</h3>
    <p>{one.post.text}</p>
    <table>
      <tbody>
        {COLUMNS.filter(({ key }) => !APART.has(key)).map(({ key, cell }) => [word(key), cell(one, meta)] as const).filter(([, value]) => value).map(([name, value]) => (
          <tr key={name}><th scope="row">{name}</th><td>{value}</td></tr>
        ))}
      </tbody>
    </table>
  </article>
)
