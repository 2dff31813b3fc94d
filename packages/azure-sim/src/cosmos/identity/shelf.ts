/** What users and permissions have in common: a name that may change, and a rid that may not. */
export interface Entry {
  readonly id: string
  readonly rid: string
  readonly etag: string
  /** Seconds since the epoch. */
  readonly ts: number
}

/** The users of one database, or the permissions of one user. */
export class Shelf<T extends Entry> {
  readonly #byId = new Map<string, T>()
  readonly #byRid = new Map<string, T>()
  #changes = 0

  get all(): readonly T[] {
    return [...this.#byRid.values()]
  }

  /** How many changes there were: the next one's number, for its etag and rid. */
  next(): number {
    this.#changes += 1
    return this.#changes
  }

  find(name: string, byRid: boolean): T | undefined {
    return (byRid ? this.#byRid : this.#byId).get(name)
  }

  /** Adds an entry, or puts it in the place of the former one, whose name may be another. */
  put(entry: T, former?: T): void {
    if (former !== undefined) this.#byId.delete(former.id)
    this.#byId.set(entry.id, entry)
    this.#byRid.set(entry.rid, entry)
  }

  remove(entry: T): void {
    this.#byId.delete(entry.id)
    this.#byRid.delete(entry.rid)
  }
}
