/**
 * Who may do what. Roles are a ladder: each may do what the one below may. A permission belongs to the lowest role that has
 * it, so the whole matrix is this one table, and the routes, the OpenAPI document and the tests read it.
 */

export type Role = 'viewer' | 'operator' | 'admin'

/** From the one who may do least to the one who may do all. */
export const ROLES: readonly Role[] = ['viewer', 'operator', 'admin']

/** What a route asks of its caller. */
export type Permission =
  /** Figures, families, connections, Redis, alerts, the doctor's findings. */
  | 'view'
  /** Names of keys, and what is known of one. */
  | 'list-keys'
  /** Cached values, where the deployment shows them at all. */
  | 'see-values'
  | 'read-audit'
  | 'read-config'
  | 'invalidate'
  | 'invalidate-all'
  | 'warm'
  | 'silence'
  | 'list-sessions'
  | 'revoke-sessions'
  | 'switch'
  | 'change-ttls'

/** The lowest role that has each permission. */
export const PERMISSIONS: Readonly<Record<Permission, Role>> = {
  view: 'viewer',
  'list-keys': 'viewer',
  'see-values': 'admin',
  'read-audit': 'operator',
  'read-config': 'operator',
  invalidate: 'operator',
  'invalidate-all': 'admin',
  warm: 'operator',
  silence: 'operator',
  'list-sessions': 'operator',
  'revoke-sessions': 'admin',
  switch: 'admin',
  'change-ttls': 'admin',
}

/** Whether a role has a permission. */
export function allows(role: Role, permission: Permission): boolean {
  return ROLES.indexOf(role) >= ROLES.indexOf(PERMISSIONS[permission])
}

/** Who asks, as `authorize` says. */
export interface Caller {
  /** Names a person in the audit trail: an id or an address of mail, never a secret. */
  readonly user: string
  readonly role: Role
}

/** The label of a deployment: what a person must see before they press a button. */
export interface EnvironmentLabel {
  /** Such as `prod`. A request that names another one is refused. */
  readonly label: string
  /** A CSS colour of the badge: `#` and six hex digits. */
  readonly color: string
}

/** What a deployment may keep from the admin's eyes, whatever their role. */
export type Hidden = 'keys' | 'values' | 'connection' | 'sessions' | 'config' | 'audit'

/** GET api/me: what this caller may do here, from which a page decides what it shows. */
export interface Me {
  readonly user: string
  readonly role: Role
  readonly permissions: readonly Permission[]
  readonly readOnly: boolean
  readonly environment: EnvironmentLabel
  readonly namespace: string
  readonly hidden: readonly Hidden[]
  /** Parts that this deployment has; a page of one that it has not says so. */
  readonly parts: {
    readonly redis: boolean
    readonly sessions: boolean
    readonly metrics: boolean
    readonly alerts: boolean
    readonly config: boolean
    readonly warm: boolean
  }
  /** Version of the package. */
  readonly version: string
}
