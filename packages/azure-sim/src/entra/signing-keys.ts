import { createHash, generateKeyPair, type KeyObject } from 'node:crypto'
import { promisify } from 'node:util'
import { exportJWK, type JWK, type JWTPayload, SignJWT } from 'jose'

const algorithm = 'RS256'

interface SigningKey {
  readonly id: string
  readonly privateKey: KeyObject
  readonly publicKey: KeyObject
}

/**
 * The keys of one token issuer. One signs; those before it stay published until they are retired,
 * and the next one is published before it signs, as Entra does.
 */
export class SigningKeys {
  #current: SigningKey
  #former: SigningKey[] = []
  /** Made only when somebody asks: a key pair costs a fifth of a second of a processor. */
  #next: Promise<SigningKey> | undefined

  private constructor(current: SigningKey) {
    this.#current = current
  }

  static async make(): Promise<SigningKeys> {
    return new SigningKeys(await newKey())
  }

  /** The public half of the key with this id, as long as it is published. */
  find(id: unknown): KeyObject | undefined {
    return [this.#current, ...this.#former].find(key => key.id === id)?.publicKey
  }

  /** What `jwks_uri` answers. */
  async published(): Promise<readonly JWK[]> {
    const keys = [this.#current, await this.#prepared(), ...this.#former]
    return Promise.all(
      keys.map(async ({ id, publicKey }) => ({
        ...(await exportJWK(publicKey)),
        use: 'sig',
        alg: algorithm,
        kid: id,
        x5t: id,
      })),
    )
  }

  /** Signs with the next key from now on. */
  async rotate(): Promise<void> {
    const next = await this.#prepared()
    this.#next = undefined
    this.#former = [this.#current, ...this.#former]
    this.#current = next
  }

  /** Takes back all former keys: tokens that they signed are good no more. */
  retire(): void {
    this.#former = []
  }

  /** `as: 'entra'` names the key by its certificate, too; Kubernetes has no certificates. */
  sign(claims: JWTPayload, as: 'entra' | 'kubernetes' = 'entra'): Promise<string> {
    const { id, privateKey } = this.#current
    const x5t = as === 'entra' ? { x5t: id } : {}
    const header = { alg: algorithm, typ: 'JWT', kid: id, ...x5t }
    return new SignJWT(claims).setProtectedHeader(header).sign(privateKey)
  }

  #prepared(): Promise<SigningKey> {
    this.#next ??= newKey()
    return this.#next
  }
}

async function newKey(): Promise<SigningKey> {
  const keys = await promisify(generateKeyPair)('rsa', { modulusLength: 2048 })
  const spki = keys.publicKey.export({ type: 'spki', format: 'der' })
  return { id: createHash('sha256').update(spki).digest('base64url').slice(0, 27), ...keys }
}
