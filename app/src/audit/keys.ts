/** The cache's keys of the audit trail. */
export const auditKeys = { newest: 'audit:newest', of: (requestId: string) => `audit:of:${requestId}` } as const
