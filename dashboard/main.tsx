/**
 * The dashboard: one page over the admin API, which it asks by relative addresses alone, so it works behind any prefix.
 * It holds no figure of its own: what it shows came from an answer, and where none came it says so.
 */
import { render } from 'preact'

import { startKeyboard } from './state/keyboard.ts'
import { startLive } from './state/live.ts'
import { loadMe } from './state/me.ts'
import { applyTheme } from './state/theme.ts'
import { Shell } from './ui/shell.tsx'
import 'uplot/dist/uPlot.min.css'
import './style/base.css'
import './style/parts.css'

const root = document.querySelector('#app')
if (root) {
  applyTheme()
  render(<Shell />, root)
  startKeyboard()
  void loadMe().then(startLive)
}
