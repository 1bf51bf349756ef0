import type { Config, Environment } from './config.ts'
import { variableLayer, memberOf, valueLayer, writtenLayer, type Layer } from './layers.ts'
import { leaves, resolvedLeaves } from './leaves.ts'
import { toConfigError, type Problem, type Report } from './problems.ts'
import { profiles } from './profiles.ts'
import { readConfigFile, type WrittenFile } from './read-file.ts'
import { expandUrl } from './redis-url.ts'
import { resolveLeaf, type Resolved } from './resolve-leaf.ts'
import { reportBrokenRules } from './rules.ts'
import { Secret } from './secret.ts'
import { reportMisspeltVariables, reportUnknownKeys } from './unknown-keys.ts'
import { createVariables, type Variables } from './variables.ts'

export interface LoadConfigOptions {
  /** @default the variable HOLDFAST_ENVIRONMENT, the file, `prod` where NODE_ENV is production, or `dev` */
  readonly environment?: Environment
  /**
   * The configuration file, relative to `cwd`.
   * @default the variable HOLDFAST_CONFIG, or holdfast.config.json, .mjs or .ts in `cwd`, or none
   */
  readonly file?: string
  /** @default process.env */
  readonly env?: Readonly<Record<string, string | undefined>>
  /** @default process.cwd() */
  readonly cwd?: string
}

/**
 * The configuration of this process: of each setting, what a variable gives, else the file, else the environment's profile.
 *
 * @throws ConfigError (ERR_HOLDFAST_CONFIG) when anything is wrong; its message tells all of it, a line each, and no secret
 */
export async function loadConfig(options: LoadConfigOptions = {}): Promise<Config> {
  const { environment: asked, env = process.env, cwd = process.cwd() } = options
  const problems: Problem[] = []
  const report: Report = (problem) => problems.push(problem)

  const variables = createVariables(env, cwd, report)
  const file = await readConfigFile(options.file ?? variables.get('HOLDFAST_CONFIG'), cwd)
  if (file !== undefined) reportUnknownKeys(file.content, file.source, report)
  reportMisspeltVariables(variables, report)

  const argument = valueLayer(asked === undefined ? {} : { environment: asked }, 'argument')
  const upper = [argument, variableLayer(variables)]
  const environment = chooseEnvironment([...upper, fileLayer(file)], variables, report)
  const chosen = environment?.value ?? 'dev'
  const profile = writtenLayer(profiles[chosen], `profile ${chosen} default`)
  const layers = [...upper, sectionLayer(file, chosen), fileLayer(file), profile]

  const expanded = expandUrl(layers, variables, report)
  const values = new Map<string, Resolved>()
  for (const leaf of resolvedLeaves) {
    const resolved = leaf.path === 'environment' ? environment : resolveLeaf(leaf, expanded.layers, variables, report)
    if (resolved !== undefined) values.set(leaf.path, resolved)
  }
  reportBrokenRules({ environment: chosen, values, url: expanded.url, profileLevel: layers.length - 1 }, report)
  if (problems.length > 0) throw toConfigError(problems)
  return assemble(values)
}

function chooseEnvironment(
  layers: readonly Layer[],
  variables: Variables,
  report: Report,
): (Resolved & { readonly value: Environment }) | undefined {
  const leaf = leaves.find(({ path }) => path === 'environment')
  if (leaf === undefined) return undefined
  // Only this value of NODE_ENV says where a process runs: `test` is what test runners set on any machine.
  const isProduction = variables.get('NODE_ENV') === 'production'
  const fallback = isProduction
    ? valueLayer({ environment: 'prod' }, 'env NODE_ENV')
    : valueLayer({ environment: 'dev' }, 'default')
  // Its schema lets nothing but the names of environments pass.
  return resolveLeaf(leaf, [...layers, fallback], variables, report) as ReturnType<typeof chooseEnvironment>
}

function fileLayer(file: WrittenFile | undefined): Layer {
  return file === undefined ? new Map() : writtenLayer(file.content, file.source)
}

function sectionLayer(file: WrittenFile | undefined, environment: Environment): Layer {
  if (file === undefined) return new Map()
  const section = memberOf(memberOf(file.content, 'environments'), environment)
  return writtenLayer(section, `${file.source}, environments.${environment}`)
}

function assemble(values: ReadonlyMap<string, Resolved>): Config {
  const config: Record<string, unknown> = { sources: {} }
  for (const { path, isSecret } of resolvedLeaves) {
    const { value, source } = values.get(path) ?? { value: undefined, source: '' }
    place(config, path.split('.'), isSecret && typeof value === 'string' ? new Secret(value) : value)
    place(config, ['sources', path], source)
  }
  freezeDeep(config)
  // Every leaf has passed its schema; a test holds the shape of this type against the schema's.
  return config as unknown as Config
}

function place(group: Record<string, unknown>, [key = '', ...rest]: readonly string[], value: unknown): void {
  if (rest.length === 0) group[key] = value
  else place((group[key] ??= {}) as Record<string, unknown>, rest, value)
}

function freezeDeep(value: unknown): void {
  if (typeof value !== 'object' || value === null) return
  Object.values(value).forEach(freezeDeep)
  Object.freeze(value)
}
