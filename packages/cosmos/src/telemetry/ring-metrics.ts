import type { Ring } from '@keyturn/keyring'
import type { Attributes, BatchObservableResult, Meter, MeterProvider } from '@opentelemetry/api'
import { keysStatus } from '../status.ts'

interface Observed {
  users: number
  readonly stop: () => void
}

/** Clients that share a ring are one client: its attempts are told once, not once for each. */
const observed = new WeakMap<MeterProvider, WeakMap<Ring, Observed>>()

/** @returns what ends the observation for this user of the ring. */
export const observeRing = (ring: Ring, provider: MeterProvider, meter: Meter): (() => void) => {
  const rings = observed.get(provider) ?? new WeakMap<Ring, Observed>()
  observed.set(provider, rings)
  const of = rings.get(ring) ?? { users: 0, stop: observe(ring, meter) }
  rings.set(ring, of)
  of.users += 1
  return () => {
    of.users -= 1
    if (of.users > 0) return
    rings.delete(ring)
    of.stop()
  }
}

const observe = (ring: Ring, meter: Meter): (() => void) => {
  const attempts = meter.createObservableCounter('keyturn.client.attempts', {
    description: 'Network attempts signed, by key',
    unit: '{attempt}',
  })
  const inFlight = meter.createObservableUpDownCounter('keyturn.client.attempts.in_flight', {
    description: 'Network attempts signed and not yet ended, by key',
    unit: '{attempt}',
  })
  const refused = meter.createObservableUpDownCounter('keyturn.client.keys.refused', {
    description: 'Regional endpoints that refuse a key, by key',
    unit: '{endpoint}',
  })
  const version = meter.createObservableGauge('keyturn.client.keyset.version', {
    description: 'Version of the keyset held',
  })
  const age = meter.createObservableGauge('keyturn.client.source.age', {
    description: 'Time since the source last gave a keyset',
    unit: 's',
  })
  const state = meter.createObservableGauge('keyturn.client.key.state', {
    description: 'Always 1: which slot a key stands in, and whether it is active or fenced',
  })
  const stray = meter.createObservableGauge('keyturn.client.stray', {
    description: '1 where no sidecar counts what is signed, 0 where one does',
  })
  const all = [attempts, inFlight, refused, state, version, age, stray]
  const callback = (result: BatchObservableResult): void => {
    const status = keysStatus(ring)
    for (const key of status.keys) {
      const name: Attributes = { 'keyturn.key.fingerprint': key.fingerprint }
      result.observe(attempts, key.total, name)
      result.observe(inFlight, key.inFlight, name)
      result.observe(refused, key.refused.length, name)
      const slot: Attributes = key.slot === null ? {} : { 'keyturn.key.slot': key.slot }
      result.observe(state, 1, { ...name, ...slot, 'keyturn.key.state': key.state })
    }
    const account = ring.current?.account
    const of: Attributes = {
      'keyturn.source': status.source.kind,
      ...(account ? { 'keyturn.account': account } : {}),
    }
    if (status.version !== null) result.observe(version, status.version, of)
    if (status.version !== null) result.observe(stray, status.isStray ? 1 : 0, of)
    const { ageMs } = status.source
    if (ageMs !== null) result.observe(age, ageMs / 1000, of)
  }
  meter.addBatchObservableCallback(callback, all)
  return () => meter.removeBatchObservableCallback(callback, all)
}
