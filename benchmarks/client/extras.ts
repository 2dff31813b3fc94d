// The figures beside the table: a key's death, memory, and the engine's own cost.

import type { Variant } from './cases.ts'
import type { DeathFigures } from './key-death.ts'
import type { MemoryFigures } from './memory.ts'
import { type Server, startClient } from './rounds.ts'

export interface DeathReport extends DeathFigures {
  /** Attempts that the server refused with 401. */
  readonly refused: number
  /** Refused as well, and sent by the client itself to find out. */
  readonly refusedAccountReads: number
}

/** Kills the primary key while a thousand operations are in flight. */
export const measureKeyDeath = async (server: Server): Promise<DeathReport> => {
  const { primary, secondary } = server.ready.keys
  const client = await startClient('keyturn', server)
  await client.ask({ do: 'load' })
  const before = await server.ask({ accept: [secondary] })
  const figures = await client.ask<DeathFigures>({ do: 'survive' })
  const after = await server.ask({ accept: [primary, secondary] })
  await client.stop()
  return {
    ...figures,
    refused: after.refused - before.refused,
    refusedAccountReads: after.refusedAccountReads - before.refusedAccountReads,
  }
}

export const measureMemory = async (variant: Variant, server: Server): Promise<MemoryFigures> => {
  const client = await startClient(variant, server, ['--expose-gc'])
  const figures = await client.ask<MemoryFigures>({ do: 'memory' })
  await client.stop()
  return figures
}
