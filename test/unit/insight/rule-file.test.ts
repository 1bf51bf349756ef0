import { describe, expect, it } from 'vitest'

import { gauge } from '../../../src/insight/expression.ts'
import { promqlOf, ruleFile } from '../../../src/insight/rule-file.ts'

const rule = {
  name: 'Full',
  severity: 'page',
  forMs: 60_000,
  keepMs: 0,
  summary: 's "quoted"',
  description: 'd',
} as const

describe('the rule file', () => {
  it('asks whether an alarm rings already where it has a limit to come back past', () => {
    const when = [{ value: gauge('used'), is: 'above', limit: 0.9, clearAt: 0.8 }] as const
    expect(promqlOf({ ...rule, when }, 'cache_')).toBe(
      '(sum by (job, instance) (cache_used) > 0.9) or (sum by (job, instance) (cache_used) > 0.8 and on (job, instance) ALERTS{alertname="Full",alertstate="firing"})',
    )
  })

  it('names the prefix and the runbooks of a deployment', () => {
    const when = [{ value: gauge('used'), is: 'above', limit: 1 }] as const
    const text = ruleFile({ rules: [{ ...rule, when }], prefix: 'shop_', runbooks: 'https://wiki/runbooks' })
    expect(text).toContain('expr: "sum by (job, instance) (shop_used) > 1"')
    expect(text).toContain('runbook_url: "https://wiki/runbooks/Full.md"')
    expect(text).toContain(String.raw`summary: "s \"quoted\""`)
    expect(text).not.toContain('keep_firing_for')
  })
})
