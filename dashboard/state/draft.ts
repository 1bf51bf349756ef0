/** What one chose elsewhere to invalidate, on its way to the wizard. */
import { signal } from '@preact/signals'

export const draftKeys = signal<readonly string[]>([])
export const draftFamily = signal<string | null>(null)
