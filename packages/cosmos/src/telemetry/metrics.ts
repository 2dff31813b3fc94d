import type { Ring } from '@keyturn/keyring'
import { type Attributes, type Meter, type MeterProvider, metrics } from '@opentelemetry/api'
import type { KeysEmitter } from '../events.ts'
import { observeRing } from './ring-metrics.ts'
import { scope } from './scope.ts'

/**
 * A client's events as counters, and its ring as observed instruments. Nothing is counted per
 * request: attempts are read off the ring's own meter when a reader collects.
 */
export class ClientMetrics {
  readonly #ring: Ring
  readonly #events: KeysEmitter
  #provider: MeterProvider | null = null
  #unbind: readonly (() => void)[] = []

  constructor(ring: Ring, events: KeysEmitter) {
    this.#ring = ring
    this.#events = events
    this.bind()
  }

  /** Follows a provider that was registered since: the API hands out no meter that would. */
  bind(): void {
    const provider = metrics.getMeterProvider()
    if (provider === this.#provider) return
    this.unbind()
    this.#provider = provider
    const meter = provider.getMeter(scope)
    this.#unbind = [observeRing(this.#ring, provider, meter), countEvents(this.#events, meter)]
  }

  unbind(): void {
    for (const unbind of this.#unbind) unbind()
    this.#unbind = []
    this.#provider = null
  }
}

const countEvents = (events: KeysEmitter, meter: Meter): (() => void) => {
  const counter = (name: string, description: string, unit: string) => {
    const instrument = meter.createCounter(`keyturn.client.${name}`, { description, unit })
    return (attributes: Attributes): void => instrument.add(1, attributes)
  }
  const swaps = counter('swaps', 'Keysets that replaced the one held', '{swap}')
  const failovers = counter('failovers', 'Attempts accepted with another key', '{attempt}')
  const refusals = counter('refusals', 'Keys proven to be refused by an endpoint', '{refusal}')
  const exhaustions = counter('exhaustions', 'Times that no key was left', '{exhaustion}')
  const skews = counter('clock_corrections', 'Corrections of the date', '{correction}')
  const offs = [
    events.hear('swap', ({ active }) => swaps({ 'keyturn.key.slot': active })),
    events.hear('failover', ({ endpoint, to }) =>
      failovers({ ...at(endpoint), 'keyturn.key.fingerprint': to }),
    ),
    events.hear('refused', ({ endpoint, fingerprint }) =>
      refusals({ ...at(endpoint), 'keyturn.key.fingerprint': fingerprint }),
    ),
    events.hear('exhausted', ({ endpoint }) => exhaustions(at(endpoint))),
    events.hear('clock-skew', ({ endpoint }) => skews(at(endpoint))),
  ]
  return () => {
    for (const off of offs) off()
  }
}

const at = (endpoint: string): Attributes => ({ 'server.address': new URL(endpoint).hostname })
