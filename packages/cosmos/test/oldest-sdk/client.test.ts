import { join } from 'node:path'
import t from 'tap'
import { env, node, oldest, tests } from './oldest.ts'

/** What the client does, with the oldest SDK; with the newest these files run by themselves. */
for (const name of ['client', 'resilient', 'failover', 'taxonomy', 'bounds', 'azure-sim'])
  t.spawn(
    process.execPath,
    [...node, join(tests, `${name}.test.ts`)],
    { env },
    `${oldest}: ${name}.test.ts`,
  )
