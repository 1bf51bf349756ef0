/** Light, dark, or as the system has it. Colours are `light-dark()` in the stylesheet, so a theme is one attribute. */
import { signal } from '@preact/signals'

export type Theme = 'system' | 'light' | 'dark'
const NEXT: Readonly<Record<Theme, Theme>> = { system: 'light', light: 'dark', dark: 'system' }
const STORED = 'holdfast-theme'

export const theme = signal<Theme>(stored())

export function turnTheme(): void {
  theme.value = NEXT[theme.value]
  try {
    localStorage.setItem(STORED, theme.value)
  } catch {
    // Storage may be forbidden: the choice then lasts as long as the page.
  }
  applyTheme()
}

export function applyTheme(): void {
  document.documentElement.dataset['theme'] = theme.value
}

function stored(): Theme {
  try {
    const text = localStorage.getItem(STORED)
    return text === 'light' || text === 'dark' ? text : 'system'
  } catch {
    return 'system'
  }
}
