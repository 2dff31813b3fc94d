// Keysets one after the other, as a coordinator would publish them.

import { randomBytes } from 'node:crypto'
import type { KeysetDocument } from '@keyturn/protocol'

export const accountId =
  '/subscriptions/11111111-1111-1111-1111-111111111111/resourceGroups/rg/providers/Microsoft.DocumentDB/databaseAccounts/bench'

export const newKey = (): string => randomBytes(64).toString('base64')

export const firstKeyset = (endpoint: string): KeysetDocument => ({
  schema: 'keyturn/v1',
  account: accountId,
  endpoint,
  pair: 'readWrite',
  installation: 'bench',
  version: 1,
  active: 'primary',
  fenced: [],
  keys: { primary: newKey(), secondary: newKey() },
})

const otherSlot = { primary: 'secondary', secondary: 'primary' } as const

/** The standby has a new key, which signs from now on. */
export const turned = (keyset: KeysetDocument): KeysetDocument => {
  const active = otherSlot[keyset.active]
  return {
    ...keyset,
    version: keyset.version + 1,
    active,
    keys: { ...keyset.keys, [active]: newKey() },
  }
}

/** The five versions that one whole rotation publishes: both keys are new at its end. */
export const rotation = (keyset: KeysetDocument): readonly KeysetDocument[] => {
  const former = keyset.active
  const standby = otherSlot[former]
  const published: KeysetDocument[] = []
  const publish = (change: Partial<KeysetDocument>): void => {
    const last = published.at(-1) ?? keyset
    published.push({ ...last, ...change, version: last.version + 1 })
  }
  publish({ fenced: [standby] })
  publish({ fenced: [], keys: { ...keyset.keys, [standby]: newKey() } })
  publish({ active: standby })
  publish({ fenced: [former] })
  const keys = published.at(-1)?.keys ?? keyset.keys
  publish({ fenced: [], keys: { ...keys, [former]: newKey() } })
  return published
}

export const activeKey = ({ keys, active }: KeysetDocument): string => keys[active]
