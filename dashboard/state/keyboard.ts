/** The keyboard map: `/` searches, `g` and a letter goes to a page, `?` shows the map. Never while one types or a dialog is open. */
import { signal } from '@preact/signals'

import { go, PAGES } from './route.ts'

export const isHelpOpen = signal(false)
const PREFIX_MS = 1500

export function startKeyboard(): void {
  let goneMs = -Infinity
  document.addEventListener('keydown', (event) => {
    if (
      event.ctrlKey ||
      event.metaKey ||
      event.altKey ||
      isTyping(event.target) ||
      document.querySelector('dialog[open]')
    )
      return
    const afterG = event.timeStamp - goneMs < PREFIX_MS
    goneMs = -Infinity
    const page = afterG ? PAGES.find(({ key }) => key === event.key) : undefined
    if (page) go(page.id)
    else if (event.key === 'g') goneMs = event.timeStamp
    else if (event.key === '?') isHelpOpen.value = true
    else if (event.key === '/') search()
    else return
    event.preventDefault()
  })
}

/** The search of this page, or of the keys when it has none. */
function search(): void {
  const field = document.querySelector<HTMLInputElement>('input[type=search]')
  if (field) return field.focus()
  go('keys')
  window.setTimeout(() => document.querySelector<HTMLInputElement>('input[type=search]')?.focus(), 50)
}

function isTyping(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && target.matches('input, textarea, select, [contenteditable]')
}
