/** Where one is: the part of the address behind `#`, which no server and no prefix has a say in. */
import { signal } from '@preact/signals'

export const PAGES = [
  { id: 'overview', title: 'Overview', key: 'o', group: 'Watch' },
  { id: 'families', title: 'Families', key: 'f', group: 'Watch' },
  { id: 'keys', title: 'Keys', key: 'k', group: 'Watch' },
  { id: 'alerts', title: 'Alerts', key: 'a', group: 'Trouble' },
  { id: 'doctor', title: 'Doctor', key: 'd', group: 'Trouble' },
  { id: 'connections', title: 'Connections', key: 'c', group: 'Trouble' },
  { id: 'redis', title: 'Redis', key: 'r', group: 'Trouble' },
  { id: 'invalidate', title: 'Invalidate', key: 'i', group: 'Act' },
  { id: 'warm', title: 'Warm', key: 'w', group: 'Act' },
  { id: 'sessions', title: 'Sessions', key: 's', group: 'Act' },
  { id: 'audit', title: 'Audit', key: 'u', group: 'Record' },
  { id: 'config', title: 'Config', key: 'g', group: 'Record' },
] as const

export type PageId = (typeof PAGES)[number]['id']

export interface Place {
  readonly page: PageId
  /** What on the page: a key, a family. */
  readonly of: string | null
}

export const place = signal<Place>(placeOf(location.hash))

window.addEventListener('hashchange', () => (place.value = placeOf(location.hash)))

export function hrefOf(page: PageId, of?: string): string {
  return of === undefined ? `#/${page}` : `#/${page}/${encodeURIComponent(of)}`
}

export function go(page: PageId, of?: string): void {
  location.hash = hrefOf(page, of)
}

function placeOf(hash: string): Place {
  const [, name = '', of] = hash.split('/')
  const page = PAGES.find(({ id }) => id === name)?.id ?? 'overview'
  return { page, of: of === undefined ? null : decoded(of) }
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    // A person may have typed a lone percent sign.
    return text
  }
}
