/** How this deployment is configured, where each value came from, and all figures as a file. */
import { useSignal } from '@preact/signals'
import type { JSX } from 'preact'

import type { ConfigBody } from '../../src/admin/contract/settings.ts'
import { useLoaded } from '../state/loaded.ts'
import { Panel } from '../ui/facts.tsx'
import { View } from '../ui/notice.tsx'
import { Table } from '../ui/table.tsx'

export function Config(): JSX.Element {
  const config = useLoaded<ConfigBody>('api/config')
  const text = useSignal('')
  return (
    <>
      <Panel title="Configuration">
        <View of={config}>
          {({ rows }) => (
            <>
              <label class="field">
                <span>Text in a name or value</span>
                <input type="search" value={text.value} onInput={(event) => (text.value = event.currentTarget.value)} />
              </label>
              <Table
                label="Configuration"
                rows={rows.filter(({ path, value }) =>
                  `${path} ${value}`.toLowerCase().includes(text.value.toLowerCase()),
                )}
                id={({ path }) => path}
                empty="Nothing matches"
                columns={[
                  { title: 'Setting', cell: ({ path }) => <span class="mono">{path}</span>, by: ({ path }) => path },
                  { title: 'Value', cell: ({ value }) => <span class="mono">{value}</span> },
                  { title: 'From', cell: ({ source }) => source, by: ({ source }) => source },
                ]}
              />
              <p class="muted">Secrets are masked by the service; this page never gets them.</p>
            </>
          )}
        </View>
      </Panel>
      <Panel title="Figures">
        <p>
          <a href="api/export" download>
            Export metrics as JSON
          </a>
        </p>
      </Panel>
    </>
  )
}
