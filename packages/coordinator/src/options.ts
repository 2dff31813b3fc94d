import { defaultLimits, type Limits, type Policy } from '@keyturn/core'
import { accountIdSchema, nameSchema } from '@keyturn/protocol'
import { z } from 'zod'

const limitNames = Object.keys(defaultLimits) as (keyof Limits)[]

const limitsSchema = z.strictObject(
  Object.fromEntries(limitNames.map(name => [name, z.int().min(0).optional()])) as Record<
    keyof Limits,
    z.ZodOptional<z.ZodInt>
  >,
)

const wordOfSchema = z.strictObject({
  is: z.literal('none'),
  acceptedBy: z.string().min(1),
  reason: z.string().min(1),
})

const policySchema = z.strictObject({
  /** Who must be in the fleet before anything is regenerated. */
  fleet: z.union([
    z.strictObject({ is: z.literal('members'), names: z.array(nameSchema) }),
    wordOfSchema,
  ]),
  /** No adapter for Azure's evidence yet: somebody has to accept by name that there is none. */
  evidence: wordOfSchema,
  limits: limitsSchema
    .refine(
      ({ turnMsMax = 1_000 }) => turnMsMax >= 1_000,
      'turnMsMax is less than a second: observed time would stand still',
    )
    .default({}),
})

/** One account in the coordinator's configuration file. */
export const accountConfigSchema = z.strictObject({
  name: nameSchema,
  /** ARM resource id. */
  account: accountIdSchema,
  /** The account's endpoint, as clients are given it. */
  endpoint: z.url({ protocol: /^https?$/ }),
  vault: z.strictObject({ url: z.url({ protocol: /^https$/ }), secret: nameSchema }),
  /** Of another cloud; public Azure by default. */
  armEndpoint: z.url({ protocol: /^https$/ }).optional(),
  policy: policySchema,
})

const idOf = ({ account }: { account: string }) => account.toLowerCase()

export const coordinatorConfigSchema = z.strictObject({
  accounts: z
    .array(accountConfigSchema)
    .min(1)
    .refine(
      accounts => new Set(accounts.map(({ name }) => name)).size === accounts.length,
      'two accounts have one name',
    )
    .refine(
      accounts => new Set(accounts.map(idOf)).size === accounts.length,
      'one account stands there twice: its two loops would undo each other',
    ),
  /** Where journal and tokens are kept: one directory per coordinator. */
  dataDirectory: z.string().min(1),
  listen: z
    .strictObject({
      host: z.string().default('127.0.0.1'),
      port: z.int().min(0).max(65535).default(8443),
    })
    .default({ host: '127.0.0.1', port: 8443 }),
  /** The longest between two turns of an account's loop, in ms. */
  turnMs: z.int().min(10).max(60_000).default(1_000),
})

export type AccountConfig = z.infer<typeof accountConfigSchema>
export type CoordinatorConfig = z.infer<typeof coordinatorConfigSchema>
export type CoordinatorConfigInput = z.input<typeof coordinatorConfigSchema>

export const policyOf = ({ policy }: AccountConfig): Policy => {
  const limits: Record<keyof Limits, number> = { ...defaultLimits }
  for (const name of limitNames) limits[name] = policy.limits[name] ?? defaultLimits[name]
  return { fleet: policy.fleet, evidence: policy.evidence, limits }
}
