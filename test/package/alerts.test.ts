import { execFile } from 'node:child_process'
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'

import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'

import { alertRules } from '../../src/insight/alert-rules.ts'
import { selectorsOf } from '../../src/insight/expression.ts'
import { ruleFile } from '../../src/insight/rule-file.ts'
import { instrument } from '../../src/metrics/catalogue.ts'

const root = join(import.meta.dirname, '..', '..')
const file = (path: string): string => join(root, path)
const execute = promisify(execFile)
const ruleTests = ['alerts/holdfast.test.yml', 'alerts/holdfast-budget.test.yml']

interface RuleCase {
  readonly input_series: readonly { readonly series: string }[]
  readonly alert_rule_test: readonly { readonly alertname: string; readonly exp_alerts: readonly unknown[] }[]
}

/** What a program says when it refuses; '' when it does not. */
async function objection(program: string, ...args: readonly string[]): Promise<string> {
  try {
    await execute(program, args)
    return ''
  } catch (error) {
    return String(error)
  }
}

describe('the alert rules', () => {
  it('are in the rule file as they are in the table', async () => {
    expect(await readFile(file('alerts/holdfast.rules.yml'), 'utf8')).toBe(ruleFile())
  })

  it('are understood by Prometheus, and ring when its tests say so', async () => {
    expect(await objection('promtool', 'check', 'rules', file('alerts/holdfast.rules.yml'))).toBe('')
    expect(await objection('promtool', 'test', 'rules', ...ruleTests.map(file))).toBe('')
  }, 60_000)

  it('have a case each in which they ring, and one in which they do not', async () => {
    const texts = await Promise.all(ruleTests.map((path) => readFile(file(path), 'utf8')))
    const cases = texts.flatMap(
      (text) => (parse(text, { merge: true }) as { readonly tests: readonly RuleCase[] }).tests,
    )
    for (const { name } of alertRules) {
      const own = cases.filter(({ alert_rule_test }) => alert_rule_test.some(({ alertname }) => alertname === name))
      const rings = own.flatMap(({ alert_rule_test }) => alert_rule_test.map(({ exp_alerts }) => exp_alerts.length))
      expect([name, rings.some((count) => count > 0)]).toEqual([name, true])
      // Silence is asked for at another time, or of another process at the same time.
      const quiet =
        rings.includes(0) ||
        own.some(({ input_series }) => input_series.some(({ series }) => series.includes('instance="b"')))
      expect([name, quiet]).toEqual([name, true])
    }
  })

  it('would fail their tests without a clear limit of their own', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'holdfast-rules-'))
    const without = alertRules.map((rule) => ({
      ...rule,
      when: rule.when.map(({ value, is, limit }) => ({ value, is, limit })),
    }))
    await writeFile(join(folder, 'holdfast.rules.yml'), ruleFile({ rules: without }))
    await writeFile(join(folder, 'holdfast.test.yml'), await readFile(file('alerts/holdfast.test.yml')))
    expect(await objection('promtool', 'test', 'rules', join(folder, 'holdfast.test.yml'))).toContain(
      'HoldfastHitRatioLow',
    )
    await rm(folder, { recursive: true })
  })

  it('look at instruments that exist, by labels that those have', () => {
    for (const { value } of alertRules.flatMap(({ when }) => when)) {
      for (const { metric, labels = {} } of selectorsOf(value)) {
        const found = instrument(metric.replace(/_(bucket|count)$/, ''))
        expect([...found.labels, 'le']).toEqual(expect.arrayContaining(Object.keys(labels)))
      }
    }
  })

  it('have a runbook each, with all that somebody who is woken needs', async () => {
    const runbooks = await readdir(file('docs/operations/runbooks'))
    expect(runbooks.toSorted()).toEqual(alertRules.map(({ name }) => `${name}.md`).toSorted())
    for (const name of runbooks) {
      const text = await readFile(file(`docs/operations/runbooks/${name}`), 'utf8')
      for (const part of ['Meaning', 'Impact', 'Diagnose', 'Fix', 'False positives'])
        expect(text).toContain(`## ${part}\n`)
    }
  })

  it('come with an example that Alertmanager understands', async () => {
    expect(await objection('amtool', 'check-config', file('alerts/alertmanager.yml'))).toBe('')
  })
})

interface Panel {
  readonly targets?: readonly { readonly expr: string }[]
}

describe('the Grafana dashboard', () => {
  it('asks only what Prometheus understands, of instruments that exist', async () => {
    const { panels } = JSON.parse(await readFile(file('grafana/holdfast.json'), 'utf8')) as {
      readonly panels: readonly Panel[]
    }
    const queries = panels.flatMap(({ targets = [] }) => targets.map(({ expr }) => expr))
    expect(queries.length).toBeGreaterThan(20)
    const asked = queries.join('\n').matchAll(/\bcache_([a-z0-9_]+)/g)
    for (const [, name = ''] of asked) expect(() => instrument(name.replace(/_(bucket|count)$/, ''))).not.toThrow()
    // Prometheus parses queries as rules.
    const rules = queries.map((expr, index) => {
      const plain = expr.replaceAll('$__rate_interval', '5m').replace(/\$(job|instance)/g, '.*')
      return `      - record: q${index}\n        expr: ${JSON.stringify(plain)}`
    })
    const folder = await mkdtemp(join(tmpdir(), 'holdfast-grafana-'))
    const path = join(folder, 'queries.yml')
    await writeFile(path, `groups:\n  - name: queries\n    rules:\n${rules.join('\n')}\n`)
    expect(await objection('promtool', 'check', 'rules', path)).toBe('')
    await rm(folder, { recursive: true })
  })
})
