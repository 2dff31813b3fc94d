/** Why the simulator could not start or refused a setting. Stable: match on these. */
export type SimErrorCode = 'SIM_OPTION_INVALID' | 'SIM_PORT_IN_USE' | 'SIM_PORT_REFUSED'

/** One sentence that names the thing, the cause and the remedy; `code` is the contract. */
export class SimError extends Error {
  override readonly name = 'SimError'
  readonly code: SimErrorCode

  constructor(code: SimErrorCode, message: string, options?: ErrorOptions) {
    super(message, options)
    this.code = code
  }
}
