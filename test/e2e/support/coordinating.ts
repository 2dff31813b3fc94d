import type { AzureSim } from '@keyturn/azure-sim'
import { Coordinator, type CoordinatorConfig } from '@keyturn/coordinator'
import type { PhaseName } from '@keyturn/core'
import { type AccountStatus, accountStatusSchema } from '@keyturn/protocol'
import { pino } from 'pino'

/** A coordinator that comes and goes, and may end in the step that enters a phase. */
export class Coordinating {
  readonly #azure: AzureSim
  readonly #config: CoordinatorConfig
  #running: Coordinator | null = null
  #last: { readonly phase: PhaseName; readonly ended: () => void } | null = null

  constructor(azure: AzureSim, config: CoordinatorConfig) {
    this.#azure = azure
    this.#config = config
  }

  async start(): Promise<void> {
    const { credential } = this.#azure
    const log = pino({}, { write: line => this.#heard(JSON.parse(line)) })
    this.#running = await new Coordinator({ config: this.#config, credential, log }).start()
  }

  async stop(): Promise<void> {
    const running = this.#running
    this.#running = null
    await running?.stop()
  }

  /** Resolves once it has ended, which it does as soon as the journal says that phase. */
  endsIn(phase: PhaseName): Promise<void> {
    return new Promise(ended => {
      this.#last = { phase, ended }
    })
  }

  #heard({ event, facts }: { event?: string; facts?: { phase?: { at?: string } } }): void {
    const last = this.#last
    const entered = event === 'phase-entered' ? facts?.phase?.at : undefined
    // A rotation begins in preflight, which no event enters.
    const at = event === 'rotation-started' ? 'preflight' : entered
    if (last === null || at !== last.phase) return
    this.#last = null
    // In the middle of the turn, which is seen to its end: whoever ends waits for that.
    setImmediate(() => void this.stop().then(last.ended))
  }

  async ask(method: string, path: string, body?: object): Promise<AccountStatus> {
    const coordinator = this.#running
    if (!coordinator) throw new Error('no coordinator runs')
    const response = await fetch(`${coordinator.url}/v1/accounts/orders${path}`, {
      method,
      headers: {
        authorization: `Bearer ${coordinator.tokens.operator}`,
        'content-type': 'application/json',
      },
      ...(body ? { body: JSON.stringify(body) } : {}),
    })
    return accountStatusSchema.parse(await response.json())
  }

  async until(holds: (status: AccountStatus) => boolean): Promise<AccountStatus> {
    for (;;) {
      const status = await this.ask('GET', '')
      if (holds(status)) return status
    }
  }

  get memberToken(): string {
    return this.#running?.tokens.member ?? 'nobody'
  }
}
