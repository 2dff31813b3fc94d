import { storeIsDue, toStore } from '@keyturn/core'
import type { MemberStore } from '../store.ts'
import type { StateFile } from './state-file.ts'

/** Brings the disk up to the state, one write at a time, each as new as can be. */
export class Recorder {
  readonly #store: MemberStore
  readonly #file: StateFile | null
  #writing: Promise<void> | null = null

  /** @param file `null`: nothing is durable here, and the member says so. */
  constructor(store: MemberStore, file: StateFile | null) {
    this.#store = store
    this.#file = file
  }

  /**
   * Settles once all that was due when it was called is on the disk.
   * @throws SidecarError STATE_UNWRITABLE
   */
  async record(): Promise<void> {
    // A write that already runs may be older than what is due now: let it end, then look again.
    while (this.#file !== null && storeIsDue(this.#store.state)) {
      this.#writing ??= this.#write(this.#file).finally(() => {
        this.#writing = null
      })
      await this.#writing
    }
  }

  async #write(file: StateFile): Promise<void> {
    const stored = toStore(this.#store.state)
    await file.save(stored)
    this.#store.apply({ is: 'stored', stored })
  }
}
