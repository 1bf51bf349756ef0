/**
 * What the people who run the service look at: the admin API with its dashboard, the metrics, and the alerts that they ring.
 * Only accounts of the role admin come in, by a session or by a token; whoever else asks is told nothing.
 */
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

import { clientAddress, createAlerts, createMetrics, createSampler, logSink, type WarmStep } from 'holdfast'
import { alertsOf, createAdmin, figuresOf, type Admin } from 'holdfast/admin'
import { metricsHandler, registerMetrics } from 'holdfast/metrics'

import { accountOfSession, type Account, type Authenticate } from './auth.ts'
import type { Holdfast } from './holdfast.ts'
import type { Environment } from './options.ts'

/** Where the admin API is mounted. */
export const ADMIN_PATH = '/admin/cache'

/** What the keys of the service begin with: the families that figures are told by. */
const FAMILIES: readonly string[] = [
  'requirements',
  'features',
  'audit',
  'sources',
  'dictionary',
  'summary',
  'schema_validation',
]

// Green, amber, red: whoever presses a button sees where.
const COLORS: Readonly<Record<Environment, string>> = { dev: '#2e7d32', test: '#f9a825', prod: '#c62828' }

export interface OperationsDeps {
  readonly holdfast: Holdfast
  readonly authenticate: Authenticate
  readonly environment: Environment
  /** Families of what a client of the database caches by itself. */
  readonly cachedFamilies: readonly string[]
  /** The token with which metrics are read from elsewhere than this machine. Undefined: from here only. */
  readonly metricsToken: string | undefined
  readonly warmPlan: () => readonly WarmStep[]
  /** Told of every alert that begins or ends in this fleet, as a line of JSON. */
  readonly onAlert: (line: string) => void
  readonly onFailure: (request: string, error: unknown) => void
}

export interface Operations {
  readonly admin: Admin
  /** Whether these are the headers of an admin's request. */
  readonly isAdmin: (headers: Headers) => Promise<boolean>
  /** The metrics as Prometheus reads them. */
  readonly metrics: () => Promise<{ readonly contentType: string; readonly text: string }>
  readonly close: () => Promise<void>
}

export function createOperations(deps: OperationsDeps): Operations {
  const { holdfast, authenticate, environment, cachedFamilies, metricsToken, warmPlan, onAlert, onFailure } = deps
  const { cache, redis, sessions } = holdfast
  const metrics = createMetrics({ cache, redis, sessions, families: [...FAMILIES, ...cachedFamilies] })
  const answer = metricsHandler(registerMetrics(metrics))
  const exposition = async (): Promise<{ readonly contentType: string; readonly text: string }> => {
    const response = await answer(new Request('http://service/metrics'))
    return { contentType: response.headers.get('content-type') ?? 'text/plain', text: await response.text() }
  }
  const sampler = createSampler({ metrics, cache, redis, sessions: true })
  const alerts = createAlerts({
    metrics,
    redis,
    namespace: cache.namespace,
    labels: { environment },
    sinks: [logSink(onAlert)],
    onError: (sink, error) => onFailure(`an alert to the ${sink}`, error),
  })
  const assets = builtDashboard()
  const adminOf = async (headers: Headers): Promise<Account | undefined> => {
    const account =
      authenticate(headers.get('authorization') ?? undefined) ??
      accountOfSession(await sessions.load(headers.get('cookie') ?? undefined))
    return account?.role === 'admin' ? account : undefined
  }
  const admin = createAdmin({
    cache,
    redis,
    sessions,
    environment: { label: environment, color: COLORS[environment] },
    authorize: async ({ headers }) => {
      const account = await adminOf(headers)
      return account ? { user: account.user, role: 'admin' } : null
    },
    figures: figuresOf(sampler, exposition),
    alerts: alertsOf(alerts),
    warmPlan,
    ...(metricsToken !== undefined && { metricsToken }),
    ...(assets !== undefined && { assets }),
    onError: (error) => onFailure(`a request below ${ADMIN_PATH}`, error),
  })
  return {
    admin,
    isAdmin: async (headers) => (await adminOf(headers)) !== undefined,
    metrics: exposition,
    async close() {
      await admin.close()
      alerts.close()
      sampler.close()
      metrics.close()
    },
  }
}

/** Whether a request comes from this machine itself, and not through a proxy on it. */
export function isLocal(remoteAddress: string | undefined, forwardedFor: unknown): boolean {
  const address = clientAddress({ remoteAddress }, [])
  return forwardedFor === undefined && /^(?:127\.|::1$|::ffff:127\.)/.test(address)
}

/** The dashboard's files, where it has been built. */
function builtDashboard(): string | undefined {
  const folder = fileURLToPath(new URL('../../dist/ui', import.meta.url))
  return existsSync(folder) ? folder : undefined
}
