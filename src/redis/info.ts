/** What the sections of INFO say that health and the doctor need. A field that the server does not show is missing. */
export interface ServerInfo {
  readonly version?: string
  readonly role?: 'master' | 'slave'
  readonly replicas?: number
  readonly loading?: boolean
  readonly usedMemoryBytes?: number
  /** 0: no limit. */
  readonly maxMemoryBytes?: number
  readonly evictionPolicy?: string
  readonly evictedKeys?: number
}

/** INFO as it comes: each field by its name. */
export function fieldsOfInfo(text: string): ReadonlyMap<string, string> {
  const fields = new Map<string, string>()
  for (const line of text.split('\n')) {
    const colon = line.indexOf(':')
    if (colon > 0) fields.set(line.slice(0, colon), line.slice(colon + 1).trim())
  }
  return fields
}

export function parseInfo(text: string): ServerInfo {
  const fields = fieldsOfInfo(text)
  const role = fields.get('role')
  return {
    ...textField(fields, 'valkey_version', 'version'),
    ...(fields.has('valkey_version') ? {} : textField(fields, 'redis_version', 'version')),
    ...((role === 'master' || role === 'slave') && { role }),
    ...numberField(fields, 'connected_slaves', 'replicas'),
    ...(fields.has('loading') && { loading: fields.get('loading') === '1' }),
    ...numberField(fields, 'used_memory', 'usedMemoryBytes'),
    ...numberField(fields, 'maxmemory', 'maxMemoryBytes'),
    ...textField(fields, 'maxmemory_policy', 'evictionPolicy'),
    ...numberField(fields, 'evicted_keys', 'evictedKeys'),
  }
}

function textField(fields: ReadonlyMap<string, string>, field: string, name: keyof ServerInfo): ServerInfo {
  const value = fields.get(field)
  return value === undefined ? {} : { [name]: value }
}

function numberField(fields: ReadonlyMap<string, string>, field: string, name: keyof ServerInfo): ServerInfo {
  const value = Number(fields.get(field) ?? Number.NaN)
  return Number.isFinite(value) ? { [name]: value } : {}
}
