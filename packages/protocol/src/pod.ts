import { z } from 'zod'

/** A DNS subdomain, as Kubernetes names most objects. */
const objectName = z
  .string()
  .max(253)
  .regex(/^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/)

/**
 * Where a member runs in Kubernetes, as the downward API tells a container. By its uid, and by
 * nothing else, a pod that ended is known to be the one whose member reported: its name returns.
 */
export const podSchema = z.strictObject({
  name: objectName,
  uid: z.string().regex(/^[A-Za-z0-9-]{1,64}$/),
  namespace: z.string().regex(/^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/),
  /** The machine; absent where it was not asked for. */
  node: objectName.optional(),
})

export type Pod = z.infer<typeof podSchema>
