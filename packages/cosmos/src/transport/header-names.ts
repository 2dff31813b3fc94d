/** More names than any service writes; what comes beyond is read anew each time. */
const namesMax = 512

interface Known {
  readonly bytes: Buffer
  readonly name: string
}

const isSame = (a: Buffer, b: Buffer): boolean => {
  if (a.length !== b.length) return false
  for (let at = 0; at < a.length; at += 1) if (a[at] !== b[at]) return false
  return true
}

/**
 * Names of headers in lower case, by their bytes. A service writes the same thirty names in every
 * answer: each is made a string once, and found again without making one.
 */
export class HeaderNames {
  readonly #byShape = new Map<number, Known[]>()
  #size = 0

  nameOf(bytes: Buffer): string {
    const shape = this.#shapeOf(bytes)
    const alike = this.#byShape.get(shape)
    if (alike !== undefined) {
      for (const known of alike) if (isSame(known.bytes, bytes)) return known.name
    }
    const name = bytes.toString('latin1').toLowerCase()
    if (this.#size >= namesMax) return name
    this.#size += 1
    // The bytes are copied: they lie in the buffer of a whole answer.
    const known = { bytes: Buffer.from(bytes), name }
    if (alike === undefined) this.#byShape.set(shape, [known])
    else alike.push(known)
    return name
  }

  /** Length, a letter in the middle and the last one tell almost all names apart. */
  #shapeOf(bytes: Buffer): number {
    const { length } = bytes
    return (length << 16) | ((bytes[length >> 1] ?? 0) << 8) | (bytes[length - 1] ?? 0)
  }
}
