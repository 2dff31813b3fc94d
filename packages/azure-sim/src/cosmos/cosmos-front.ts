import { randomUUID } from 'node:crypto'
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http'
import type { KeyRing, Region } from '../account/types.ts'
import type { Chance } from '../chance.ts'
import type { Clock } from '../clock.ts'
import type { Witness } from '../witness.ts'
import { accessOf, isBatch, isMetadataWrite } from './access.ts'
import { type AccountIdentity, describeAccount } from './account-read.ts'
import { parseAddress } from './address.ts'
import {
  type AuthenticationRules,
  authenticate,
  type DateWindow,
  defaultDateWindow,
  type Verdict,
} from './authenticate.ts'
import { Catalogue } from './catalogue/catalogue.ts'
import { ClockSkew } from './clock-skew.ts'
import * as errors from './errors.ts'
import { faultError, unavailable } from './fault-errors.ts'
import { type Fault, type FaultRates, Faults } from './faults.ts'
import { Answers } from './front/answer.ts'
import type { Attempt } from './front/attempt.ts'
import { regionGone, requireWritable, servingRegion } from './front/region-rules.ts'
import { EntraGate, type TokenVerifier } from './identity/entra-gate.ts'
import { Identity } from './identity/identity.ts'
import { errorReply, type Reply, send } from './reply.ts'
import { readBody } from './request.ts'
import { route } from './routes/router.ts'

export interface CosmosSettings {
  /** Whether requests signed with account keys are refused: ARM's `disableLocalAuth`. */
  disableLocalAuth(): boolean
  /** Whether keys may not change databases, containers or throughput. Default: they may. */
  disableKeyBasedMetadataWriteAccess?(): boolean
}

export interface CosmosOptions {
  readonly account: AccountIdentity
  /** The regions as they are at each moment; the first writable one is the write region. */
  readonly regions: readonly Region[] | (() => readonly Region[])
  readonly keys: KeyRing
  readonly clock: Clock
  readonly chance: Chance
  readonly witness: Witness
  readonly settings: CosmosSettings
  /** Fault rates at the start; all 0 by default. */
  readonly weather?: Partial<FaultRates>
  readonly dateWindow?: Partial<DateWindow>
  /** Whether a resource token ends with the key that it was made under. Default: it does. */
  readonly resourceTokensDieWithKey?: boolean
}

export interface Cosmos {
  /** The faults of the data plane, settable while it runs. */
  readonly faults: Faults
  /** The databases and containers, for tests that look behind the wire. */
  readonly catalogue: Catalogue
  /** How far the clocks of the regions are off, settable while they run. */
  readonly clockSkew: ClockSkew
  /** Takes tokens of Entra from now on, as this verifier and these audiences allow. */
  trust(verifier: TokenVerifier, audiences: () => readonly string[]): void
  /** What an HTTPS server of this region hands its requests to. */
  handlerFor(regionName: string): RequestListener
  /** For the account's global endpoint: serves as the write region does. */
  readonly globalHandler: RequestListener
}

/** The header by which a caller names the operation that a request, and its retries, belong to. */
const operationHeader = 'x-azure-sim-operation'

/** The Cosmos DB data plane of one account: one store, behind one front for each region. */
export function createCosmos(options: CosmosOptions): Cosmos {
  const front = new Front(options)
  return {
    faults: front.faults,
    catalogue: front.catalogue,
    clockSkew: front.clockSkew,
    trust: (verifier, audiences) => front.trust(verifier, audiences),
    handlerFor: name => (request, response) => void front.serve(name, request, response),
    globalHandler: (request, response) => void front.serve(null, request, response),
  }
}

class Front {
  readonly faults: Faults
  readonly catalogue = new Catalogue()
  readonly clockSkew = new ClockSkew()
  readonly #identity: Identity
  #entra: EntraGate | undefined
  readonly #options: CosmosOptions
  readonly #rules: AuthenticationRules
  readonly #answers: Answers

  constructor(options: CosmosOptions) {
    this.#options = options
    const { keys, resourceTokensDieWithKey: tokensDieWithKey = true } = options
    this.#identity = new Identity({ catalogue: this.catalogue, keys, tokensDieWithKey })
    this.#rules = {
      keys,
      tokens: this.#identity.tokens,
      entra: () => this.#entra,
      window: { ...defaultDateWindow, ...options.dateWindow },
      disableLocalAuth: () => options.settings.disableLocalAuth(),
    }
    this.#answers = new Answers(options.clock, options.witness, this.clockSkew)
    this.faults = new Faults(options.chance, options.weather)
  }

  trust(verifier: TokenVerifier, audiences: () => readonly string[]): void {
    const { name: accountName } = this.#options.account
    this.#entra = new EntraGate({ verifier, accountName, audiences })
  }

  get #regions(): readonly Region[] {
    const { regions } = this.#options
    return typeof regions === 'function' ? regions() : regions
  }

  /** Never rejects: whatever goes wrong becomes an answer, or a closed connection. */
  async serve(regionName: string | null, request: IncomingMessage, response: ServerResponse) {
    try {
      const received = this.#receive(regionName, request, response)
      // Only the first sight of a token of Entra takes a while; keys are decided over at once.
      const attempt = received instanceof Promise ? await received : received
      if (attempt !== null) await this.#perform(attempt, this.#drawFault(attempt))
    } catch {
      // A fault of ours, or a client that went away: either way nobody waits for a made-up answer.
      request.socket.destroy()
    }
  }

  /** Checks the signature. `null` where the request has been answered. */
  #receive(
    regionName: string | null,
    request: IncomingMessage,
    response: ServerResponse,
  ): Attempt | null | Promise<Attempt | null> {
    const { clock } = this.#options
    const region = servingRegion(this.#regions, regionName)
    const verb = request.method ?? 'GET'
    const address = parseAddress(request.url ?? '/')
    const activityId = randomUUID()
    if (region === undefined) {
      request.resume()
      const { name } = this.#options.account
      const gone = regionName === null ? unavailable() : regionGone(name, regionName)
      const now = clock.now() + this.clockSkew.of(regionName ?? '')
      send(response, errorReply(gone, activityId), { activityId, now, withBody: verb !== 'HEAD' })
      return null
    }
    const { headers } = request
    const now = clock.now() + this.clockSkew.of(region.name)
    const verdict = authenticate(this.#rules, { region: region.name, verb, address, headers, now })
    const admit = (verdict: Verdict): Attempt | null => {
      const attempt = { region, verb, address, activityId, request, response, now, verdict }
      if (verdict.refusal === null) return attempt
      this.#answers.answer(attempt, errorReply(verdict.refusal, activityId))
      return null
    }
    return verdict instanceof Promise ? verdict.then(admit) : admit(verdict)
  }

  /** By resource type: whoever happens to read the metadata for all shifts nobody's weather. */
  #drawFault({ region, request, address }: Attempt): Fault | null {
    const name = request.headers[operationHeader]
    return this.faults.draw(`${name ?? `${region.name} ${request.url}`} ${address.type}`)
  }

  async #perform(attempt: Attempt, fault: Fault | null): Promise<void> {
    const { activityId, request, verb } = attempt
    if (fault?.kind === 'resetBefore') return this.#answers.reset(attempt)
    const refused = fault === null ? null : faultError(fault)
    if (refused !== null) return this.#answers.answer(attempt, errorReply(refused, activityId))
    let reply: Reply
    try {
      const body = verb === 'GET' || verb === 'HEAD' ? '' : await readBody(request)
      if (fault?.kind === 'slow') await this.#options.clock.sleep(fault.ms)
      reply = this.#route(attempt, body)
    } catch (error) {
      if (!(error instanceof errors.ServiceError)) throw error
      reply = errorReply(error, activityId)
    }
    if (fault?.kind === 'resetAfter') return this.#answers.reset(attempt)
    this.#answers.answer(attempt, reply)
  }

  #route(attempt: Attempt, body: string): Reply {
    const { region, verb, address, request, verdict } = attempt
    const { headers } = request
    const { settings, clock, account } = this.#options
    if (accessOf(verb, headers) === 'write') requireWritable(region)
    if (verdict.caller !== null && isBatch(headers)) {
      const lacking =
        this.#entra?.refusalOfBatch(verdict.caller, { verb, address, headers }, body) ?? null
      if (lacking !== null) throw lacking
    }
    if (
      verdict.scheme === 'key' &&
      settings.disableKeyBasedMetadataWriteAccess?.() === true &&
      isMetadataWrite(address, verb, headers)
    ) {
      throw errors.metadataWriteForbidden(verb, address.type)
    }
    const now = clock.now()
    const regionNow = attempt.now
    const { key: signer } = verdict
    const asked = { verb, address, headers, body, now, regionNow, signer, identity: this.#identity }
    return route(this.catalogue, asked, () => describeAccount(account, this.#regions))
  }
}
