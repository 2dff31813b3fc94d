import type { TokenCredential } from '@azure/core-auth'
import { z } from 'zod'
import { type ArmAnswer, armGet } from '../azure/arm-get.ts'
import { type Asked, type ClockFacts, type Facts, known } from './facts.ts'
import { unknown } from './unknown.ts'

/** Stable, and served in every cloud; the properties asked for are older than it. */
const accountVersion = '2024-08-15'
const permissionsVersion = '2022-04-01'
const locksVersion = '2020-05-01'

const texts = z.array(z.unknown()).optional()
const accountSchema = z.object({
  properties: z.object({
    provisioningState: z.string(),
    documentEndpoint: z.string().optional(),
    disableLocalAuth: z.boolean().optional(),
    disableKeyBasedMetadataWriteAccess: z.boolean().optional(),
    capabilities: z.array(z.object({ name: z.string() })).optional(),
    publicNetworkAccess: z.string().optional(),
    ipRules: texts,
    virtualNetworkRules: texts,
    isVirtualNetworkFilterEnabled: z.boolean().optional(),
    privateEndpointConnections: texts,
  }),
})
const permissionsSchema = z.object({
  value: z.array(
    z.object({
      actions: z.array(z.string()).default([]),
      notActions: z.array(z.string()).default([]),
    }),
  ),
})
const locksSchema = z.object({
  value: z.array(z.object({ id: z.string(), properties: z.object({ level: z.string() }) })),
})
const refusalSchema = z.object({ error: z.object({ code: z.string(), message: z.string() }) })

export interface ArmQuestions {
  readonly account: string
  readonly credential: TokenCredential
  readonly endpoint: string | undefined
  readonly now: () => number
}

type ArmFacts = Pick<Facts, 'account' | 'permissions' | 'locks' | 'budget'> & {
  readonly clock: ClockFacts
}

/** The account, what this identity may do at it, and what locks it; each asked by itself. */
export const askArm = async (asked: ArmQuestions): Promise<ArmFacts> => {
  const { account, credential, endpoint, now } = asked
  const ask = async <T>(path: string, schema: z.ZodType<T>): Promise<Answered<T>> => {
    const sent = now()
    try {
      const answer = await armGet(path, { credential, endpoint })
      return { found: readAs(schema, answer), ...seenIn(answer, sent, now()) }
    } catch (error) {
      return { found: unknown(error), budget: {}, aheadMs: unknown(error) }
    }
  }
  const authorization = 'providers/Microsoft.Authorization'
  const [found, permissions, ...locks] = await Promise.all([
    ask(`${account}?api-version=${accountVersion}`, accountSchema),
    ask(
      `${account}/${authorization}/permissions?api-version=${permissionsVersion}`,
      permissionsSchema,
    ),
    ...scopesOf(account).map(scope =>
      ask(`${scope}/${authorization}/locks?api-version=${locksVersion}`, locksSchema),
    ),
  ])
  return {
    account: mapped(found.found, factsOf),
    permissions: mapped(permissions.found, ({ value }) => value),
    locks: scopesOf(account).map((scope, index) => ({
      scope,
      found: mapped(locks[index]?.found ?? unknown(null), ({ value }) =>
        value.map(({ id, properties }) => ({ id, level: properties.level })),
      ),
    })),
    budget: found.budget,
    clock: { of: 'Azure Resource Manager', aheadMs: found.aheadMs },
  }
}

interface Answered<T> {
  readonly found: Asked<T>
  readonly budget: Readonly<Record<string, number>>
  readonly aheadMs: Asked<number>
}

/** Lists at the account do not show what it inherits: its group and subscription are asked, too. */
const scopesOf = (account: string): readonly string[] => {
  const parts = account.split('/')
  return [account, parts.slice(0, 5).join('/'), parts.slice(0, 3).join('/')]
}

const readAs = <T>(schema: z.ZodType<T>, { status, body }: ArmAnswer): Asked<T> => {
  if (status !== 200) return { known: false, why: refusalIn(status, body), status }
  const parsed = schema.safeParse(JSON.parse(body))
  return parsed.success
    ? known(parsed.data)
    : { known: false, why: 'its answer is not of the published form', status }
}

const refusalIn = (status: number, body: string): string => {
  try {
    const { error } = refusalSchema.parse(JSON.parse(body))
    return `HTTP ${status} ${error.code}`
  } catch {
    return `HTTP ${status}`
  }
}

/** The date of an answer is cut to whole seconds: half a second more is the likeliest. */
export const aheadOf = (date: number, sent: number, received: number): Asked<number> =>
  Number.isNaN(date)
    ? { known: false, why: 'its answer has no date' }
    : known(date + 500 - (sent + received) / 2)

const seenIn = ({ headers, date }: ArmAnswer, sent: number, received: number) => {
  const left = Object.entries(headers)
    .filter(([name]) => name.startsWith('x-ms-ratelimit-remaining-'))
    .map(([name, value]) => [name, Number(value)] as const)
    .filter(([, value]) => Number.isFinite(value))
  return { budget: Object.fromEntries(left), aheadMs: aheadOf(date, sent, received) }
}

const mapped = <T, U>(asked: Asked<T>, map: (value: T) => U): Asked<U> =>
  asked.known ? known(map(asked.value)) : asked

const factsOf = ({ properties }: z.infer<typeof accountSchema>) => ({
  provisioningState: properties.provisioningState,
  documentEndpoint: properties.documentEndpoint ?? null,
  localAuthDisabled: properties.disableLocalAuth === true,
  metadataWritesClosed: properties.disableKeyBasedMetadataWriteAccess === true,
  capabilities: (properties.capabilities ?? []).map(({ name }) => name),
  publicNetworkAccess: properties.publicNetworkAccess ?? 'Enabled',
  ipRules: properties.ipRules?.length ?? 0,
  networkRules: properties.isVirtualNetworkFilterEnabled
    ? (properties.virtualNetworkRules?.length ?? 0)
    : 0,
  privateEndpoints: properties.privateEndpointConnections?.length ?? 0,
})
