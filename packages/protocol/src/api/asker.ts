import { z } from 'zod'

/** Who asked, as it was proven. */
export const askerSchema = z.object({
  by: z.enum(['token', 'jwt', 'certificate']),
  issuer: z.string().nullable(),
  subject: z.string(),
  roles: z.array(z.string()).readonly(),
  address: z.string(),
})
