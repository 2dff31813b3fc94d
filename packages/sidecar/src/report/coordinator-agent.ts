import { createSecureContext } from 'node:tls'
import { Agent, type Dispatcher } from 'undici'
import { SidecarError } from '../error.ts'
import { type CoordinatorSettings, readIdentity } from './coordinator-settings.ts'

interface Identity {
  readonly ca?: string[]
  readonly cert?: string
  readonly key?: string
}

/** Connections to the coordinator: new ones once the files that they are made of have changed. */
export class CoordinatorAgent {
  readonly #settings: CoordinatorSettings
  #open: { readonly identity: string; readonly agent: Agent } | null = null

  constructor(settings: CoordinatorSettings) {
    this.#settings = settings
  }

  /** @throws SidecarError IDENTITY_UNREADABLE, unless an earlier identity serves meanwhile */
  async current(): Promise<Dispatcher> {
    try {
      const identity = await this.#identity()
      const text = JSON.stringify(identity)
      if (this.#open?.identity !== text) this.#renew(identity, text)
    } catch (error) {
      // Between two renames there may be nothing, or two halves: what was whole goes on.
      if (this.#open === null) throw error
    }
    if (this.#open === null) throw new TypeError('an agent was opened')
    return this.#open.agent
  }

  async close(): Promise<void> {
    await this.#open?.agent.destroy()
  }

  #renew(identity: Identity, text: string): void {
    checkFits(identity)
    const former = this.#open?.agent
    const agent = new Agent({
      // Two: a report with news does not wait for the one that is held.
      connections: 2,
      pipelining: 1,
      headersTimeout: 0,
      bodyTimeout: 0,
      connect: { ...identity },
    })
    this.#open = { identity: text, agent }
    // A report that is held there gets its answer.
    void former?.close()
  }

  async #identity(): Promise<Identity> {
    const { ca, caFile, certificate } = this.#settings
    const trusted = [
      ...(ca === undefined ? [] : typeof ca === 'string' ? [ca] : ca),
      ...(caFile === undefined ? [] : [await readIdentity(caFile)]),
    ]
    return {
      ...(trusted.length === 0 ? {} : { ca: trusted }),
      ...(certificate === undefined
        ? {}
        : {
            cert: await readIdentity(certificate.certFile),
            key: await readIdentity(certificate.keyFile),
          }),
    }
  }
}

/** While a certificate is renewed, its key may still be the former one. */
const checkFits = (identity: Identity): void => {
  try {
    createSecureContext({ ...identity })
  } catch (error) {
    throw new SidecarError(
      'IDENTITY_UNREADABLE',
      'The certificate for the coordinator and its key do not fit together: let whatever renews them write both.',
      error,
    )
  }
}
