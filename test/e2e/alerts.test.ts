import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'

import { expect, it, onTestFinished } from 'vitest'

import type { Notification } from '../../src/index.ts'
import { ruleFile } from '../../src/insight/rule-file.ts'
import { alertRules } from '../../src/insight/alert-rules.ts'
import { freePort } from '../../src/testing/free-port.ts'
import { privateRedis } from '../../src/testing/index.ts'
import { eventually } from '../support/eventually.ts'

/** Starts a program that ends with the test. */
function start(command: string, args: readonly string[], env: NodeJS.ProcessEnv = {}): ChildProcess {
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, ...env } })
  // Unread, a full pipe would stop it.
  child.stderr?.resume()
  onTestFinished(async () => {
    if (child.exitCode !== null || child.signalCode !== null) return
    child.kill('SIGKILL')
    await once(child, 'exit')
  })
  return child
}

/** The end of the line: who is paged. */
async function pager() {
  const pages: Notification[] = []
  const server = createServer((request, response) => {
    let text = ''
    request.on('data', (data: Buffer) => (text += data.toString()))
    request.on('end', () => {
      pages.push(JSON.parse(text) as Notification)
      response.end()
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => void server.close())
  return { pages, port: (server.address() as AddressInfo).port }
}

it('pages when Redis dies, and tells that it is back, through a real Prometheus and Alertmanager', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'holdfast-alerts-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  const redis = await privateRedis()
  onTestFinished(() => redis.stop())
  const { pages, port: pagerPort } = await pager()

  const program = join(import.meta.dirname, '..', 'support', 'metrics-process.ts')
  const service = start(process.execPath, [program], { REDIS_URL: redis.url })
  if (!service.stdout) throw new Error('the service has no output')
  const [servicePort] = (await once(createInterface(service.stdout), 'line')) as [string]

  // The example's routes and inhibitions, with a person who is told at once.
  const example = await readFile(join(import.meta.dirname, '..', '..', 'alerts', 'alertmanager.yml'), 'utf8')
  const impatient = example
    .replace('group_wait: 10s', 'group_wait: 1s')
    .replace('group_interval: 1m', 'group_interval: 1s')
    .replaceAll('http://127.0.0.1:9099/', `http://127.0.0.1:${pagerPort}/`)
  await writeFile(join(folder, 'alertmanager.yml'), impatient)
  const alertmanagerPort = await freePort()
  start('prometheus-alertmanager', [
    `--config.file=${join(folder, 'alertmanager.yml')}`,
    `--storage.path=${join(folder, 'alertmanager')}`,
    `--web.listen-address=127.0.0.1:${alertmanagerPort}`,
    '--cluster.listen-address=',
  ]).stdout?.resume()

  // The rules as they are, but for how long they wait.
  const rules = alertRules.map((rule) => ({ ...rule, forMs: 1000, keepMs: 1000 }))
  await writeFile(join(folder, 'rules.yml'), ruleFile({ rules }))
  await writeFile(
    join(folder, 'prometheus.yml'),
    `global: { scrape_interval: 1s, evaluation_interval: 1s }
rule_files: [rules.yml]
alerting: { alertmanagers: [{ static_configs: [{ targets: ['127.0.0.1:${alertmanagerPort}'] }] }] }
scrape_configs: [{ job_name: api, static_configs: [{ targets: ['127.0.0.1:${servicePort}'] }] }]
`,
  )
  const prometheusPort = await freePort()
  start('prometheus', [
    `--config.file=${join(folder, 'prometheus.yml')}`,
    `--storage.tsdb.path=${join(folder, 'prometheus')}`,
    `--web.listen-address=127.0.0.1:${prometheusPort}`,
  ]).stdout?.resume()

  const up = `http://127.0.0.1:${prometheusPort}/api/v1/query?query=cache_redis_up`
  await eventually(async () => ((await (await fetch(up)).text()).includes('"1"]') ? true : undefined), {
    what: 'Prometheus sees that Redis is up',
    withinMs: 60_000,
  })
  const statusOf = (): readonly string[] =>
    pages
      .flatMap(({ alerts }) => alerts)
      .filter(({ labels }) => labels['alertname'] === 'HoldfastRedisDown')
      .map(({ status }) => status)
  expect(statusOf()).toEqual([])

  process.kill(redis.pid, 'SIGKILL')
  await redis.exited
  await eventually(async () => (statusOf().includes('firing') ? true : undefined), {
    what: 'the page',
    withinMs: 60_000,
  })
  const page = pages.find(({ alerts }) => alerts.some(({ labels }) => labels['alertname'] === 'HoldfastRedisDown'))
  expect(page?.alerts[0]).toMatchObject({
    labels: { severity: 'page', job: 'api' },
    annotations: { runbook_url: 'docs/operations/runbooks/HoldfastRedisDown.md' },
  })
  const ready = await fetch(`http://127.0.0.1:${servicePort}/readyz`)
  expect([ready.status, await ready.json()]).toEqual([200, { status: 'degraded' }])

  await redis.restart()
  await eventually(async () => (statusOf().at(-1) === 'resolved' ? true : undefined), {
    what: 'the message that it is over',
    withinMs: 60_000,
  })
})
