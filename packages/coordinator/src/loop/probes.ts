import type { ProbeView, RegionProbe, SecretKey } from '@keyturn/core'
import type { Prober, RegionEndpoint } from '../ports.ts'

/** What this process's own probes have found so far, key by key. A restart begins anew. */
export class Probes {
  readonly #prober: Prober
  readonly #found = new Map<string, { key: SecretKey['fingerprint']; regions: RegionProbe[] }>()

  constructor(prober: Prober) {
    this.#prober = prober
  }

  /** Tries the key in every region at once. */
  async probe(
    key: SecretKey,
    regions: readonly RegionEndpoint[],
    now: number,
    spreadMs: number,
  ): Promise<void> {
    const before = this.#found.get(key.fingerprint)?.regions ?? []
    const found = await Promise.all(
      regions.map(async region => {
        const failure = await this.#prober.probe(region, key, spreadMs)
        const last = before.find(known => known.region === region.name)
        return next(region.name, last, failure, now)
      }),
    )
    this.#found.set(key.fingerprint, { key: key.fingerprint, regions: found })
  }

  /** As the world wants them; a probe is fresh in the turn that made it. */
  views(now: number): readonly ProbeView[] {
    return [...this.#found.values()].map(({ key, regions }) => ({
      fingerprint: key,
      regions: regions.map(region => ({ ...region, fresh: region.at === now })),
    }))
  }

  /** Keys that no longer stand in the account need no memory. */
  forgetAllBut(fingerprints: readonly string[]): void {
    for (const known of this.#found.keys()) {
      if (!fingerprints.includes(known)) this.#found.delete(known)
    }
  }
}

const next = (
  region: string,
  last: RegionProbe | undefined,
  failure: string | null,
  now: number,
): RegionProbe => {
  const shared = { region, at: now, fresh: true, failure }
  if (failure !== null) return { ...shared, accepted: 0, since: now }
  const goesOn = last !== undefined && last.accepted > 0
  return goesOn
    ? { ...shared, accepted: last.accepted + 1, since: last.since }
    : { ...shared, accepted: 1, since: now }
}
