import { type Fingerprint, type Fingerprints, type Slot, sameFingerprints } from '@keyturn/core'
import { fingerprint } from '@keyturn/testkit'
import type { Azure, Post, State, Written } from './state.ts'

export const newAzure = (regions: number): Azure => {
  const keys: Fingerprints = { primary: fingerprint(0xa1), secondary: fingerprint(0xb1) }
  return {
    keys,
    serial: 0,
    operation: null,
    ended: [],
    mail: [],
    regions: Array.from({ length: regions }, () => keys),
    effects: { primary: 0, secondary: 0 },
    isRetired: false,
  }
}

/** A POST arrives. `id` is `null` where another operation holds the lock (412). */
export const post = (
  azure: Azure,
  slot: Slot,
): { readonly azure: Azure; readonly id: string | null } => {
  if (azure.operation) return { azure, id: null }
  const id = `operation-${azure.serial + 1}`
  return { azure: { ...azure, serial: azure.serial + 1, operation: { id, slot } }, id }
}

/** A person asks for it, and ARM takes its time. */
export const postByHand = (azure: Azure, slot: Slot): Azure => ({
  ...azure,
  serial: azure.serial + 1,
  operation: { id: `operation-${azure.serial + 1}`, slot, byHand: true },
})

/** The running operation ends. `lagging`: the region that does not notice yet. */
export const endOperation = (
  azure: Azure,
  status: 'succeeded' | 'failed',
  lagging: number | null,
): Azure => {
  const { operation } = azure
  if (!operation) return azure
  const ended = { ...azure, operation: null, ended: [...azure.ended, { id: operation.id, status }] }
  if (status === 'failed') return ended
  const effects = { ...azure.effects, [operation.slot]: azure.effects[operation.slot] + 1 }
  return { ...newKey(ended, operation.slot, lagging), effects }
}

export const newKey = (azure: Azure, slot: Slot, lagging: number | null): Azure => {
  const serial = azure.serial + 1
  const keys = { ...azure.keys, [slot]: fingerprint(0xc00 + serial) }
  const regions = azure.regions.map((region, index) => (index === lagging ? region : keys))
  return { ...azure, serial, keys, regions }
}

export const catchUp = (azure: Azure, region: number): Azure => ({
  ...azure,
  regions: azure.regions.map((known, index) => (index === region ? azure.keys : known)),
})

export const accepts = (azure: Azure, region: number, key: Fingerprint): boolean => {
  const takes = azure.isRetired ? undefined : azure.regions[region]
  return takes !== undefined && (takes.primary === key || takes.secondary === key)
}

export const acceptedEverywhere = (azure: Azure, key: Fingerprint): boolean =>
  azure.regions.every((_, region) => accepts(azure, region, key))

export const lags = (azure: Azure, region: number): boolean => {
  const takes = azure.regions[region]
  return takes !== undefined && !sameFingerprints(takes, azure.keys)
}

export const withMail = (azure: Azure, mail: readonly Post[]): Azure => ({ ...azure, mail })

export const write = (state: State, written: Written): State => {
  const { vault } = state
  return { ...state, vault: { ...vault, latest: written, before: vault.latest ?? vault.before } }
}
