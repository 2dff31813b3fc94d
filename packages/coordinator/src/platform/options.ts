import type { Policy } from '@keyturn/core'
import { z } from 'zod'

/** What was said longer ago says nothing of now: five times what a well platform needs. */
const ageMsMax = z.int().min(1_000).default(120_000)

const namespaceSchema = z
  .string()
  .regex(/^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/, 'is no name of a namespace')

/** Who says which members are expected, and which are dead. */
export const platformSchema = z.union([
  z.strictObject({
    is: z.literal('kubernetes'),
    /** Where pods are followed: each takes the rights to get, list and watch pods in it. */
    namespaces: z.array(namespaceSchema).min(1),
    /** A label selector of every pod that holds this account's keys, and of no other. */
    selector: z.string().min(1),
    /** Whether the end of a machine counts: it takes the right to get nodes. */
    machines: z.boolean().default(false),
    /** A file; without it, the service account of the coordinator's own pod. */
    kubeconfig: z.string().min(1).optional(),
    ageMsMax,
  }),
  z.strictObject({
    is: z.literal('command'),
    /** Program and arguments, run without a shell: it prints who is expected and who is dead. */
    command: z.array(z.string()).min(1),
    everyMs: z.int().min(1_000).default(15_000),
    timeoutMs: z.int().min(1).default(10_000),
    ageMsMax,
  }),
  z.strictObject({
    is: z.literal('none'),
    acceptedBy: z.string().min(1),
    reason: z.string().min(1),
  }),
])

export type PlatformConfig = z.infer<typeof platformSchema>

/** What a decision has to know of it. */
export const platformPolicyOf = (
  platform: PlatformConfig | undefined,
): Pick<Policy, 'platform'> => {
  if (!platform) return {}
  if (platform.is === 'none') return { platform }
  const { is, ageMsMax } = platform
  return { platform: { is, ageMsMax } }
}
