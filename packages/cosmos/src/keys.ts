import type { Slot } from '@keyturn/core'
import type { FixedSource, KeyPair, Ring, Source } from '@keyturn/keyring'
import { OptionError } from './errors.ts'
import type { KeysEmitter, KeysEvents } from './events.ts'
import { checkLiteral } from './keys-option.ts'
import { type KeysStatus, keysStatus } from './status.ts'

export type { KeyStatus, KeysStatus } from './status.ts'

/** By shape: a literal of the other build of this library is one as well. */
const isFixed = (source: Source): source is FixedSource =>
  source.kind === 'fixed' && 'replace' in source

/** A client's keys, by name: which signs, how they stand, and what happens to them. */
export class ClientKeys {
  readonly #ring: Ring
  readonly #events: KeysEmitter

  /** @internal */
  constructor(ring: Ring, events: KeysEmitter) {
    this.#ring = ring
    this.#events = events
  }

  /** One synchronous sample of everything known about the keys. */
  status(): KeysStatus {
    return keysStatus(this.#ring)
  }

  /** Calls back on an event, until `off`. What a listener throws becomes a process warning. */
  on<Name extends keyof KeysEvents>(
    name: Name,
    listener: (...args: KeysEvents[Name]) => void,
  ): this {
    // The emitter's own type distributes over all names; this one is narrower.
    this.#events.on(name, listener as never)
    return this
  }

  /** Calls this listener back no more. */
  off<Name extends keyof KeysEvents>(
    name: Name,
    listener: (...args: KeysEvents[Name]) => void,
  ): this {
    this.#events.off(name, listener as never)
    return this
  }

  /** Asks the source now. Resolves when it has been read, or after a second at most. */
  async refresh(): Promise<void> {
    await this.#ring.refresh('requested')
  }

  /**
   * Other keys in place of a literal's; takes effect before it returns.
   * @throws OptionError `KEYS_NOT_LITERAL`: the keys come from a source, which alone can replace
   * them; `OPTION_INVALID`: these are no account keys.
   */
  replace(keys: KeyPair & { readonly active?: Slot }): void {
    const { source } = this.#ring
    if (!isFixed(source)) {
      throw new OptionError(
        `These keys come from a ${source.kind} source, so "replace" cannot set them. ` +
          'Change them there; the client follows.',
        'KEYS_NOT_LITERAL',
      )
    }
    source.replace(checkLiteral(keys))
  }
}
