import { storeIsDue, toStore } from '@keyturn/core'
import type { Disk } from '../ports.ts'
import type { MemberStore } from '../store.ts'

/** Brings the disk up to the state, one write at a time, each as new as can be. */
export class Recorder {
  readonly #store: MemberStore
  readonly #disk: Disk | null
  #writing: Promise<void> | null = null
  /** The write that waits for the one that runs, and takes with it all that is due by then. */
  #next: Promise<void> | null = null

  /** @param disk `null`: nothing is durable here, and the member says so. */
  constructor(store: MemberStore, disk: Disk | null) {
    this.#store = store
    this.#disk = disk
  }

  /**
   * Settles once all that was due when it was called is on the disk: with the next write, whatever
   * becomes due meanwhile, so that a crowd of clients does not hold up its first.
   * @throws SidecarError STATE_UNWRITABLE
   */
  async record(): Promise<void> {
    if (this.#disk === null || !storeIsDue(this.#store.state)) return
    // A write that already runs may be older than what is due now.
    const earlier = this.#writing?.catch(() => undefined)
    this.#next ??= this.#start(this.#disk, earlier)
    await this.#next
  }

  async #start(disk: Disk, earlier: Promise<void> | undefined): Promise<void> {
    await earlier
    this.#writing = this.#next
    this.#next = null
    try {
      if (storeIsDue(this.#store.state)) await this.#write(disk)
    } finally {
      this.#writing = null
    }
  }

  async #write(disk: Disk): Promise<void> {
    const stored = toStore(this.#store.state)
    await disk.save(stored)
    this.#store.apply({ is: 'stored', stored })
  }
}
