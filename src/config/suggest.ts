/** Names that a person may know from elsewhere and that look nothing like ours. */
const OTHER_NAMES: Readonly<Record<string, string>> = {
  ssl: 'tls',
  tls_enabled: 'tls',
  user: 'username',
  auth: 'password',
  database: 'db',
  socket_timeout: 'commandTimeout',
  socket_connect_timeout: 'connectTimeout',
  pool_size: 'maxConnections',
}

/** The one of `names` that was probably meant by `name`; undefined when none is near. */
export function nearest(
  name: string,
  names: readonly string[],
  reach: number = Math.max(1, Math.floor(plain(name).length / 3)),
): string | undefined {
  const other = Object.hasOwn(OTHER_NAMES, name) ? OTHER_NAMES[name] : undefined
  if (other !== undefined && names.includes(other)) return other
  const [best] = names
    .map((candidate) => ({ candidate, away: distance(plain(name), plain(candidate)) }))
    .filter(({ away, candidate }) => away <= reach && away < candidate.length)
    .sort((a, b) => a.away - b.away)
  return best?.candidate
}

/** `max_connections`, `MaxConnections` and `maxConnections` are the same word. */
function plain(name: string): string {
  return name.replace(/[_-]/g, '').toLowerCase()
}

/** How many letters to insert, delete, replace or swap. Ten lines: no library is kept for less, and swaps matter in typing. */
function distance(a: string, b: string): number {
  const rows = Array.from({ length: a.length + 1 }, (_, i) => [i, ...Array.from({ length: b.length }, () => 0)])
  const at = (i: number, j: number): number => (i === 0 ? j : (rows[i]?.[j] ?? Infinity))
  for (let i = 1; i <= a.length; i++) {
    for (let j = 1; j <= b.length; j++) {
      const replaced = at(i - 1, j - 1) + (a[i - 1] === b[j - 1] ? 0 : 1)
      const swapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1] ? at(i - 2, j - 2) + 1 : Infinity
      const row = rows[i]
      if (row) row[j] = Math.min(at(i - 1, j) + 1, at(i, j - 1) + 1, replaced, swapped)
    }
  }
  return at(a.length, b.length)
}
