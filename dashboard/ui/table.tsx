/** A table that sorts by its headings. Scrolls inside itself, by keyboard too. */
import { useSignal } from '@preact/signals'
import type { ComponentChildren, JSX } from 'preact'

export interface Column<T> {
  readonly title: string
  readonly cell: (row: T) => ComponentChildren
  /** Makes the heading a button. Null is last in either order. */
  readonly by?: (row: T) => number | string | null
  readonly isNumber?: boolean
}

interface TableProps<T> {
  readonly label: string
  readonly columns: readonly Column<T>[]
  readonly rows: readonly T[]
  readonly id: (row: T) => string
  readonly empty: string
}

export function Table<T>({ label, columns, rows, id, empty }: TableProps<T>): JSX.Element {
  const order = useSignal<{ readonly title: string; readonly isDown: boolean } | undefined>(undefined)
  const { title, isDown = false } = order.value ?? {}
  const by = columns.find((column) => column.title === title)?.by
  const shown = by ? [...rows].sort((left, right) => compare(by(left), by(right), isDown)) : rows
  if (rows.length === 0) return <p class="empty">{empty}</p>
  return (
    <div class="scroll" tabIndex={0} role="region" aria-label={label}>
      <table>
        <thead>
          <tr>
            {columns.map((column) => (
              <th
                key={column.title}
                scope="col"
                class={column.isNumber ? 'number' : undefined}
                aria-sort={column.title === title ? (isDown ? 'descending' : 'ascending') : undefined}
              >
                {column.by ? (
                  <button
                    type="button"
                    onClick={() =>
                      (order.value = {
                        title: column.title,
                        isDown: column.title === title ? !isDown : column.isNumber === true,
                      })
                    }
                  >
                    {column.title}
                    <span aria-hidden="true">{column.title === title ? (isDown ? ' ↓' : ' ↑') : ''}</span>
                  </button>
                ) : (
                  column.title
                )}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {shown.map((row) => (
            <tr key={id(row)}>
              {columns.map((column) => (
                <td key={column.title} class={column.isNumber ? 'number' : undefined}>
                  {column.cell(row)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}

function compare(left: number | string | null, right: number | string | null, isDown: boolean): number {
  if (left === null || right === null) return left === right ? 0 : left === null ? 1 : -1
  const sign = left < right ? -1 : left > right ? 1 : 0
  return isDown ? -sign : sign
}
