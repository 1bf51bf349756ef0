/** Every negative control. */
import { cacheControls } from './cache-controls.ts'
import type { Control } from './control.ts'
import { logControls } from './log-controls.ts'

export const controls: readonly Control[] = [...logControls, ...cacheControls]
