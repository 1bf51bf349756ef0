/** Signs beside words: a state is never told by its colour alone. */
import type { JSX } from 'preact'

export type Level = 'ok' | 'info' | 'warning' | 'critical' | 'unknown'

const PATHS: Readonly<Record<Level, string>> = {
  ok: 'M8 1a7 7 0 1 0 0 14A7 7 0 0 0 8 1Zm-1 10L4 8l1.2-1.2L7 8.600l3.900-3.900L12.100 6Z',
  info: 'M8 1a7 7 0 1 0 0 14A7 7 0 0 0 8 1Zm-.8 3h1.600v1.700H7.200Zm0 3h1.600v5H7.200Z',
  warning: 'M8 1.200 15.500 14.500H.5Zm-.8 4.800v4h1.600V6Zm0 5.200v1.600h1.600v-1.600Z',
  critical:
    'M5 1h6l4 4v6l-4 4H5l-4-4V5Zm.600 3.500L4.500 5.600 6.900 8l-2.400 2.400 1.100 1.100L8 9.100l2.400 2.400 1.100-1.100L9.100 8l2.400-2.400-1.100-1.100L8 6.900Z',
  unknown: 'M8 2a6 6 0 1 0 0 12A6 6 0 0 0 8 2Zm0 1.600a4.400 4.400 0 1 1 0 8.800 4.400 4.400 0 0 1 0-8.800Z',
}

export function Icon({ level }: { readonly level: Level }): JSX.Element {
  return (
    <svg class={`icon ${level}`} viewBox="0 0 16 16" aria-hidden="true">
      <path fill-rule="evenodd" d={PATHS[level]} />
    </svg>
  )
}

export function Badge({ level, children }: { readonly level: Level; readonly children: string }): JSX.Element {
  return (
    <span class={`badge ${level}`}>
      <Icon level={level} />
      {children}
    </span>
  )
}
