import {
  beginningPhases,
  type Consumer,
  defaultEmergencyLimits,
  defaultEvidenceLimits,
  defaultLimits,
  defaultRetireLimits,
  type Limits,
  type Policy,
} from '@keyturn/core'
import { accountIdSchema, nameSchema, pairSchema } from '@keyturn/protocol'
import { z } from 'zod'
import { accessSchema, listenSchema } from './access/options.ts'
import { isCronPattern } from './outside/cron.ts'
import { platformPolicyOf, platformSchema } from './platform/options.ts'

const limitNames = Object.keys(defaultLimits) as (keyof Limits)[]

const limitsSchema = z.strictObject(
  Object.fromEntries(limitNames.map(name => [name, z.int().min(0).optional()])) as Record<
    keyof Limits,
    z.ZodOptional<z.ZodInt>
  >,
)

/** Every number of a group, each of its own accord. */
const optionalNumbers = <T extends object>(defaults: T) =>
  Object.fromEntries(
    Object.keys(defaults).map(name => [name, z.int().min(0).optional()]),
  ) as Record<keyof T, z.ZodOptional<z.ZodInt>>

const isTimeZone = (name: string): boolean => {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone !== ''
  } catch {
    return false
  }
}

const wordOfSchema = z.strictObject({
  is: z.literal('none'),
  acceptedBy: z.string().min(1),
  reason: z.string().min(1),
})

const timeZoneSchema = z.string().refine(isTimeZone, 'is no time zone of the IANA database')

const cronSchema = z.string().refine(isCronPattern, 'is no cron pattern, such as 0 2 * * 6')

const windowSchema = z.strictObject({
  /** Cron pattern of the moment at which it opens. */
  opens: cronSchema,
  timeZone: timeZoneSchema,
  forMs: z.int().min(1),
})

const scheduleSchema = z.union([
  z.strictObject({ cron: cronSchema, timeZone: timeZoneSchema }),
  z.strictObject({ everyDays: z.int().min(1) }),
])

const consumerSchema = z.union([
  z.strictObject({ name: nameSchema, by: z.literal('operator') }),
  z.strictObject({
    name: nameSchema,
    by: z.literal('hook'),
    /** Program and arguments, run without a shell; exit code 0 says that it has moved. */
    command: z.array(z.string()).min(1),
    timeoutMs: z.int().min(1).default(600_000),
  }),
])

const policySchema = z.strictObject({
  /** Who must be in the fleet before anything is regenerated. */
  fleet: z.union([
    z.strictObject({
      is: z.literal('members'),
      names: z.array(nameSchema),
      /** Members joined at the least, named or not. */
      atLeast: z.int().min(0).optional(),
    }),
    wordOfSchema,
  ]),
  /** Who says which pods or machines are expected, and which are dead; absent: operators. */
  platform: platformSchema.optional(),
  /** What sees strays: Azure's evidence, or somebody's word that nothing does. */
  evidence: z.union([
    z
      .strictObject({ is: z.literal('azure'), ...optionalNumbers(defaultEvidenceLimits) })
      .refine(
        ({ lagMs = 1_000 }) => lagMs >= 1_000,
        "lagMs is less than a second, which is as exactly as Azure's answers are dated",
      ),
    wordOfSchema,
  ]),
  /** Somebody else approves by name before these phases. */
  approval: z
    .strictObject({
      before: z.array(z.enum(beginningPhases)).min(1),
      by: z.array(z.string().min(1)).min(1),
    })
    .optional(),
  /** Maintenance windows: outside of them nothing begins. */
  windows: z.array(windowSchema).min(1).optional(),
  schedule: scheduleSchema.optional(),
  /**
   * A container in which a probe may write a document and delete it again, `keyturn-probe-…`.
   * Without it, probes read only: the account, and a document of any container.
   */
  probe: z.strictObject({ database: z.string().min(1), container: z.string().min(1) }).optional(),
  /** Who holds keys and is no member. */
  consumers: z.array(consumerSchema).optional(),
  /** Where Azure refuses because the key was used in the last 12 hours. */
  azureRefusal: z.enum(['heed', 'bypass']).optional(),
  emergency: z.strictObject(optionalNumbers(defaultEmergencyLimits)).optional(),
  retire: z.strictObject(optionalNumbers(defaultRetireLimits)).optional(),
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
  /** Which pair of its keys: each one is turned, and published, by itself. */
  pair: pairSchema.default('readWrite'),
  /** The account's endpoint, as clients are given it. */
  endpoint: z.url({ protocol: /^https?$/ }),
  vault: z.strictObject({ url: z.url({ protocol: /^https$/ }), secret: nameSchema }),
  /** Of another cloud; public Azure by default. */
  armEndpoint: z.url({ protocol: /^https$/ }).optional(),
  policy: policySchema,
})

const idOf = ({ account, pair }: { account: string; pair: string }) =>
  `${account.toLowerCase()} ${pair}`

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
      'one pair of one account stands there twice: its two loops would undo each other',
    ),
  /** Where journal and tokens are kept: one directory per coordinator. */
  dataDirectory: z.string().min(1),
  listen: listenSchema.default({ host: '127.0.0.1', port: 8443 }),
  /** Who may ask, and how that is known. */
  access: accessSchema.prefault({}),
  /** The longest between two turns of an account's loop, in ms. */
  turnMs: z.int().min(10).max(60_000).default(1_000),
})

export type AccountConfig = z.infer<typeof accountConfigSchema>
export type CoordinatorConfig = z.infer<typeof coordinatorConfigSchema>
export type CoordinatorConfigInput = z.input<typeof coordinatorConfigSchema>

export const policyOf = ({ policy }: AccountConfig): Policy => {
  const { fleet, evidence, approval, windows, consumers, azureRefusal, emergency, retire } = policy
  return {
    limits: merged(defaultLimits, policy.limits),
    fleet:
      fleet.is === 'none'
        ? fleet
        : { is: 'members', names: fleet.names, atLeast: fleet.atLeast ?? 0 },
    evidence:
      evidence.is === 'none'
        ? evidence
        : { is: 'azure', ...merged(defaultEvidenceLimits, evidence) },
    ...platformPolicyOf(policy.platform),
    ...(approval ? { approval } : {}),
    keepsWindows: windows !== undefined,
    consumers: (consumers ?? []).map(({ name, by }): Consumer => ({ name, by })),
    azureRefusal: azureRefusal ?? 'heed',
    emergency: merged(defaultEmergencyLimits, emergency ?? {}),
    retire: merged(defaultRetireLimits, retire ?? {}),
  }
}

/** A configuration with what holds wherever it says nothing, down to the last limit. */
export const wholeConfig = (config: CoordinatorConfig): CoordinatorConfig => ({
  ...config,
  accounts: config.accounts.map(account => {
    const { limits, evidence, azureRefusal, emergency, retire } = policyOf(account)
    const policy = { ...account.policy, limits, evidence, azureRefusal, emergency, retire }
    return { ...account, policy }
  }),
})

/** What was set, and the defaults for the rest; nothing that the defaults do not name. */
const merged = <T extends { readonly [K in keyof T]: number }>(
  defaults: T,
  set: { readonly [K in keyof T]?: number | undefined },
): T => {
  const values = { ...defaults }
  for (const name of Object.keys(defaults) as (keyof T)[]) {
    const value = set[name]
    if (value !== undefined) values[name] = value as T[keyof T]
  }
  return values
}
