/** A change that needs a reason: asks for it, does it, and says what became of it. */
import { useSignal } from '@preact/signals'
import type { ComponentChildren, JSX } from 'preact'

import { failureOf } from '../state/api.ts'
import { toast } from '../state/toasts.ts'
import { Dialog } from './dialog.tsx'
import { Notice } from './notice.tsx'

interface ReasonFormProps {
  readonly action: string
  readonly isDangerous?: boolean
  /** Something else is missing before it can be done. */
  readonly isBlocked?: boolean
  /** What is said above the failure. */
  readonly failure?: string
  /** The word of the button that leaves it undone. */
  readonly leave?: string
  readonly children?: ComponentChildren
  /** Whoever asks takes the form away when it is done. */
  readonly run: (reason: string) => Promise<void>
  readonly onLeave: () => void
}

export function ReasonForm({
  action,
  isDangerous = false,
  isBlocked = false,
  failure = 'It was not done',
  leave = 'Cancel',
  children,
  run,
  onLeave,
}: ReasonFormProps): JSX.Element {
  const reason = useSignal('')
  const state = useSignal<'asking' | 'running' | { readonly failed: string }>('asking')
  const submit = async (event: Event): Promise<void> => {
    event.preventDefault()
    state.value = 'running'
    try {
      await run(reason.value)
    } catch (error) {
      state.value = { failed: failureOf(error).message }
    }
  }
  return (
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
      {typeof state.value === 'object' && <Notice level="critical" title={failure} text={state.value.failed} />}
      <div class="row end">
        <button type="button" onClick={onLeave}>
          {leave}
        </button>
        <button
          type="submit"
          class={isDangerous ? 'danger' : 'primary'}
          disabled={state.value === 'running' || isBlocked || reason.value.trim() === ''}
        >
          {action}
        </button>
      </div>
    </form>
  )
}

interface ReasonDialogProps {
  readonly title: string
  readonly action: string
  readonly isDangerous?: boolean
  readonly children?: ComponentChildren
  /** Does it and says what was done. */
  readonly run: (reason: string) => Promise<string>
  readonly onClose: () => void
}

export function ReasonDialog({ title, run, onClose, ...form }: ReasonDialogProps): JSX.Element {
  return (
    <Dialog title={title} onClose={onClose}>
      <ReasonForm
        {...form}
        onLeave={onClose}
        run={async (reason) => {
          toast('ok', await run(reason))
          onClose()
        }}
      />
    </Dialog>
  )
}
