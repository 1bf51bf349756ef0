/** Short notes on what a button did. Failures stay until they are closed: whoever looked away must not miss them. */
import { signal } from '@preact/signals'

export interface Toast {
  readonly id: number
  readonly level: 'ok' | 'critical'
  readonly text: string
}

export const toasts = signal<readonly Toast[]>([])
const SHOWN_MS = 6000
let lastId = 0

export function toast(level: Toast['level'], text: string): void {
  const id = (lastId += 1)
  toasts.value = [...toasts.value, { id, level, text }]
  if (level === 'ok') window.setTimeout(() => closeToast(id), SHOWN_MS)
}

export function closeToast(id: number): void {
  toasts.value = toasts.value.filter((toast) => toast.id !== id)
}
