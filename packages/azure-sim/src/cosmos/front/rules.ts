import type { IncomingHttpHeaders } from 'node:http'
import { accessOf, isBatch, isMetadataWrite } from '../access.ts'
import type { Address } from '../address.ts'
import type { Catalogue } from '../catalogue/catalogue.ts'
import { type ConsistencyLevel, consistencyOf } from '../consistency.ts'
import type { CosmosSettings } from '../cosmos-options.ts'
import { metadataWriteForbidden } from '../errors.ts'
import type { EntraGate } from '../identity/entra-gate.ts'
import type { Lag } from '../replication/lag.ts'
import { requireKnownContainer } from '../replication/new-container.ts'
import { parseSessionToken } from '../replication/session-token.ts'
import type { Attempt } from './attempt.ts'
import { requireWritable } from './region-rules.ts'

/** A write asks nothing of a session; its token has to be one all the same. */
function requireTokenForm({ type }: Address, headers: IncomingHttpHeaders): void {
  const token = headers['x-ms-session-token']
  if (type === 'docs' && token !== undefined && token !== '') parseSessionToken(String(token))
}

/** What is refused of a request whose signature is good, before it is looked at what it asks for. */
export class Rules {
  readonly #settings: CosmosSettings
  readonly #catalogue: Catalogue
  readonly #lag: Lag

  constructor(settings: CosmosSettings, catalogue: Catalogue, lag: Lag) {
    this.#settings = settings
    this.#catalogue = catalogue
    this.#lag = lag
  }

  /** The account's default. */
  get consistency(): ConsistencyLevel {
    return this.#settings.consistency?.() ?? 'Session'
  }

  /** The level that the request is served with. Throws what the service refuses it with. */
  admit(attempt: Attempt, body: string, now: number, entra: EntraGate | undefined) {
    const { region, verb, address, request, verdict } = attempt
    const { headers } = request
    const date = String(headers['x-ms-date'] ?? headers.date ?? '')
    requireKnownContainer(this.#catalogue, this.#lag, region, { verb, address, date, now })
    if (accessOf(verb, headers, address) === 'write') {
      requireWritable(region)
      requireTokenForm(address, headers)
    }
    if (verdict.caller !== null && isBatch(headers)) {
      const lacking =
        entra?.refusalOfBatch(verdict.caller, { verb, address, headers }, body) ?? null
      if (lacking !== null) throw lacking
    }
    if (
      verdict.scheme === 'key' &&
      this.#settings.disableKeyBasedMetadataWriteAccess?.() === true &&
      isMetadataWrite(address, verb, headers)
    ) {
      throw metadataWriteForbidden(verb, address.type)
    }
    return consistencyOf(headers['x-ms-consistency-level'], this.consistency)
  }
}
