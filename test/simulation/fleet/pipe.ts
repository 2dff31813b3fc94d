/** What one side writes and the other reads as it comes. */
export class Pipe implements AsyncIterable<string> {
  onDrop: () => void = () => {}
  readonly #chunks: string[] = []
  #failure: { readonly error: unknown } | null = null
  #wake: (() => void) | null = null

  push(text: string): void {
    this.#chunks.push(text)
    this.#wake?.()
  }

  /** What was pushed before is still read. */
  fail(error: unknown): void {
    this.#failure ??= { error }
    this.#wake?.()
  }

  drop(): void {
    this.onDrop()
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<string> {
    for (;;) {
      const chunk = this.#chunks.shift()
      if (chunk !== undefined) yield chunk
      else if (this.#failure !== null) throw this.#failure.error
      else {
        await new Promise<void>(resolve => {
          this.#wake = resolve
        })
        this.#wake = null
      }
    }
  }
}
