import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { exportJWK, generateKeyPair, type JWTPayload, SignJWT } from 'jose'

type KeyPair = Awaited<ReturnType<typeof generateKeyPair>>

interface Kept extends KeyPair {
  readonly kid: string
}

/** An OpenID Connect issuer on loopback: discovery, keys that rotate, and tokens. */
export class Issuer {
  readonly url: string
  readonly #server: Server
  #keys: readonly Kept[] = []
  #made = 0
  /** How often its keys were read. */
  reads = 0
  /** Whether it answers. */
  isAway = false
  /** It answers no sooner. */
  held: Promise<unknown> = Promise.resolve()
  /** What its discovery document calls it. */
  says: string
  /** Where that document says that its keys are. */
  keysAt: string

  private constructor(server: Server) {
    this.#server = server
    this.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
    this.says = this.url
    this.keysAt = `${this.url}/keys`
  }

  static async start(): Promise<Issuer> {
    const server = createServer()
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    const issuer = new Issuer(server)
    await issuer.rotate()
    server.on('request', async (request, response) => {
      await issuer.held
      if (issuer.isAway) {
        response.writeHead(503).end()
        return
      }
      const answer = await issuer.#answer(request.url ?? '/')
      response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(answer))
    })
    return issuer
  }

  /** Signs with a new key from now on; the ones before are published no more. */
  async rotate(): Promise<void> {
    this.#made += 1
    this.#keys = [{ kid: `key-${this.#made}`, ...(await generateKeyPair('ES256')) }]
  }

  /** A token that holds for five minutes, but for what is asked otherwise. */
  async token(claims: JWTPayload): Promise<string> {
    const [key] = this.#keys
    if (key === undefined) throw new TypeError('an issuer has a key')
    const now = Math.floor(Date.now() / 1000)
    return new SignJWT({ iss: this.url, aud: 'keyturn', iat: now, exp: now + 300, ...claims })
      .setProtectedHeader({ alg: 'ES256', kid: key.kid })
      .sign(key.privateKey)
  }

  /** The JSON Web Key of the key that signs now. */
  async publicJwk(): Promise<Record<string, unknown>> {
    const [key] = this.#keys
    return key === undefined ? {} : { ...(await exportJWK(key.publicKey)), kid: key.kid }
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections()
    await new Promise(resolve => this.#server.close(resolve))
  }

  async #answer(path: string): Promise<unknown> {
    if (path.endsWith('/openid-configuration')) {
      return { issuer: this.says, jwks_uri: this.keysAt }
    }
    this.reads += 1
    const keys = this.#keys.map(async ({ kid, publicKey }) => ({
      ...{ ...(await exportJWK(publicKey)), kid, use: 'sig', alg: 'ES256' },
    }))
    return { keys: await Promise.all(keys) }
  }
}
