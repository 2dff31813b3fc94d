import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'
import type { Secret } from './store.ts'

const algorithm = 'aes-256-gcm'
const ivBytes = 12
const tagBytes = 16

/** Backups that only the vault that made them can read, as Key Vault's are opaque to their holder. */
export class Backups {
  readonly #key = randomBytes(32)

  seal(secret: Secret): string {
    const iv = randomBytes(ivBytes)
    const cipher = createCipheriv(algorithm, this.#key, iv)
    const sealed = Buffer.concat([cipher.update(JSON.stringify(secret)), cipher.final()])
    return Buffer.concat([iv, cipher.getAuthTag(), sealed]).toString('base64url')
  }

  /** The secret, or nothing where this vault did not make the backup. */
  open(backup: string): Secret | undefined {
    const bytes = Buffer.from(backup, 'base64url')
    if (bytes.length <= ivBytes + tagBytes) return undefined
    const decipher = createDecipheriv(algorithm, this.#key, bytes.subarray(0, ivBytes))
    decipher.setAuthTag(bytes.subarray(ivBytes, ivBytes + tagBytes))
    try {
      const text = decipher.update(bytes.subarray(ivBytes + tagBytes), undefined, 'utf8')
      return JSON.parse(text + decipher.final('utf8')) as Secret
    } catch {
      return undefined
    }
  }
}
