import { isAccountKey, isFingerprint } from '@keyturn/core'
import { z } from 'zod'

export const slotSchema = z.enum(['primary', 'secondary'])

export const pairSchema = z.enum(['readWrite', 'readOnly'])

export const fingerprintSchema = z
  .custom<import('@keyturn/core').Fingerprint>(
    value => typeof value === 'string' && isFingerprint(value),
    'must be 16 hex digits',
  )
  .meta({ type: 'string', pattern: '^[0-9a-f]{16}$' })

export const fingerprintsSchema = z.strictObject({
  primary: fingerprintSchema,
  secondary: fingerprintSchema,
})

export const accountKeySchema = z
  .string()
  .refine(isAccountKey, 'must be 64 bytes in base64 (88 characters)')
  .meta({ format: 'password', minLength: 88, maxLength: 88 })

/** Whole numbers that JSON carries exactly. */
export const countSchema = z.int().min(0)

/** ARM resource id of a Cosmos DB account. */
export const accountIdSchema = z
  .string()
  .regex(
    /^\/subscriptions\/[^/]+\/resourceGroups\/[^/]+\/providers\/Microsoft\.DocumentDB\/databaseAccounts\/[^/]+$/i,
    'must be the ARM resource id of a Cosmos DB account',
  )

/** A name that operators say aloud and that stands in URLs. */
export const nameSchema = z
  .string()
  .regex(
    /^[A-Za-z0-9][A-Za-z0-9._-]{0,126}$/,
    'must be letters, digits, dots, dashes and underscores, at most 127',
  )
