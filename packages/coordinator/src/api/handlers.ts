import { randomUUID } from 'node:crypto'
import type { Asker, Verb } from '@keyturn/core'
import {
  type CoordinatorOperationName,
  coordinatorDescription,
  type coordinatorOperations,
  type HistoryEntry,
  nameSchema,
  verbRoles,
} from '@keyturn/protocol'
import type { Response } from 'express'
import { type Identity, isProven } from '../access/identity.ts'
import type { Leading } from '../leading.ts'
import type { Account } from '../loop/account.ts'
import { JournalConflict, type Store, type WallClock } from '../ports.ts'
import type { Asked } from './asked.ts'
import { askerOf } from './denials.ts'
import { openLine, resumedAt, whenClosed } from './event-stream.ts'
import type { Feeds } from './feeds.ts'
import { fleetPage } from './fleet-page.ts'
import type { Grouped } from './grouped.ts'
import { blockedOf } from './levels.ts'
import { descriptionPage, pagePolicy } from './page.ts'
import { Refusal, VerbRefused } from './problem.ts'
import type { RateLimits } from './rate-limits.ts'
import { rotationsOf } from './rotations.ts'
import { statusOf } from './status.ts'

type Operations = typeof coordinatorOperations

/** What an operation does: its answer, or none where it writes one itself. */
export type Handlers = {
  readonly [N in CoordinatorOperationName]: (
    asked: Asked<Operations[N]>,
    identity: Identity,
    response: Response,
  ) => unknown
}

export interface HandlerParts {
  readonly leading: Leading
  readonly store: Pick<Store, 'denials'>
  readonly reports: Grouped
  readonly limits: RateLimits
  readonly feeds: Feeds
  readonly clock: WallClock
}

export const handlersOf = (parts: HandlerParts): Handlers => {
  const { leading, reports, feeds, clock, limits, store } = parts
  const named = ({ params: { name } }: { readonly params: { readonly name: string } }): Account =>
    accountNamed(leading.accounts, name)
  return {
    getHealth: () => ({ status: 'ok' }),
    getDescription: (_asked, _identity, response) => {
      response.type('json').send(described())
    },
    getPage: (_asked, _identity, response) => {
      response.setHeader('content-security-policy', pagePolicy)
      response.type('html').send(page())
    },
    listDenials: ({ query }) => ({ denials: store.denials?.(query.limit) ?? [] }),
    report: async ({ params: { name }, body }, identity, response) => {
      const why = identity.reporting?.(name, body)
      if (typeof why === 'string') throw new Refusal('ROLE_MISSING', why)
      await limits.reported(name)
      const account = accountOf(leading.accounts, body)
      const free = limits.holding(name)
      const gone = new AbortController()
      whenClosed(response, () => {
        free()
        gone.abort()
      })
      return reports.run(() => leading.hear(account, name, body, gone.signal))
    },
    listAccounts: () => leading.accounts.map(statusOf),
    getAccount: asked => statusOf(named(asked)),
    getBlockers: asked => blockedOf(named(asked).state),
    getFleet: asked => fleetPage(named(asked).state, asked.query),
    listRotations: asked => {
      const account = named(asked)
      const all = rotationsOf(account.journal(), account.state.now)
      return { rotations: all.slice(0, asked.query.limit) }
    },
    getHistory: asked => {
      const { after, limit } = asked.query
      return named(asked).journal(after, limit) satisfies readonly HistoryEntry[]
    },
    followEvents: (asked, identity, response) => {
      const { request, query } = asked
      const account = named(asked)
      const after = resumedAt(request) ?? query.after ?? null
      whenClosed(response, limits.streaming(identity))
      const line = openLine(response, clock)
      void feeds
        .of(account)
        .follow(line, after)
        .finally(() => response.end())
    },
    getPlan: async asked => ({ ...(await named(asked).plan(asked.query).catch(notLeading)) }),
    getRetireCheck: async asked => ({
      blockers: await named(asked).againstRetiring().catch(notLeading),
    }),
    obey: async (asked, identity) => {
      const account = named(asked)
      const role = verbRoles[asked.body.verb]
      if (!identity.roles.includes(role)) {
        const sentence = `${identity.name} may not ${asked.body.verb}: it takes the role ${role}.`
        throw new Refusal('ROLE_MISSING', sentence)
      }
      // Azure is looked at before these are answered.
      if (['adopt', 'retire'].includes(asked.body.verb)) await limits.looked(identity)
      await obey(account, verbOf(asked, identity), askerOf(identity, asked.request))
      leading.wake(account)
      return statusOf(account)
    },
  }
}

/** Made once: anybody may ask for it, and making it takes a while. */
const once = <T>(make: () => T): (() => T) => {
  let made: T | undefined
  return () => {
    made ??= make()
    return made
  }
}

const described = once(() => JSON.stringify(coordinatorDescription()))
const page = once(descriptionPage)

const verbOf = ({ body, request }: Asked<Operations['obey']>, identity: Identity): Verb => {
  const by = nameOf(identity, request.get('keyturn-operator'))
  if (body.verb === 'adopt') return { ...body, by, installation: randomUUID() }
  return body.verb === 'rotate' ? { ...body, by, id: randomUUID() } : { ...body, by }
}

/** A name that nobody has proven may be said; one that is proven cannot be set aside. */
const nameOf = (identity: Identity, said: string | undefined): string => {
  const { name } = identity
  if (said === undefined || said === name) return name
  if (isProven(identity))
    throw new Refusal('BAD_REQUEST', `You are ${name}: leave keyturn-operator out.`)
  if (nameSchema.safeParse(said).success) return said
  throw new Refusal('BAD_REQUEST', 'keyturn-operator is no name: letters, digits, dots and dashes.')
}

const obey = async (account: Account, verb: Verb, asked: Asker): Promise<void> => {
  const answer = await account.obey(verb, asked).catch(notLeading)
  if (answer.done) return
  const [first, ...others] = answer.blockers
  if (first === undefined) throw new TypeError('a verb was refused without a blocker')
  throw new VerbRefused([first, ...others])
}

const notLeading = (error: unknown): never => {
  if (!(error instanceof JournalConflict)) throw error
  const sentence = 'Another coordinator has written to the journal: ask the one that leads.'
  throw new Refusal(error.code, sentence)
}

const accountNamed = (accounts: readonly Account[], name: string): Account => {
  const account = accounts.find(({ options }) => options.name === name)
  if (account) return account
  const known = accounts.map(({ options }) => options.name).join(', ')
  throw new Refusal('UNKNOWN_ACCOUNT', `No such account here; there is ${known}.`)
}

const accountOf = (
  accounts: readonly Account[],
  { account, pair }: Asked<Operations['report']>['body'],
): Account => {
  const found = accounts.find(
    each => each.pair === pair && each.options.account.toLowerCase() === account.toLowerCase(),
  )
  if (found) return found
  const sentence =
    'This coordinator does not turn that pair of keys of that account: check the sidecar’s keyset.'
  throw new Refusal('UNKNOWN_ACCOUNT', sentence)
}
