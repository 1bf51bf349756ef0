/** The frame of every page: where one is, what environment it is, whether the cache works, and what to do about it. */
import { useSignal } from '@preact/signals'
import type { ComponentType, JSX } from 'preact'
import { useEffect, useRef } from 'preact/hooks'

import type { SwitchStatus } from '../../src/admin/contract/control.ts'
import { Alerts } from '../page/alerts.tsx'
import { Audit } from '../page/audit.tsx'
import { Config } from '../page/config.tsx'
import { Connections } from '../page/connections.tsx'
import { Doctor } from '../page/doctor.tsx'
import { Families } from '../page/families.tsx'
import { Invalidate } from '../page/invalidate.tsx'
import { Keys } from '../page/keys.tsx'
import { OverviewPage } from '../page/overview.tsx'
import { RedisPage } from '../page/redis.tsx'
import { Sessions } from '../page/sessions.tsx'
import { Warm } from '../page/warm.tsx'
import { ask } from '../state/api.ts'
import { isHelpOpen } from '../state/keyboard.ts'
import { overview } from '../state/live.ts'
import { here, loadMe, may, me, meState } from '../state/me.ts'
import { hrefOf, PAGES, place, type PageId } from '../state/route.ts'
import { theme, turnTheme } from '../state/theme.ts'
import { closeToast, toasts } from '../state/toasts.ts'
import { Help } from './help.tsx'
import { Badge, Icon, type Level } from './icon.tsx'
import { LinkState } from './link-state.tsx'
import { FailureNotice } from './notice.tsx'
import { ReasonDialog } from './reason.tsx'

const VIEWS: Readonly<Record<PageId, ComponentType>> = {
  overview: OverviewPage,
  families: Families,
  keys: Keys,
  alerts: Alerts,
  doctor: Doctor,
  connections: Connections,
  redis: RedisPage,
  invalidate: Invalidate,
  warm: Warm,
  sessions: Sessions,
  audit: Audit,
  config: Config,
}
const GROUPS = ['Watch', 'Trouble', 'Act', 'Record'] as const

export function Shell(): JSX.Element {
  const { page, of } = place.value
  const main = useRef<HTMLElement>(null)
  const before = useRef(page)
  const title = PAGES.find(({ id }) => id === page)?.title ?? ''
  const known = me()
  useEffect(() => {
    document.title = `${title} · Holdfast${known ? ` · ${known.environment.label}` : ''}`
    // Who reads by ear must hear that the page changed; at the start the focus stays where the browser has it.
    if (before.current !== page) main.current?.focus()
    before.current = page
  }, [page, known])
  const View = VIEWS[page]
  return (
    <>
      <Header />
      <Sidebar current={page} />
      <main ref={main} tabIndex={-1} aria-labelledby="page-title">
        <h1 id="page-title">{title}</h1>
        {meState.value.state === 'failed' ? (
          <FailureNotice failure={meState.value.failure} retry={() => void loadMe()} />
        ) : (
          <View key={`${page}/${of ?? ''}`} />
        )}
      </main>
      <Toasts />
      {isHelpOpen.value && <Help onClose={() => (isHelpOpen.value = false)} />}
    </>
  )
}

function Header(): JSX.Element {
  const isSwitching = useSignal(false)
  const known = me()
  const enabled = overview.value?.cache.enabled
  return (
    <header class="top">
      <a class="skip" href={hrefOf(place.value.page)} onClick={() => document.querySelector('main')?.focus()}>
        To the content
      </a>
      <span class="brand">Holdfast</span>
      {known && (
        <span
          class="environment"
          style={{ background: known.environment.color, color: inkOn(known.environment.color) }}
        >
          {known.environment.label}
        </span>
      )}
      {known && <span class="muted namespace">{known.namespace}</span>}
      <StateBadge />
      <span class="grow" />
      <LinkState />
      {may('switch') && enabled !== undefined && (
        <button type="button" onClick={() => (isSwitching.value = true)}>
          {enabled ? 'Disable caching' : 'Enable caching'}
        </button>
      )}
      <button type="button" class="quiet" onClick={turnTheme}>
        Theme: {theme.value}
      </button>
      <button type="button" class="quiet" aria-label="Keyboard map" onClick={() => (isHelpOpen.value = true)}>
        ?
      </button>
      {known && (
        <span class="muted who">
          {known.user} · {known.role}
          {known.readOnly ? ' · read-only' : ''}
        </span>
      )}
      {isSwitching.value && enabled !== undefined && (
        <SwitchDialog enabled={enabled} onClose={() => (isSwitching.value = false)} />
      )}
    </header>
  )
}

function SwitchDialog({ enabled, onClose }: { readonly enabled: boolean; readonly onClose: () => void }): JSX.Element {
  const run = async (reason: string): Promise<string> => {
    const done = await ask<SwitchStatus>('api/switch', {
      method: 'POST',
      body: { enabled: !enabled, reason, ...here() },
    })
    const told =
      done.acknowledged === false ? ' in this process; the fleet is told once Redis answers' : ' in the whole fleet'
    return `Caching is ${done.enabled ? 'enabled' : 'disabled'}${told}`
  }
  return (
    <ReasonDialog
      title={enabled ? 'Disable caching in the whole fleet?' : 'Enable caching in the whole fleet?'}
      action={enabled ? 'Disable caching' : 'Enable caching'}
      isDangerous={enabled}
      run={run}
      onClose={onClose}
    >
      <p>
        {enabled
          ? `Every read of ${me()?.namespace ?? 'this deployment'} will ask the source until caching is enabled again. Expect the load there to rise by all the reads that are hits now. Sessions go on.`
          : 'Reads are answered from the cache again. What was cached before the switch is not served unless it is still valid.'}
      </p>
    </ReasonDialog>
  )
}

function StateBadge(): JSX.Element {
  const state = overview.value?.cache.state
  const shown: Readonly<Record<'ok' | 'degraded' | 'disabled', readonly [Level, string]>> = {
    ok: ['ok', 'Enabled'],
    degraded: ['warning', 'Degraded'],
    disabled: ['critical', 'Disabled'],
  }
  const [level, text] = state ? shown[state] : (['unknown', 'No data yet'] as const)
  return <Badge level={level}>{text}</Badge>
}

function Sidebar({ current }: { readonly current: PageId }): JSX.Element {
  const firing = overview.value?.alerts?.firing ?? 0
  return (
    <nav aria-label="Pages">
      {GROUPS.map((group) => (
        <div key={group}>
          <h2>{group}</h2>
          <ul>
            {PAGES.filter((page) => page.group === group).map(({ id, title }) => (
              <li key={id}>
                <a href={hrefOf(id)} aria-current={id === current ? 'page' : undefined}>
                  {title}
                  {id === 'alerts' && firing > 0 && <span class="firing">{firing} firing</span>}
                </a>
              </li>
            ))}
          </ul>
        </div>
      ))}
    </nav>
  )
}

function Toasts(): JSX.Element {
  return (
    <div class="toasts" role="status" aria-live="polite">
      {toasts.value.map(({ id, level, text }) => (
        <div key={id} class={`toast ${level}`}>
          <Icon level={level} />
          <span>{text}</span>
          <button type="button" class="quiet" aria-label="Close note" onClick={() => closeToast(id)}>
            ✕
          </button>
        </div>
      ))}
    </div>
  )
}

/** Black or white, whichever stands out more on a colour. */
function inkOn(color: string): string {
  const part = (at: number): number => {
    const value = Number.parseInt(color.slice(at, at + 2), 16) / 255
    return value <= 0.03928 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4
  }
  return 0.2126 * part(1) + 0.7152 * part(3) + 0.0722 * part(5) > 0.179 ? '#000' : '#fff'
}
