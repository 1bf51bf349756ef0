/** The pages of the dashboard as a person reads them; written out here, so that one that is lost is missed. */
export const PAGES: readonly { readonly id: string; readonly title: string }[] = [
  'Overview',
  'Families',
  'Keys',
  'Alerts',
  'Doctor',
  'Connections',
  'Redis',
  'Invalidate',
  'Warm',
  'Sessions',
  'Audit',
  'Config',
].map((title) => ({ id: title.toLowerCase(), title }))
