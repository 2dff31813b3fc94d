import { z } from 'zod'
import { accountIdSchema, accountKeySchema, countSchema, pairSchema, slotSchema } from './words.ts'

/** Content type of the Key Vault secret that holds a keyset. */
export const keysetContentType = 'application/vnd.keyturn.keyset+json'

/** One account's keyset as it stands in Key Vault, in a file, and on the sidecar's socket. */
export const keysetDocumentSchema = z
  .object({
    schema: z.literal('keyturn/v1'),
    account: accountIdSchema,
    endpoint: z.url({ protocol: /^https?$/ }),
    pair: pairSchema,
    installation: z.string().min(1).nullable(),
    version: countSchema,
    active: slotSchema,
    fenced: z.array(slotSchema).max(1),
    /** Who wrote it while no coordinator was there; absent: a coordinator did. */
    repaired: z
      .object({ by: z.string().min(1).max(200), reason: z.string().min(1).max(1000) })
      .optional(),
    keys: z.strictObject({ primary: accountKeySchema, secondary: accountKeySchema }),
  })
  .refine(({ active, fenced }) => !fenced.includes(active), 'the active slot cannot be fenced')

export type KeysetDocument = z.infer<typeof keysetDocumentSchema>
