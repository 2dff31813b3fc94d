import { grants } from '../../entra/principals.ts'
import type { Verified } from '../../entra/tokens.ts'
import type { ServiceError } from '../errors.ts'
import { isObject, type JsonObject, parseJson } from '../json.ts'
import type { Credentials, EntraCaller, Verdict } from '../verdict.ts'
import { type Act, actionsFor, actionsOfBatch, type DataAction } from './data-actions.ts'
import { isDataRole } from './data-roles.ts'
import { notByToken, notGranted, type Refuser, tokenRefusal } from './entra-refusals.ts'

/** Azure's roles on the account do not count here: only what was given by name, and data roles. */
const mayDo = ({ actions, roles }: EntraCaller, action: DataAction): boolean =>
  grants(actions, action) || roles.some(role => isDataRole(role) && grants(role.actions, action))

/** What the data plane asks of whoever signs and verifies tokens for the whole simulator. */
export interface TokenVerifier {
  verify(
    header: string,
    audiences: readonly string[],
    moment: { readonly now: number },
  ): Promise<Verified>
}

export interface EntraGateOptions {
  readonly verifier: TokenVerifier
  readonly accountName: string
  /** What a token may be intended for: the account's endpoint, and Cosmos DB as such. */
  readonly audiences: () => readonly string[]
}

interface Known {
  readonly caller: EntraCaller
  readonly expiresAt: number
}

/** So many tokens are remembered; the oldest is forgotten, and then verified again. */
const knownMax = 1_000

/**
 * Decides over tokens of Entra. A signature of RSA is verified once for each token; its dates, and
 * what its principal may do, at each request.
 */
export class EntraGate {
  readonly #options: EntraGateOptions
  readonly #known = new Map<string, Known>()

  constructor(options: EntraGateOptions) {
    this.#options = options
  }

  judge(token: string, request: Credentials): Verdict | Promise<Verdict> {
    const known = this.#known.get(token)
    if (known === undefined) return this.#meet(token, request)
    if (known.expiresAt > request.now) return this.#admit(known.caller, request)
    this.#known.delete(token)
    const { expiresAt: expiredAt } = known
    return refused(
      tokenRefusal(
        this.#refuser,
        { why: 'expired', expiredAt, now: request.now },
        true,
        request.now,
      ),
    )
  }

  /** What the operations within a batch still need. */
  refusalOfBatch(caller: EntraCaller, act: Act, body: string): ServiceError | null {
    return this.#lacking(caller, act, actionsOfBatch(body))
  }

  get #refuser(): Refuser {
    const { accountName, audiences } = this.#options
    return { accountName, audiences: audiences() }
  }

  async #meet(token: string, request: Credentials): Promise<Verdict> {
    const refuser = this.#refuser
    const { now } = request
    const claims = claimsOf(token)
    const verified = await this.#options.verifier.verify(`Bearer ${token}`, refuser.audiences, {
      now,
    })
    if ('problem' in verified) {
      return refused(tokenRefusal(refuser, verified.problem, claims !== undefined, now))
    }
    const found = String(claims?.['aud'])
    // A slash too many is another audience (azure-sdk-for-java issue 42800).
    if (!refuser.audiences.includes(found)) {
      return refused(tokenRefusal(refuser, { why: 'audience', found }, true, now))
    }
    const { principal: caller } = verified.caller
    this.#remember(token, { caller, expiresAt: Number(claims?.['exp']) * 1_000 })
    return this.#admit(caller, request)
  }

  #remember(token: string, known: Known): void {
    this.#known.set(token, known)
    if (this.#known.size <= knownMax) return
    for (const oldest of this.#known.keys()) {
      this.#known.delete(oldest)
      break
    }
  }

  #admit(caller: EntraCaller, act: Act): Verdict {
    const needed = actionsFor(act)
    const refusal =
      needed === undefined ? notByToken(this.#refuser, act) : this.#lacking(caller, act, needed)
    return { scheme: 'entra', key: null, caller, refusal }
  }

  #lacking(caller: EntraCaller, act: Act, needed: readonly DataAction[]): ServiceError | null {
    const lacking = needed.find(action => !mayDo(caller, action))
    if (lacking === undefined) return null
    return notGranted(this.#refuser, caller.objectId, lacking, act)
  }
}

const refused = (refusal: ServiceError): Verdict => ({
  scheme: 'entra',
  key: null,
  caller: null,
  refusal,
})

/** What a token says, whoever signed it; `undefined` where it is no token. */
function claimsOf(token: string): JsonObject | undefined {
  const [, payload, signature, ...more] = token.split('.')
  if (payload === undefined || signature === undefined || more.length > 0) return undefined
  const claims = parseJson(Buffer.from(payload, 'base64url').toString('utf8'))
  return isObject(claims) ? claims : undefined
}
