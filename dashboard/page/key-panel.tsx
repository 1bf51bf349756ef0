/** All that is known of one key, and what a read of it would be given. */
import type { JSX } from 'preact'

import type { KeyDetail, LayerBody, ValueView } from '../../src/admin/contract/keys.ts'
import { bytes, ms, NONE, span, when } from '../format.ts'
import { draftKeys } from '../state/draft.ts'
import { useLoaded } from '../state/loaded.ts'
import { may } from '../state/me.ts'
import { go, hrefOf } from '../state/route.ts'
import { Facts, Panel } from '../ui/facts.tsx'
import { View } from '../ui/notice.tsx'

export function KeyPanel({ name }: { readonly name: string }): JSX.Element {
  const detail = useLoaded<KeyDetail>(`api/keys/${encodeURIComponent(name)}`)
  const invalidate = (): void => {
    draftKeys.value = [name]
    go('invalidate')
  }
  return (
    <Panel title={name} side={<a href={hrefOf('keys')}>Close</a>}>
      <View of={detail}>
        {(key) => (
          <>
            <p class="answer">{key.answer}</p>
            <div class="columns">
              <div>
                <h3>In this process</h3>
                <Layer layer={key.process} />
              </div>
              <div>
                <h3>In Redis</h3>
                <Layer layer={key.redis} />
              </div>
            </div>
            <Facts
              facts={[
                ['Family', key.family || NONE],
                ['Lease', `${key.lease.state}${key.lease.msLeft === null ? '' : `, ${span(key.lease.msLeft)} left`}`],
              ]}
            />
            <Value value={key.value} />
            <h3>Invalidations that concern it</h3>
            {key.invalidations.length === 0 ? (
              <p class="muted">None in the log.</p>
            ) : (
              <ul class="plain">
                {key.invalidations.map(({ id, atMs, by, reason, targets }) => (
                  <li key={id}>
                    {when(atMs)} {targets.join(', ')}{' '}
                    <span class="muted">{[by, reason].filter(Boolean).join(': ')}</span>
                  </li>
                ))}
              </ul>
            )}
            {key.events.length > 0 && <h3>What happened to it here</h3>}
            <ul class="plain">
              {key.events.map(({ atMs, text }, index) => (
                <li key={index}>
                  {when(atMs)} {text}
                </li>
              ))}
            </ul>
          </>
        )}
      </View>
      {may('invalidate') && (
        <button type="button" class="danger" onClick={invalidate}>
          Invalidate this key…
        </button>
      )}
    </Panel>
  )
}

function Layer({ layer }: { readonly layer: LayerBody }): JSX.Element {
  switch (layer.state) {
    case 'absent':
      return <p class="muted">It holds nothing.</p>
    case 'unavailable':
      return <p class="muted">It cannot be asked now.</p>
    case 'unreadable':
      return <p>{`${bytes(layer.bytes)} that cannot be read: ${layer.because}`}</p>
    case 'held':
      return (
        <Facts
          facts={[
            ['Verdict', layer.verdict],
            ['Because', layer.because],
            ['Fresh until', when(layer.freshUntilMs)],
            ['Gone at', when(layer.goneAtMs)],
            ['Took to load', ms(layer.loadCostMs)],
            ['Size', bytes(layer.bytes)],
            ['Tags', layer.tags.join(', ') || NONE],
          ]}
        />
      )
  }
}

function Value({ value }: { readonly value: ValueView }): JSX.Element {
  switch (value.state) {
    case 'none':
      return <p class="muted">No value.</p>
    case 'redacted':
      return (
        <>
          <h3>Value (its content is hidden)</h3>
          <pre tabIndex={0}>{value.shape}</pre>
        </>
      )
    case 'shown':
      return (
        <>
          <h3>{value.truncated ? 'Value, cut off' : 'Value'}</h3>
          <pre tabIndex={0}>{value.json}</pre>
        </>
      )
  }
}
