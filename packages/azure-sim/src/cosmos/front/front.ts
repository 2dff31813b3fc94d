import { randomUUID } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Region } from '../../account/types.ts'
import type { Outage } from '../../weather/region-weather.ts'
import { RegionsWeather } from '../../weather/regions-weather.ts'
import { describeAccount } from '../account-read.ts'
import { parseAddress } from '../address.ts'
import { type AuthenticationRules, authenticate, defaultDateWindow } from '../authenticate.ts'
import { Catalogue } from '../catalogue/catalogue.ts'
import { ClockSkew } from '../clock-skew.ts'
import type { CosmosOptions } from '../cosmos-options.ts'
import { ServiceError } from '../errors.ts'
import { faultError, unavailable } from '../fault-errors.ts'
import { type Fault, Faults } from '../faults.ts'
import { EntraGate, type TokenVerifier } from '../identity/entra-gate.ts'
import { Identity } from '../identity/identity.ts'
import { RegionLag } from '../replication/region-lag.ts'
import { errorReply, type Reply, send } from '../reply.ts'
import { readBody } from '../request.ts'
import { route } from '../routes/router.ts'
import type { Verdict } from '../verdict.ts'
import { Answers } from './answer.ts'
import type { Attempt } from './attempt.ts'
import { blockedByFirewall, regionGone, servingRegion } from './region-rules.ts'
import { Rules } from './rules.ts'

/** The header by which a caller names the operation that a request, and its retries, belong to. */
const operationHeader = 'x-azure-sim-operation'

/** What a request goes through in every region: its signature, the weather, the rules, its route. */
export class Front {
  readonly faults: Faults
  readonly weather: RegionsWeather
  readonly catalogue: Catalogue
  readonly clockSkew = new ClockSkew()
  readonly #identity: Identity
  readonly #options: CosmosOptions
  readonly #authentication: AuthenticationRules
  readonly #rules: Rules
  readonly #answers: Answers
  #entra: EntraGate | undefined

  constructor(options: CosmosOptions) {
    const { keys, chance, clock, settings, resourceTokensDieWithKey = true } = options
    this.#options = options
    this.weather = options.regionsWeather ?? new RegionsWeather(chance, clock)
    const topology = options.topology ?? (() => ({ version: 0, hub: 1 }))
    const lag = new RegionLag(this.weather, chance, () => this.#regions, topology)
    this.catalogue = new Catalogue(lag)
    const { catalogue } = this
    this.#identity = new Identity({ catalogue, keys, tokensDieWithKey: resourceTokensDieWithKey })
    this.#authentication = {
      keys,
      tokens: this.#identity.tokens,
      entra: () => this.#entra,
      window: { ...defaultDateWindow, ...options.dateWindow },
      disableLocalAuth: () => settings.disableLocalAuth(),
    }
    this.#rules = new Rules(settings, catalogue, lag)
    this.#answers = new Answers(clock, options.witness, this.clockSkew)
    this.faults = new Faults(chance, options.weather)
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

  /** Checks the signature. `null` where the request has been answered, or never will be. */
  #receive(
    regionName: string | null,
    request: IncomingMessage,
    response: ServerResponse,
  ): Attempt | null | Promise<Attempt | null> {
    const region = servingRegion(this.#regions, regionName)
    const verb = request.method ?? 'GET'
    const activityId = randomUUID()
    const { settings, account } = this.#options
    const turnAway = (error: ServiceError): null => {
      request.resume()
      const now = this.#nowIn(regionName ?? '')
      send(response, errorReply(error, activityId), { activityId, now, withBody: verb !== 'HEAD' })
      return null
    }
    if (region === undefined) {
      return turnAway(regionName === null ? unavailable() : regionGone(account.name, regionName))
    }
    if (settings.privateOnly?.()) {
      return turnAway(blockedByFirewall(request.socket.remoteAddress ?? 'unknown'))
    }
    const address = parseAddress(request.url ?? '/')
    const { headers } = request
    const now = this.#nowIn(region.name)
    const asked = { region: region.name, verb, address, headers, now }
    const verdict = authenticate(this.#authentication, asked)
    const admit = (verdict: Verdict): Attempt | null => {
      const attempt = { region, verb, address, activityId, request, response, now, verdict }
      const outage = this.weather.outage(region.name)
      if (outage === 'none' && verdict.refusal === null) return attempt
      if (outage !== 'none') this.#fail(attempt, outage)
      else if (verdict.refusal !== null) this.#refuse(attempt, verdict.refusal)
      return null
    }
    return verdict instanceof Promise ? verdict.then(admit) : admit(verdict)
  }

  #nowIn(region: string): number {
    return this.#options.clock.now() + this.clockSkew.of(region)
  }

  #refuse(attempt: Attempt, refusal: ServiceError): void {
    this.#answers.answer(attempt, errorReply(refusal, attempt.activityId))
  }

  /** The whole endpoint is out of order, whoever asks and whatever for. */
  #fail(attempt: Attempt, outage: Outage): void {
    if (outage === 'unavailable') this.#refuse(attempt, unavailable())
    else if (outage === 'hang') this.#answers.ignore(attempt)
    else this.#answers.reset(attempt)
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
    if (refused !== null) return this.#refuse(attempt, refused)
    let reply: Reply
    try {
      const body = verb === 'GET' || verb === 'HEAD' ? '' : await readBody(request)
      if (fault?.kind === 'slow') await this.#options.clock.sleep(fault.ms)
      reply = this.#route(attempt, body)
    } catch (error) {
      if (!(error instanceof ServiceError)) throw error
      reply = errorReply(error, activityId)
    }
    if (fault?.kind === 'resetAfter') return this.#answers.reset(attempt)
    this.#answers.answer(attempt, reply)
  }

  #route(attempt: Attempt, body: string): Reply {
    const { verb, address, request, verdict, now: regionNow } = attempt
    const now = this.#options.clock.now()
    const consistency = this.#rules.admit(attempt, body, now, this.#entra)
    return route(
      this.catalogue,
      {
        verb,
        address,
        headers: request.headers,
        body,
        region: attempt.region.name,
        consistency,
        now,
        regionNow,
        signer: verdict.key,
        identity: this.#identity,
      },
      () => describeAccount(this.#options.account, this.#regions, this.#rules.consistency),
    )
  }
}
