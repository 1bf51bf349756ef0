import { readFile } from 'node:fs/promises'

import type { App } from './create-app.ts'
import type { FeatureBody } from './features/feature.ts'
import { featureBodySchema } from './features/schema.ts'
import type { RequirementsBody } from './requirements/document.ts'
import { requirementsBodySchema } from './requirements/schema.ts'
import { documentsOf, importFolder, type Progress } from './sources/import.ts'
import { checkSchema, createAjv } from './validation.ts'

const AUTHOR = { user: 'ttrpg-center' } as const

const SOURCE = 'House-Rules.json'

/** Fills what is empty with the data that comes with the service, then imports the folder that was named, if one was. */
export async function loadData(
  { requirements, features, sources }: Pick<App, 'requirements' | 'features' | 'sources'>,
  folder: string | undefined,
  progress: Progress,
): Promise<void> {
  if ((await requirements.versions()).length === 0) {
    const document = await readRequirements()
    await requirements.submit(document, AUTHOR)
    progress(`Loaded the requirements document "${document.title}"`)
  }
  if ((await features.list('all')).length === 0) {
    const bodies = await readFeatures()
    for (const body of bodies) await features.submit(body)
    progress(`Loaded ${bodies.length} feature requests`)
  }
  if ((await sources.counts()).length === 0) {
    const rules = (await readJson('house-rules.json')) as readonly object[]
    await sources.insert(documentsOf(SOURCE, rules))
    progress(`Loaded ${rules.length} house rules`)
  }
  if (folder !== undefined) await importFolder(folder, sources, progress)
}

/** The requirements that this service was built to show. */
export async function readRequirements(): Promise<RequirementsBody> {
  const validate = createAjv().compile<RequirementsBody>(requirementsBodySchema)
  return checkSchema(validate, await readJson('fr-perf-404.json'))
}

/** Feature requests to begin with. */
export async function readFeatures(): Promise<readonly FeatureBody[]> {
  const validate = createAjv().compile<FeatureBody>(featureBodySchema)
  const bodies = await readJson('features.json')
  return (Array.isArray(bodies) ? bodies : []).map((body: unknown) => checkSchema(validate, body))
}

async function readJson(name: string): Promise<unknown> {
  return JSON.parse(await readFile(new URL(`../data/${name}`, import.meta.url), 'utf8'))
}
