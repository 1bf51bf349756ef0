/** Warming: which steps there are, how far it got, what failed. */
import { useSignal, useSignalEffect } from '@preact/signals'
import type { JSX } from 'preact'

import type { WarmStatus } from '../../src/admin/contract/invalidation.ts'
import { count, span, when } from '../format.ts'
import { ask } from '../state/api.ts'
import { warmNews } from '../state/live.ts'
import { useLoaded } from '../state/loaded.ts'
import { here, may } from '../state/me.ts'
import { Facts, Panel } from '../ui/facts.tsx'
import { Notice, View } from '../ui/notice.tsx'
import { ReasonDialog } from '../ui/reason.tsx'

export function Warm(): JSX.Element {
  const status = useLoaded<WarmStatus>('api/warm', 5000)
  const isAsking = useSignal(false)
  const left = useSignal<ReadonlySet<string>>(new Set())
  useSignalEffect(() => {
    if (warmNews.value) status.put(warmNews.value)
  })
  return (
    <Panel title="Warm-up">
      <View of={status}>
        {(warm) => (
          <>
            <Progress warm={warm} />
            {warm.steps.length === 0 && <p class="empty">This deployment has no steps to warm</p>}
            {warm.steps.length > 0 && (
              <fieldset class="row">
                <legend>Steps</legend>
                {warm.steps.map((step) => (
                  <label key={step} class="choice">
                    <input
                      type="checkbox"
                      checked={!left.value.has(step)}
                      onChange={() => (left.value = toggled(left.value, step))}
                    />{' '}
                    {step}
                  </label>
                ))}
              </fieldset>
            )}
            {may('warm') && warm.steps.length > 0 && (
              <button
                type="button"
                class="primary"
                disabled={warm.state === 'running' || left.value.size === warm.steps.length}
                onClick={() => (isAsking.value = true)}
              >
                Warm these steps…
              </button>
            )}
            {isAsking.value && (
              <ReasonDialog
                title="Warm the cache?"
                action="Warm"
                onClose={() => (isAsking.value = false)}
                run={async (reason) => {
                  const steps = warm.steps.filter((step) => !left.value.has(step))
                  status.put(await ask<WarmStatus>('api/warm', { method: 'POST', body: { steps, reason, ...here() } }))
                  return 'The warm-up has begun'
                }}
              >
                <p>The source is asked for what is missing, as gently as the plan says.</p>
              </ReasonDialog>
            )}
          </>
        )}
      </View>
    </Panel>
  )
}

function Progress({ warm }: { readonly warm: WarmStatus }): JSX.Element {
  if (warm.state === 'idle') return <p class="muted">No warm-up has run since this process began.</p>
  const level =
    warm.state === 'failed' ? 'critical' : warm.failed > 0 ? 'warning' : warm.state === 'done' ? 'ok' : 'info'
  const words = { running: 'Warming', done: 'Warmed', failed: 'The warm-up failed' }[warm.state]
  return (
    <Notice level={level} title={words}>
      {warm.state === 'running' && (
        <progress
          aria-label="Warm-up"
          {...(warm.total !== null && { max: warm.total })}
          value={warm.total === null ? undefined : warm.done + warm.failed}
        />
      )}
      <Facts
        facts={[
          ['Done', `${count(warm.done)}${warm.total === null ? '' : ` of ${count(warm.total)}`}`],
          ['Failed', count(warm.failed)],
          ['Began', when(warm.startedAtMs)],
          [
            'Took',
            warm.startedAtMs !== null && warm.finishedAtMs !== null ? span(warm.finishedAtMs - warm.startedAtMs) : '–',
          ],
          ['By', warm.by ?? '–'],
        ]}
      />
      {warm.failures.length > 0 && (
        <ul>
          {warm.failures.map(({ step, key, message }, index) => (
            <li key={index}>{[step, key, message].filter(Boolean).join(': ')}</li>
          ))}
        </ul>
      )}
    </Notice>
  )
}

function toggled(set: ReadonlySet<string>, name: string): ReadonlySet<string> {
  const next = new Set(set)
  if (!next.delete(name)) next.add(name)
  return next
}
