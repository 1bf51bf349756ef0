/** Invalidation by hand: what, then how many and which, then a reason, then what became of it. Nothing goes unseen. */
import { useSignal } from '@preact/signals'
import type { JSX } from 'preact'

import type { InvalidateBody, InvalidateResponse, InvalidateTargets } from '../../src/admin/contract/invalidation.ts'
import { count, span } from '../format.ts'
import { ask, failureOf } from '../state/api.ts'
import { draftFamily, draftKeys } from '../state/draft.ts'
import { here, may } from '../state/me.ts'
import { hrefOf } from '../state/route.ts'
import { toast } from '../state/toasts.ts'
import { Panel } from '../ui/facts.tsx'
import { Notice } from '../ui/notice.tsx'
import { ReasonForm } from '../ui/reason.tsx'

type Counted = Extract<InvalidateResponse, { readonly state: 'dry-run' }>
type Done = Extract<InvalidateResponse, { readonly state: 'done' }>
type Step =
  | { readonly name: 'targets' }
  | { readonly name: 'counted'; readonly targets: InvalidateTargets; readonly counted: Counted }
  | { readonly name: 'done'; readonly done: Done }

const KINDS = ['keys', 'tags', 'pattern', 'prefix', 'family', 'all'] as const
type Kind = (typeof KINDS)[number]
const HINTS: Readonly<Record<Kind, string>> = {
  keys: 'Keys, one on each line',
  tags: 'Tags, one on each line',
  pattern: 'A pattern: * stands for any text',
  prefix: 'The beginning of the keys, taken literally',
  family: 'The name of a family',
  all: 'Everything in this namespace',
}

export function Invalidate(): JSX.Element {
  const step = useSignal<Step>({ name: 'targets' })
  const restart = (): void => {
    step.value = { name: 'targets' }
  }
  if (!may('invalidate'))
    return (
      <Notice
        level="info"
        title="Your role may not invalidate"
        text="It takes an operator, in a deployment that is not read-only."
      />
    )
  const now = step.value
  return (
    <>
      <ol class="steps">
        {['What', 'Count and confirm', 'Result'].map((title, index) => (
          <li
            key={title}
            aria-current={index === ['targets', 'counted', 'done'].indexOf(now.name) ? 'step' : undefined}
          >
            {title}
          </li>
        ))}
      </ol>
      {now.name === 'targets' && (
        <Targets onCounted={(targets, counted) => (step.value = { name: 'counted', targets, counted })} />
      )}
      {now.name === 'counted' && (
        <Confirm
          targets={now.targets}
          counted={now.counted}
          onBack={restart}
          onDone={(done) => (step.value = { name: 'done', done })}
        />
      )}
      {now.name === 'done' && (
        <Panel title="Result">
          <Notice
            level={now.done.result === 'acknowledged' ? 'ok' : 'warning'}
            title={
              now.done.result === 'acknowledged'
                ? `Invalidated: ${now.done.targets.join(', ')}`
                : 'Queued: Redis is away'
            }
            text={
              now.done.result === 'acknowledged'
                ? `${count(now.done.count)} entries were counted before. No process serves them any more.`
                : 'This process obeys it now, the fleet once Redis answers.'
            }
          />
          <div class="row">
            <button type="button" onClick={restart}>
              Invalidate more
            </button>
            <a href={hrefOf('audit')}>See the audit trail</a>
          </div>
        </Panel>
      )}
    </>
  )
}

function Targets({
  onCounted,
}: {
  readonly onCounted: (targets: InvalidateTargets, counted: Counted) => void
}): JSX.Element {
  const kind = useSignal<Kind>(draftFamily.value === null ? 'keys' : 'family')
  const text = useSignal(draftFamily.value ?? draftKeys.value.join('\n'))
  const state = useSignal<'asking' | 'running' | { readonly failed: string }>('asking')
  const submit = async (event: Event): Promise<void> => {
    event.preventDefault()
    state.value = 'running'
    try {
      const targets = targetsOf(kind.value, text.value)
      const body: InvalidateBody = { ...targets, dryRun: true, ...here() }
      const answer = await ask<InvalidateResponse>('api/invalidate', { method: 'POST', body })
      draftFamily.value = null
      draftKeys.value = []
      if (answer.state === 'dry-run') onCounted(targets, answer)
    } catch (error) {
      state.value = { failed: failureOf(error).message }
    }
  }
  const isLong = kind.value === 'keys' || kind.value === 'tags'
  const take = (event: { readonly currentTarget: { readonly value: string } }): void => {
    text.value = event.currentTarget.value
  }
  return (
    <Panel title="What to invalidate">
      <form class="stack" onSubmit={(event) => void submit(event)}>
        <fieldset class="row">
          <legend>By</legend>
          {KINDS.filter((name) => name !== 'all' || may('invalidate-all')).map((name) => (
            <label key={name} class="choice">
              <input type="radio" name="kind" checked={kind.value === name} onChange={() => (kind.value = name)} />{' '}
              {name}
            </label>
          ))}
        </fieldset>
        {kind.value === 'all' ? (
          <Notice
            level="warning"
            title="Everything in this namespace"
            text="Every read will miss until entries are loaded again. Sessions stay. You will be asked to type the namespace."
          />
        ) : (
          <label class="field">
            <span>{HINTS[kind.value]}</span>
            {isLong ? (
              <textarea class="mono" rows={6} required value={text.value} onInput={take} />
            ) : (
              <input class="mono" required value={text.value} onInput={take} />
            )}
          </label>
        )}
        {typeof state.value === 'object' && (
          <Notice level="critical" title="It could not be counted" text={state.value.failed} />
        )}
        <div class="row end">
          <span class="muted grow">Nothing is invalidated yet.</span>
          <button
            type="submit"
            class="primary"
            disabled={state.value === 'running' || (kind.value !== 'all' && text.value.trim() === '')}
          >
            {state.value === 'running' ? 'Counting…' : 'Count what would go'}
          </button>
        </div>
      </form>
    </Panel>
  )
}

interface ConfirmProps {
  readonly targets: InvalidateTargets
  readonly counted: Counted
  readonly onBack: () => void
  readonly onDone: (done: Done) => void
}

function Confirm({ targets, counted, onBack, onDone }: ConfirmProps): JSX.Element {
  const typed = useSignal('')
  const { typeToConfirm } = counted
  const run = async (reason: string): Promise<void> => {
    const body: InvalidateBody = {
      ...targets,
      dryRun: false,
      reason,
      confirmToken: counted.confirmToken,
      ...(typeToConfirm !== null && { typed: typed.value }),
      ...here(),
    }
    const answer = await ask<InvalidateResponse>('api/invalidate', { method: 'POST', body })
    if (answer.state !== 'done') return
    toast('ok', answer.result === 'acknowledged' ? 'Invalidated in the whole fleet' : 'Queued until Redis answers')
    onDone(answer)
  }
  return (
    <Panel title={`${wordOf(counted)} would go`}>
      <p>
        {counted.targets.join(', ')}{' '}
        <span class="muted">(this count is good for {span(Math.max(0, counted.expiresAtMs - Date.now()))})</span>
      </p>
      {counted.sample.length > 0 && (
        <>
          <h3>{counted.sample.length < counted.count ? 'Some of them' : 'They are'}</h3>
          <ul class="sample mono">
            {counted.sample.map((key) => (
              <li key={key}>{key}</li>
            ))}
          </ul>
        </>
      )}
      <ReasonForm
        action="Invalidate"
        isDangerous
        isBlocked={typeToConfirm !== null && typed.value !== typeToConfirm}
        failure="Nothing was invalidated"
        leave="Back"
        run={run}
        onLeave={onBack}
      >
        {typeToConfirm !== null && (
          <label class="field">
            <span>
              Type <b class="mono">{typeToConfirm}</b> to confirm
            </span>
            <input
              required
              autoComplete="off"
              value={typed.value}
              onInput={(event) => (typed.value = event.currentTarget.value)}
            />
          </label>
        )}
      </ReasonForm>
    </Panel>
  )
}

function wordOf({ count: number, counted }: Counted): string {
  if (counted === 'unknown') return 'An unknown number of entries'
  return `${counted === 'at-least' ? 'At least ' : ''}${count(number)} ${number === 1 ? 'entry' : 'entries'}`
}

function targetsOf(kind: Kind, text: string): InvalidateTargets {
  const lines = text.split('\n').filter((line) => line.trim() !== '')
  switch (kind) {
    case 'keys':
      return { keys: lines }
    case 'tags':
      return { tags: lines }
    case 'pattern':
      return { pattern: text }
    case 'prefix':
      return { prefix: text }
    case 'family':
      return { family: text.trim() }
    case 'all':
      return { all: true }
  }
}
