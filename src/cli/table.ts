/** Columns of text: as wide as they need, numbers to the right. */
export interface Column {
  readonly title: string
  readonly align?: 'left' | 'right'
}

const GAP = '  '

/** Lines of a table, the titles first. Control characters of a cell are shown, never sent to the terminal. */
export function table(columns: readonly Column[], rows: readonly (readonly string[])[]): readonly string[] {
  const clean = rows.map((row) => row.map(printable))
  const widths = columns.map(({ title }, index) =>
    Math.max(title.length, ...clean.map((row) => (row[index] ?? '').length)),
  )
  const line = (cells: readonly string[]): string =>
    cells
      .map((cell, index) => pad(cell, widths[index] ?? 0, columns[index]?.align ?? 'left'))
      .join(GAP)
      .trimEnd()
  return [line(columns.map(({ title }) => title)), ...clean.map(line)]
}

/** Names and values side by side. */
export function pairs(rows: readonly (readonly [name: string, value: string])[]): readonly string[] {
  const width = Math.max(0, ...rows.map(([name]) => name.length))
  return rows.map(([name, value]) => `${name.padEnd(width)}${GAP}${printable(value)}`.trimEnd())
}

/** A key is what somebody typed: an escape sequence in it must not command the terminal. */
export function printable(text: string): string {
  // oxlint-disable-next-line no-control-regex -- control characters are what is looked for
  return text.replace(/[\u0000-\u001f\u007f-\u009f]/g, (character) => JSON.stringify(character).slice(1, -1))
}

function pad(cell: string, width: number, align: 'left' | 'right'): string {
  return align === 'left' ? cell.padEnd(width) : cell.padStart(width)
}
