import { execFile } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'

import { Redis as Client, type RedisOptions as ClientOptions } from 'ioredis'
import { describe, expect, it, onTestFinished, vi } from 'vitest'

import { createCache, createRedis, type Redis, type RedisOptions } from '../../src/index.ts'
import { findProgram } from '../../src/testing/find-redis.ts'
import { parse } from './support/compose.ts'
import { deployment, examples, serve, watch, type Account, type Deployment } from './support/redis-examples.ts'
import { startedWith } from './support/started-with.ts'

const execute = promisify(execFile)
