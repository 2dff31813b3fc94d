// The figures beside the table: a key's death, memory, and the engine's own cost.

import type { Variant } from './cases.ts'
import type { DeathFigures } from './key-death.ts'
import type { MemoryFigures } from './memory.ts'
import { type Server, startClient } from './rounds.ts'

export interface DeathReport extends DeathFigures {
  /** Attempts that the server refused with 401, the account reads that look into it included. */
  readonly refused: number
}

/** Kills the primary key a second after a thousand operations began. */
export const measureKeyDeath = async (server: Server): Promise<DeathReport> => {
  const { primary, secondary } = server.ready.keys
  const client = await startClient('keyturn', server)
  const before = await server.ask('counts')
  const running = client.ask<DeathFigures>({ do: 'key-death' })
  await new Promise(resolve => setTimeout(resolve, 1500))
  await server.ask({ accept: [secondary] })
  const figures = await running
  const after = await server.ask({ accept: [primary, secondary] })
  await client.stop()
  return { ...figures, refused: after.refused - before.refused }
}

export const measureMemory = async (variant: Variant, server: Server): Promise<MemoryFigures> => {
  const client = await startClient(variant, server, ['--expose-gc'])
  const figures = await client.ask<MemoryFigures>({ do: 'memory' })
  await client.stop()
  return figures
}
