import { PassThrough } from 'node:stream'
import type { Host } from '../../src/host.ts'
import { run } from '../../src/run.ts'

export interface Told {
  readonly code: number
  readonly out: string
  readonly err: string
}

/** A process around a command that is none: what it writes is kept, and it is asked to end. */
export class FakeHost implements Host {
  readonly argv: readonly string[]
  readonly env: Host['env']
  readonly stdout = new PassThrough()
  readonly stderr = new PassThrough()
  readonly #asked = new AbortController()
  readonly signal = this.#asked.signal
  out = ''
  err = ''

  constructor(argv: readonly string[], env: Host['env'] = {}) {
    this.argv = argv
    this.env = env
    this.stdout.on('data', (chunk: Buffer) => {
      this.out += chunk
    })
    this.stderr.on('data', (chunk: Buffer) => {
      this.err += chunk
    })
  }

  end(): void {
    this.#asked.abort('SIGINT')
  }

  /** Resolves once it has written that to standard output. */
  async says(words: string): Promise<void> {
    while (!this.out.includes(words)) {
      await new Promise(resolve => this.stdout.once('data', resolve))
    }
  }
}

/** Runs one command to its end. */
export const keyturn = async (argv: readonly string[], env: Host['env'] = {}): Promise<Told> => {
  const host = new FakeHost(argv, env)
  const code = await run(host)
  // What was written last is read in a later turn.
  await new Promise(resolve => setImmediate(resolve))
  return { code, out: host.out, err: host.err }
}
