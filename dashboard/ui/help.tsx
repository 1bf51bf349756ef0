import type { JSX } from 'preact'

import { PAGES } from '../state/route.ts'
import { Dialog } from './dialog.tsx'

/** The keyboard map. */
export function Help({ onClose }: { readonly onClose: () => void }): JSX.Element {
  const keys = [
    ['/', 'Search on this page, or keys'],
    ['?', 'This map'],
    ['Esc', 'Close a dialog'],
    ...PAGES.map(({ key, title }) => [`g ${key}`, title]),
  ]
  return (
    <Dialog title="Keyboard" onClose={onClose}>
      <dl class="keys">
        {keys.map(([key, what]) => (
          <div key={key}>
            <dt>
              <kbd>{key}</kbd>
            </dt>
            <dd>{what}</dd>
          </div>
        ))}
      </dl>
    </Dialog>
  )
}
