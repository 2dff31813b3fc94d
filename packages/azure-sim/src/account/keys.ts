import { createHash, createHmac, createSecretKey, randomBytes } from 'node:crypto'
import type { AccountKey, KeyKind } from './types.ts'

/** 64 bytes for one generation of one key. */
export type DrawKey = (kind: KeyKind, generation: number) => Buffer

/** Unpredictable, as the service's are. */
export const randomKeys: DrawKey = () => randomBytes(64)

/** The same keys for the same seed, so that a run can be replayed to the byte. */
export function seededKeys(seed: number): DrawKey {
  return (kind, generation) =>
    createHmac('sha512', `azure-sim account keys, seed ${seed}`)
      .update(`${kind}:${generation}`)
      .digest()
}

export function makeKey(draw: DrawKey, kind: KeyKind, generation: number): AccountKey {
  const bytes = draw(kind, generation)
  const value = bytes.toString('base64')
  const key: AccountKey = {
    kind,
    generation,
    value,
    secret: createSecretKey(bytes),
    readOnly: kind === 'primaryReadonly' || kind === 'secondaryReadonly',
    thumbprint: createHash('sha256').update(value).digest('hex').slice(0, 16),
  }
  // A key names itself in logs; its value is for whoever asks for it by name.
  return Object.defineProperties(key, {
    value: { enumerable: false },
    secret: { enumerable: false },
  })
}
