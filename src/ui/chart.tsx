/** @jsxImportSource preact */
import type { ComponentChildren, JSX } from 'preact'

/** One chart with its heading; what it draws stands in its table as well. */
export const Figure = ({ title, children }: { title: string; children: ComponentChildren }): JSX.Element => (
  <section class="figure" aria-label={title}>
    <h2>{title}</h2>
    {children}
  </section>
)

export interface BarRow {
  name: string
  /** Length of the bar, 0 to `most`. */
  value: number
  /** Ends of an interval around it, in the same unit. */
  low?: number
  high?: number
  /** What the cells say, under the headings after the first two. */
  cells: readonly (string | number)[]
}

const percent = (value: number, most: number): string => `${most > 0 ? (value / most) * 100 : 0}%`

/** A table whose rows have their bars: each bar is labelled by its own row. */
export function Bars({ headings, rows, most = Math.max(0, ...rows.map(({ value }) => value)) }: { headings: readonly string[]; rows: readonly BarRow[]; most?: number }): JSX.Element {
  const [name, ...others] = headings
  return (
    <table class="bars">
      <thead>
        <tr>
          <th scope="col">{name}</th>
          <td class="bar" />
          {others.map((heading) => <th scope="col" class="number" key={heading}>{heading}</th>)}
        </tr>
      </thead>
      <tbody>
        {rows.map(({ name, value, low, high, cells }) => (
          <tr key={name}>
            <th scope="row">{name}</th>
            <td class="bar">
              <svg width="100%" height="14" aria-hidden="true">
                <rect class="fill" y="2" height="10" width={percent(value, most)} />
                {low !== undefined && high !== undefined && <line class="interval" x1={percent(low, most)} x2={percent(high, most)} y1="7" y2="7" />}
              </svg>
            </td>
            {cells.map((cell, index) => <td class="number" key={index}>{cell}</td>)}
          </tr>
        ))}
      </tbody>
    </table>
  )
}

/** Counts over time as columns, from the first period to the last; `most` is the height of the strip. */
export function Columns({ counts, most }: { counts: readonly number[]; most: number }): JSX.Element {
  return (
    <svg class="columns" viewBox={`0 0 ${Math.max(1, counts.length)} 1`} preserveAspectRatio="none" aria-hidden="true">
      {counts.map((count, at) => count > 0 && <rect class="fill" key={at} x={at + 0.1} width="0.8" y={1 - count / most} height={count / most} />)}
    </svg>
  )
}
