/** Writes alerts/holdfast.rules.yml from the table of rules. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'

import { ruleFile } from '../src/insight/rule-file.ts'

writeFileSync(join(import.meta.dirname, '..', 'alerts', 'holdfast.rules.yml'), ruleFile())
