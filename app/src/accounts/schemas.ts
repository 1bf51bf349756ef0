/** What clients send about accounts (JSON Schema draft-07). */
const username = { type: 'string', minLength: 3, maxLength: 50, pattern: '^[a-zA-Z0-9._-]+$' } as const
// How strong a new one must be is said in a sentence, by password.ts.
const password = { type: 'string', minLength: 8, maxLength: 128 } as const

const record = (id: string, title: string, properties: Readonly<Record<string, object>>) =>
  ({
    $id: id,
    title,
    type: 'object',
    additionalProperties: false,
    required: Object.keys(properties),
    properties,
  }) as const

export const loginSchema = record('login', 'A login', { username, password })
export const registrationSchema = record('registration', 'A new account', { username, password })
export const passwordChangeSchema = record('password-change', 'Another password', {
  current_password: password,
  new_password: password,
})
export const roleChangeSchema = record('role-change', 'Another role', {
  role: { type: 'string', enum: ['guest', 'user', 'admin'] },
})
