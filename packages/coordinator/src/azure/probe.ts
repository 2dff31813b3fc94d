import { setTimeout as sleep } from 'node:timers/promises'
import { accountRead, type Pair, type SecretKey } from '@keyturn/core'
import type { Prober, RegionEndpoint } from '../ports.ts'
import { errorCode } from './azure-error.ts'
import {
  type Ask,
  anyContainer,
  asking,
  type Found,
  failureOf,
  namedContainer,
  type ProbeContainer,
  type ProbeContainerName,
} from './probe-container.ts'
import { readDocument, writeDocument } from './probe-document.ts'

export interface ProberOptions {
  readonly now: () => number
  /** A read-only key is never asked to write; `readWrite` where absent. */
  readonly pair?: Pair
  /** Where a document may be written and deleted; without it, nothing is written. */
  readonly container?: ProbeContainerName | undefined
  /** From 0 to 1, 1 excluded. */
  readonly chance?: () => number
}

/**
 * Tries a key in a region as applications use it: the account is read, then a document; where the
 * policy names a container for it, one is written and deleted. Never a metadata write: accounts
 * may forbid those to keys (`disableKeyBasedMetadataWriteAccess`).
 */
export const openProber = (options: ProberOptions): Prober => {
  const { now, chance = Math.random } = options
  let known: ProbeContainer | null = null

  const containerBy = async (ask: Ask): Promise<Found> => {
    if (known) return { container: known }
    const found = await (options.container
      ? namedContainer(ask, options.container)
      : anyContainer(ask))
    if ('container' in found) known = found.container
    return found
  }

  const documents = async (ask: Ask, region: RegionEndpoint): Promise<string | null> => {
    const found = await containerBy(ask)
    if ('failure' in found) return found.failure
    if (found.container === null) return null
    const id = `keyturn-probe-${region.name.toLowerCase().replace(/[^a-z0-9]+/g, '-')}`
    const failure = await readDocument(ask, found.container, id)
    // Deleted meanwhile, or another one by now: looked up again the next time.
    if (failure !== null) known = null
    const mayWrite = options.container && options.pair !== 'readOnly' && region.writable !== false
    return failure === null && mayWrite ? writeDocument(ask, found.container, id) : failure
  }

  const tried = async (region: RegionEndpoint, key: SecretKey): Promise<string | null> => {
    const ask = asking(region.endpoint, key, now)
    const failure = failureOf('', await ask({ ...accountRead, path: '/' }))
    return failure ?? documents(ask, region)
  }

  return {
    async probe(region, key, spreadMs = 0) {
      // Regions at once, and always at the same beat, would meet the same gateways all the time.
      if (spreadMs > 0) await sleep(chance() * spreadMs)
      try {
        return await tried(region, key)
      } catch (error) {
        return errorCode(error) ?? 'no answer'
      }
    },
  }
}
