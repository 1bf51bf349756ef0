const howToInstall = [
  'Debian, Ubuntu: sudo apt-get install redis-server',
  'Fedora: sudo dnf install valkey',
  'Alpine: sudo apk add redis',
  'macOS: brew install redis',
]

/** There is no Redis on this machine and none could be obtained; the message says why and how to install one. */
export class RedisNotFoundError extends Error {
  readonly code = 'ERR_HOLDFAST_REDIS_NOT_FOUND'

  constructor(reason: string, options?: ErrorOptions) {
    super(
      `There is no redis-server and no valkey-server on this machine, and ${reason}. ` +
        `Install one (${howToInstall.join('; ')}), or set REDIS_URL to a Redis that is running.`,
      options,
    )
    this.name = 'RedisNotFoundError'
  }
}
