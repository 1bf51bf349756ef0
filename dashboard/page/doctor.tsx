/** What the doctor found, the worst first, each with what was seen and how to mend it. */
import type { JSX } from 'preact'

import type { DoctorReport } from '../../src/admin/contract/doctor.ts'
import { clockTime } from '../format.ts'
import { useLoaded } from '../state/loaded.ts'
import { Panel } from '../ui/facts.tsx'
import { Badge } from '../ui/icon.tsx'
import { View } from '../ui/notice.tsx'

export function Doctor(): JSX.Element {
  const report = useLoaded<DoctorReport>('api/doctor')
  return (
    <View of={report}>
      {({ atMs, findings, counts }) => (
        <Panel
          title={
            counts.critical + counts.warning === 0
              ? 'Nothing needs mending'
              : `${counts.critical} critical, ${counts.warning} to look at`
          }
          side={
            <button type="button" onClick={report.reload}>
              Look again
            </button>
          }
        >
          <p class="muted">Looked at {clockTime(atMs)}.</p>
          <ul class="findings">
            {findings.map(({ id, title, severity, evidence, fix, link }) => (
              <li key={id}>
                <Badge level={severity}>{severity}</Badge>
                <div>
                  <h3>{title}</h3>
                  <p>{evidence}</p>
                  {fix !== '' && <pre tabIndex={0}>{fix}</pre>}
                  {severity !== 'ok' && link !== '' && <p class="muted mono">{link}</p>}
                </div>
              </li>
            ))}
          </ul>
        </Panel>
      )}
    </View>
  )
}
