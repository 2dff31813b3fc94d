import { storeIsDue, toStore } from '@keyturn/core'
import type { Disk } from '../ports.ts'
import type { MemberStore } from '../store.ts'

/** Brings the disk up to the state, one write at a time, each as new as can be. */
export class Recorder {
  readonly #store: MemberStore
  readonly #disk: Disk | null
  #writing: Promise<void> | null = null

  /** @param disk `null`: nothing is durable here, and the member says so. */
  constructor(store: MemberStore, disk: Disk | null) {
    this.#store = store
    this.#disk = disk
  }

  /**
   * Settles once all that was due when it was called is on the disk.
   * @throws SidecarError STATE_UNWRITABLE
   */
  async record(): Promise<void> {
    // A write that already runs may be older than what is due now: let it end, then look again.
    while (this.#disk !== null && storeIsDue(this.#store.state)) {
      this.#writing ??= this.#write(this.#disk).finally(() => {
        this.#writing = null
      })
      await this.#writing
    }
  }

  async #write(disk: Disk): Promise<void> {
    const stored = toStore(this.#store.state)
    await disk.save(stored)
    this.#store.apply({ is: 'stored', stored })
  }
}
