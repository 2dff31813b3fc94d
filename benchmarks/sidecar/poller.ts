// What a user would take instead: a process that reads its mounted key again and again, makes a new
// client where it has changed, and reads a document with it.

import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { CosmosClient } from '@azure/cosmos'
import { keysetDocumentSchema } from '@keyturn/protocol'
import { serve } from '../client/channel.ts'

export interface PollOrder {
  readonly directory: string
  readonly endpoint: string
  readonly everyMs: number
}

const poll = async ({ directory, endpoint, everyMs }: PollOrder): Promise<never> => {
  let held = ''
  for (;;) {
    const text = await readFile(join(directory, 'keyset.json'), 'utf8')
    const { keys, active } = keysetDocumentSchema.parse(JSON.parse(text))
    if (keys[active] !== held) {
      held = keys[active]
      const client = new CosmosClient({ endpoint, key: held })
      await client.database('bench').container('items').item('item-0', 'item-0').read()
      client.dispose()
    }
    await sleep(everyMs)
  }
}

serve<PollOrder, 'polling'>('ready', async order => {
  poll(order).catch(error => {
    process.stderr.write(`${String(error)}\n`)
    process.exit(1)
  })
  return 'polling'
})
