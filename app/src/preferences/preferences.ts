/** What a person may choose, and nothing else: what is not named here is refused, not merged. */
export interface Preferences {
  readonly theme: 'lcars' | 'terminal' | 'classic'
  readonly memory_enabled: boolean
  /** Files of sources that answers come from first. */
  readonly preferred_sources: readonly string[]
  readonly tone: 'neutral' | 'friendly' | 'formal' | 'in_character'
}

/** The preferences of an account, as they are stored and answered. */
export interface StoredPreferences extends Preferences {
  readonly user_id: string
  /** ISO 8601 in UTC; null while nothing was chosen. */
  readonly created_at: string | null
  readonly updated_at: string | null
}

export const DEFAULT_PREFERENCES: Preferences = {
  theme: 'classic',
  memory_enabled: true,
  preferred_sources: [],
  tone: 'neutral',
}

/** What PUT takes (JSON Schema draft-07): some of them; what is left out stays as it is. */
export const preferencesSchema = {
  $id: 'preferences',
  title: 'Preferences',
  type: 'object',
  additionalProperties: false,
  minProperties: 1,
  properties: {
    theme: { type: 'string', enum: ['lcars', 'terminal', 'classic'] },
    memory_enabled: { type: 'boolean' },
    preferred_sources: {
      type: 'array',
      maxItems: 50,
      uniqueItems: true,
      items: { type: 'string', minLength: 1, maxLength: 200, format: 'text' },
    },
    tone: { type: 'string', enum: ['neutral', 'friendly', 'formal', 'in_character'] },
  },
} as const
