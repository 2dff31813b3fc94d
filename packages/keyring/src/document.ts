import { type KeysetDocument, keysetDocumentSchema } from '@keyturn/protocol'
import { Key } from './key.ts'
import type { LiveKeyset } from './source.ts'

/** A text that is not a keyset. Its message names places and rules, never a value. */
export class KeysetError extends Error {
  readonly code = 'KEYSET_INVALID'

  constructor(why: string) {
    super(
      `This is not a keyset: ${why}. Write a keyturn/v1 document, for example with ` +
        '"keyturn publish --from-arm"; the keyset held so far stays in use.',
    )
    this.name = 'KeysetError'
  }
}

interface Issue {
  readonly code: string
  readonly path: readonly PropertyKey[]
  readonly message: string
}

/**
 * Our own refinements and zod's type messages speak of rules. The few that repeat what they found,
 * such as names of unknown properties, are left out: a misplaced key may stand in one.
 */
const sentence = ({ code, path, message }: Issue): string => {
  const where = path.length === 0 ? 'the document' : path.join('.')
  if (code === 'unrecognized_keys') return `${where} has unknown properties`
  return code === 'custom' ? `${where} ${message}` : `${where} is missing or malformed`
}

/** A document, already checked against its schema, with its keys made able to sign. */
export const keysetFromDocument = (document: KeysetDocument): LiveKeyset => {
  const { schema: _, keys, ...rest } = document
  return Object.freeze({
    ...rest,
    keys: Object.freeze({ primary: new Key(keys.primary), secondary: new Key(keys.secondary) }),
  })
}

/** A keyset as it goes to a socket or a file: with its keys in clear. */
export const keysetToDocument = (keyset: LiveKeyset): KeysetDocument => {
  const { keys, fenced, ...rest } = keyset
  return {
    schema: 'keyturn/v1',
    ...rest,
    fenced: [...fenced],
    keys: { primary: keys.primary.reveal(), secondary: keys.secondary.reveal() },
  }
}

const readJson = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    // The parser's own message quotes the text, and with it perhaps a key.
    throw new KeysetError('it is not JSON')
  }
}

/**
 * A keyset from its JSON text.
 * @throws KeysetError (`KEYSET_INVALID`), which never quotes a value.
 */
export const parseKeyset = (text: string): LiveKeyset => {
  const result = keysetDocumentSchema.safeParse(readJson(text))
  if (!result.success) throw new KeysetError(result.error.issues.map(sentence).join('; '))
  return keysetFromDocument(result.data)
}
