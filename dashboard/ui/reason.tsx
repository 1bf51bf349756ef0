/** A change that needs a reason: asks for it, does it, and says what became of it. */
import { useSignal } from '@preact/signals'
import type { ComponentChildren, JSX } from 'preact'

import { failureOf } from '../state/api.ts'
import { toast } from '../state/toasts.ts'
import { Dialog } from './dialog.tsx'
import { Notice } from './notice.tsx'

interface ReasonDialogProps {
  readonly title: string
  readonly action: string
  readonly isDangerous?: boolean
  readonly children?: ComponentChildren
  /** Does it and says what was done. */
  readonly run: (reason: string) => Promise<string>
  readonly onClose: () => void
}

export function ReasonDialog({
  title,
  action,
  isDangerous = false,
  children,
  run,
  onClose,
}: ReasonDialogProps): JSX.Element {
  const reason = useSignal('')
  const state = useSignal<'asking' | 'running' | { readonly failed: string }>('asking')
  const submit = async (event: Event): Promise<void> => {
    event.preventDefault()
    state.value = 'running'
    try {
      toast('ok', await run(reason.value))
      onClose()
    } catch (error) {
      state.value = { failed: failureOf(error).message }
    }
  }
  return (
    <Dialog title={title} onClose={onClose}>
      <form class="stack" onSubmit={(event) => void submit(event)}>
        {children}
        <label class="field">
          <span>Reason (stands in the audit trail)</span>
          <input
            required
            maxLength={500}
            value={reason.value}
            onInput={(event) => (reason.value = event.currentTarget.value)}
          />
        </label>
        {typeof state.value === 'object' && (
          <Notice level="critical" title="It was not done" text={state.value.failed} />
        )}
        <div class="row end">
          <button type="button" onClick={onClose}>
            Cancel
          </button>
          <button
            type="submit"
            class={isDangerous ? 'danger' : 'primary'}
            disabled={state.value === 'running' || reason.value.trim() === ''}
          >
            {action}
          </button>
        </div>
      </form>
    </Dialog>
  )
}
