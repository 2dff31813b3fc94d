import { X509Certificate } from 'node:crypto'
import { readFileSync } from 'node:fs'
import type { Server } from 'node:https'
import type { Socket } from 'node:net'
import { createSecureContext, type SecureContextOptions } from 'node:tls'
import type { Logger } from 'pino'
import type { Listen } from '../access/options.ts'
import type { WallClock } from '../ports.ts'

type TlsFiles = NonNullable<Listen['tls']>

const read = ({ cert, key, clientCa }: TlsFiles): SecureContextOptions => ({
  cert: readFileSync(cert, 'utf8'),
  key: readFileSync(key, 'utf8'),
  ...(clientCa === undefined ? {} : { ca: authorityIn(readFileSync(clientCa, 'utf8')) }),
  minVersion: 'TLSv1.2',
})

/**
 * A file that is just being written may be empty, and for Node no authority means every public one:
 * whoever bought a certificate somewhere would be let in.
 * @throws where no certificate stands in it
 */
const authorityIn = (pem: string): string => {
  new X509Certificate(pem)
  return pem
}

const sameText = (a: SecureContextOptions, b: SecureContextOptions): boolean =>
  a.cert === b.cert && a.key === b.key && a.ca === b.ca

/**
 * Certificate, key and authority as their files have them. While certificates are renewed, one
 * file may be new and the other old: what does not fit together is not taken, but looked at again.
 */
export class CertificateFiles {
  readonly #files: TlsFiles
  readonly #met = new WeakMap<Socket, number>()
  #taken: SecureContextOptions
  #generation = 0

  /** @throws where a file cannot be read, holds no certificate, or they do not fit together. */
  constructor(files: TlsFiles) {
    this.#files = files
    this.#taken = read(files)
    createSecureContext(this.#taken)
  }

  get context(): SecureContextOptions {
    return this.#taken
  }

  /**
   * A connection that was opened under former files ends with its next answer: whoever was let in
   * by an authority that is trusted no more is asked anew.
   */
  handle(server: Server): void {
    server.on('secureConnection', socket => this.#met.set(socket, this.#generation))
    server.on('request', ({ socket }, response) => {
      if (this.#met.get(socket) !== this.#generation) response.setHeader('connection', 'close')
    })
  }

  /** Looks at the files until the signal; connections from then on are met with what is new. */
  async follow(
    server: Pick<Server, 'setSecureContext' | 'closeIdleConnections'>,
    { clock, log, signal }: { clock: WallClock; log: Logger; signal: AbortSignal },
  ): Promise<void> {
    let isWell = true
    while (!signal.aborted) {
      await clock.sleep(this.#files.rereadMs, signal)
      if (signal.aborted) return
      try {
        if (this.#look(server)) log.info({ event: 'certificate-renewed' })
        isWell = true
      } catch (error) {
        const reason = error instanceof Error && 'code' in error ? error.code : 'unreadable'
        if (isWell) log.warn({ event: 'certificate-unusable', reason })
        isWell = false
      }
    }
  }

  #look(server: Pick<Server, 'setSecureContext' | 'closeIdleConnections'>): boolean {
    const found = read(this.#files)
    if (sameText(found, this.#taken)) return false
    createSecureContext(found)
    server.setSecureContext(found)
    this.#taken = found
    this.#generation += 1
    server.closeIdleConnections()
    return true
  }
}
