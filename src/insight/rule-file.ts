/** The table of rules as a rule file of Prometheus. */
import { type AlertRule, alertRules } from './alert-rules.ts'
import { promDuration, toPromql, type Condition } from './expression.ts'

export interface RuleFileOptions {
  readonly rules?: readonly AlertRule[]
  /** @default 'cache_' */
  readonly prefix?: string
  /** Where the runbooks are; each is `<name>.md` there. */
  readonly runbooks?: string
}

/** Where the runbooks of this version are. */
export const RUNBOOKS = 'docs/operations/runbooks'

const BY = 'job, instance'

export function ruleFile({ rules = alertRules, prefix = 'cache_', runbooks = RUNBOOKS }: RuleFileOptions = {}): string {
  const lines = [
    '# Made from src/insight/alert-rules.ts by `npm run alerts`; change that table, not this file.',
    'groups:',
    '  - name: holdfast',
    '    rules:',
  ]
  for (const rule of rules) {
    lines.push(
      `      - alert: ${rule.name}`,
      `        expr: ${JSON.stringify(promqlOf(rule, prefix))}`,
      ...(rule.forMs > 0 ? [`        for: ${promDuration(rule.forMs)}`] : []),
      ...(rule.keepMs > 0 ? [`        keep_firing_for: ${promDuration(rule.keepMs)}`] : []),
      '        labels:',
      `          severity: ${rule.severity}`,
      '        annotations:',
      `          summary: ${JSON.stringify(rule.summary)}`,
      `          description: ${JSON.stringify(rule.description)}`,
      `          runbook_url: ${JSON.stringify(`${runbooks}/${rule.name}.md`)}`,
    )
  }
  return `${lines.join('\n')}\n`
}

/** The expression of a rule. One that has a limit to come back past asks Prometheus whether it rings already. */
export function promqlOf({ name, when }: AlertRule, prefix: string): string {
  if (when.length === 0) return `absent(${prefix}ready)`
  const first = all(when, prefix, ({ limit }) => limit)
  if (when.every(({ clearAt }) => clearAt === undefined)) return first
  const still = all(when, prefix, ({ clearAt, limit }) => clearAt ?? limit)
  return `(${first}) or (${still} and on (${BY}) ALERTS{alertname="${name}",alertstate="firing"})`
}

function all(when: readonly Condition[], prefix: string, edge: (condition: Condition) => number): string {
  return when
    .map((condition) => {
      const sign = condition.is === 'above' ? '>' : '<'
      return `${toPromql(condition.value, prefix, BY)} ${sign} ${Number(edge(condition).toPrecision(12))}`
    })
    .join(' and ')
}
