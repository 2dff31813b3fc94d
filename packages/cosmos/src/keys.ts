import type { Slot } from '@keyturn/core'
import type { FixedSource, KeyPair, Ring, Source } from '@keyturn/keyring'
import type { Engine } from './engine/engine.ts'
import { clientClosed, keysUnavailable, OptionError } from './errors.ts'
import type { KeysEmitter, KeysEvents } from './events.ts'
import { checkLiteral } from './keys-option.ts'
import { type KeysStatus, keysStatus } from './status.ts'

export type { KeyStatus, KeysStatus } from './status.ts'

/** By shape: a literal of the other build of this library is one as well. */
const isFixed = (source: Source): source is FixedSource =>
  source.kind === 'fixed' && 'replace' in source

/** A pod that joins its fleet, and a vault behind a slow sign-in, are there within this. */
const readyMs = 30_000

/** A client's keys, by name: which signs, how they stand, and what happens to them. */
export class ClientKeys {
  readonly #ring: Ring
  readonly #events: KeysEmitter
  readonly #closing: AbortSignal

  /** @internal */
  constructor({ ring, events, closing }: Pick<Engine, 'ring' | 'events' | 'closing'>) {
    this.#ring = ring
    this.#events = events
    this.#closing = closing
  }

  /**
   * Resolves once there is a keyset to sign with; at once where there is one. Operations wait for
   * their first keyset as well, but only for a second each: this is for the start of a process.
   * @param withinMs - the longest that it waits, in ms; default 30,000.
   * @throws KeysError `KEYS_UNAVAILABLE`: none has come by then. The client goes on all the same;
   * `CLIENT_CLOSED`: the client was closed meanwhile.
   */
  async ready(withinMs: number = readyMs): Promise<void> {
    const keyset = await this.#ring.whenKeyset(withinMs, this.#closing).catch(() => null)
    if (this.#closing.aborted) throw clientClosed()
    if (keyset !== null) return
    const { kind, lastError } = this.#ring.sourceStatus()
    throw keysUnavailable(withinMs, lastError ?? `source ${kind} is silent`)
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
