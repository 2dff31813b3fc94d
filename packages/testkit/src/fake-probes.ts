import type { Fingerprint, ProbeView, RegionProbe, Slot } from '@keyturn/core'
import type { FakeAccount } from './fake-account.ts'

/** What a coordinator's own probes have found, in memory only. */
export class FakeProbes {
  readonly #found = new Map<Fingerprint, RegionProbe[]>()

  try(slot: Slot, azure: FakeAccount, now: number): void {
    const key = azure.keys[slot]
    const before = this.#found.get(key) ?? []
    const regions = azure.regions.map(region => {
      const accepted = azure.accepts(region, key)
      const last = before.find(known => known.region === region)
      const streak = accepted ? (last?.accepted ?? 0) + 1 : 0
      const since = streak > 1 && last ? last.since : now
      const failure = accepted ? null : 'HTTP 401, wrong-key'
      return { region, accepted: streak, since, at: now, fresh: true, failure }
    })
    this.#found.set(key, regions)
  }

  views(now: number): readonly ProbeView[] {
    return [...this.#found].map(([fingerprint, regions]) => ({
      fingerprint,
      regions: regions.map(region => ({ ...region, fresh: region.at === now })),
    }))
  }

  clear(): void {
    this.#found.clear()
  }
}
