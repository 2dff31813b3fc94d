/** One change to one source file, as text: it removes one rule. */
export interface Sabotage {
  readonly name: string
  /** How its URL ends. */
  readonly file: string
  /** Must stand there exactly once. */
  readonly find: string
  readonly replace: string
}

/** Rules without which some schedule breaks the promise; each must be noticed. */
export const sabotages: readonly Sabotage[] = [
  {
    name: 'a fence does not hold on failover',
    file: '/core/src/client/choice.ts',
    find: 'slot => !isFenced(keyset, slot) && !attempt.tried',
    replace: 'slot => !attempt.tried',
  },
  {
    name: 'an attempt signs, and only then takes its time',
    file: '/cosmos/src/engine/attempt.ts',
    find: 'const response = await transport.send(',
    replace: 'await this.#parts.clock.sleep(20)\n      const response = await transport.send(',
  },
  {
    name: 'a ring takes an older keyset',
    file: '/core/src/client/ring.ts',
    find: "if (offered.version < held.version) return refuse('older-version')",
    replace: '',
  },
  {
    name: 'the other key is not tried',
    file: '/core/src/client/choice.ts',
    find: 'const order = [active, otherSlot(active)]',
    replace: 'const order = [active]',
  },
  {
    name: 'the source is not asked',
    file: '/core/src/client/choice.ts',
    find: "if (!attempt.refreshed) return 'refresh'",
    replace: '',
  },
  {
    name: 'what is known to be refused is never tried again',
    file: '/core/src/client/choice.ts',
    find: "return open[0] ?? 'exhausted'",
    replace: "return 'exhausted'",
  },
  {
    name: 'a first keyset is not waited for',
    file: '/cosmos/src/engine/key-wait.ts',
    find: 'limits.keysetWaitMsMax - this.#waitedMs',
    replace: '0',
  },
  {
    name: 'an ambiguous 401 is final',
    file: '/cosmos/src/engine/patience.ts',
    find: 'const waitMs = limits.ambiguousRetryMs[this.#rounds]',
    replace: 'const waitMs = limits.ambiguousRetryMs[99]',
  },
  {
    name: 'an account read that says nothing counts as a refusal',
    file: '/cosmos/src/engine/patience.ts',
    find: "(await abortable(asked, this.#signal)) === 'refused'",
    replace: "(await abortable(asked, this.#signal)) !== 'accepted'",
  },
  {
    name: 'the date is not corrected',
    file: '/cosmos/src/engine/date.ts',
    find: 'this.#offsetMs = offset\n',
    replace: '',
  },
  {
    name: 'a key that was replaced stays refused',
    file: '/core/src/client/refusals.ts',
    find: 'if (!held.includes(fingerprint)) return refusals\n',
    replace: '',
  },
  {
    name: 'an attempt that was refused stays in flight',
    file: '/keyring/src/ring/ring.ts',
    find: 'meter.inFlight -= 1',
    replace: 'meter.inFlight -= meter.retired ? 0 : 1',
  },
  {
    name: 'a read-only key is tried again alone, for a write as well',
    file: '/cosmos/src/engine/patience.ts',
    find: 'if (!this.#write || ring.hasWritten(fingerprint)) break',
    replace: 'break',
  },
  {
    name: 'a swap that does not help is the last word',
    file: '/cosmos/src/engine/attempt.ts',
    find: "this.#refreshed = (await wait.fresh()) !== 'swapped'",
    replace: 'this.#refreshed = true\n        await wait.fresh()',
  },
  {
    name: 'a read of the source that began before the question counts as its answer',
    file: '/keyring/src/ring/refresher.ts',
    find: 'const looked = this.#reads',
    replace: 'const looked = false',
  },
]
