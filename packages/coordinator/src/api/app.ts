import { randomUUID } from 'node:crypto'
import type { Verb } from '@keyturn/core'
import {
  type DryRunAnswer,
  dryRunQuerySchema,
  type HistoryEntry,
  nameSchema,
  type ReportAnswer,
  reportSchema,
  verbRequestSchema,
} from '@keyturn/protocol'
import express, { type Express, type Request } from 'express'
import type { z } from 'zod'
import type { Leading } from '../leading.ts'
import type { Account } from '../loop/account.ts'
import { JournalConflict, type Store } from '../ports.ts'
import { Grouped } from './grouped.ts'
import { problems, Refusal } from './problem.ts'
import { statusOf } from './status.ts'
import { requires, type Tokens } from './tokens.ts'

export interface AppParts {
  readonly leading: Leading
  readonly store: Store
  readonly tokens: Tokens
  readonly onError: (error: unknown) => void
}

/** The coordinator's HTTP API: members report, operators ask. */
export const createApp = (parts: AppParts): Express => {
  const app = express()
  app.disable('x-powered-by')
  app.use(express.json({ limit: '1mb' }))
  app.get('/healthz', (_request, response) => void response.json({ status: 'ok' }))
  const member = requires('member', parts.tokens)
  const operator = requires('operator', parts.tokens)
  const reports = new Grouped(parts.store)
  app.post('/v1/members/:name/reports', member, async (request, response) => {
    const answer = await takeReport(parts, reports, request)
    if (!response.destroyed) response.json(answer)
  })
  app.get('/v1/accounts', operator, (_request, response) => {
    response.json(parts.leading.accounts.map(statusOf))
  })
  app.get('/v1/accounts/:name', operator, (request, response) => {
    response.json(statusOf(accountNamed(parts, request)))
  })
  app.get('/v1/accounts/:name/history', operator, (request, response) => {
    const entries = accountNamed(parts, request).journal()
    response.json(entries satisfies readonly HistoryEntry[])
  })
  app.get('/v1/accounts/:name/plan', operator, async (request, response) => {
    const what = parse(dryRunQuerySchema, request.query, 'the query')
    const plan = await accountNamed(parts, request).plan(what).catch(notLeading)
    response.json({ ...plan } satisfies Readonly<Record<keyof DryRunAnswer, unknown>>)
  })
  app.get('/v1/accounts/:name/retire', operator, async (request, response) => {
    const account = accountNamed(parts, request)
    response.json({ blockers: await account.againstRetiring().catch(notLeading) })
  })
  app.post('/v1/accounts/:name/verbs', operator, async (request, response) => {
    const account = accountNamed(parts, request)
    await obey(account, verbOf(request))
    parts.leading.wake(account)
    response.json(statusOf(account))
  })
  app.use(() => {
    throw new Refusal(404, 'NOT_FOUND', 'There is nothing here: see the API under /v1.')
  })
  app.use(problems(parts.onError))
  return app
}

const takeReport = async (
  { leading }: AppParts,
  reports: Grouped,
  request: Request,
): Promise<ReportAnswer> => {
  const name = parse(nameSchema, request.params['name'], 'the member name')
  const report = parse(reportSchema, request.body, 'the report')
  const account = leading.accounts.find(
    ({ options, pair }) =>
      pair === report.pair && options.account.toLowerCase() === report.account.toLowerCase(),
  )
  if (!account) {
    const sentence =
      'This coordinator does not turn that pair of keys of that account: check the sidecar’s keyset.'
    throw new Refusal(404, 'UNKNOWN_ACCOUNT', sentence)
  }
  const gone = new AbortController()
  request.res?.once('close', () => gone.abort())
  if (request.res?.closed) gone.abort()
  return reports.run(() => leading.hear(account, name, report, gone.signal))
}

const verbOf = (request: Request): Verb => {
  const asked = parse(verbRequestSchema, request.body, 'the verb')
  // One token for all operators, so far: whoever holds it is "operator".
  const by = request.get('keyturn-operator') ?? 'operator'
  if (asked.verb === 'adopt') return { ...asked, by, installation: randomUUID() }
  return asked.verb === 'rotate' ? { ...asked, by, id: randomUUID() } : { ...asked, by }
}

const obey = async (account: Account, verb: Verb): Promise<void> => {
  const answer = await account.obey(verb).catch(notLeading)
  if (answer.done) return
  const [first] = answer.blockers
  throw new Refusal(
    409,
    first?.code ?? 'REFUSED',
    first?.sentence ?? 'The coordinator refused.',
    answer.blockers,
  )
}

const notLeading = (error: unknown): never => {
  if (!(error instanceof JournalConflict)) throw error
  const sentence = 'Another coordinator has written to the journal: ask the one that leads.'
  throw new Refusal(409, error.code, sentence)
}

const accountNamed = ({ leading }: AppParts, request: Request): Account => {
  const { accounts } = leading
  const account = accounts.find(({ options }) => options.name === request.params['name'])
  if (account) return account
  const known = accounts.map(({ options }) => options.name).join(', ')
  throw new Refusal(404, 'UNKNOWN_ACCOUNT', `No such account here; there is ${known}.`)
}

const parse = <T>(schema: z.ZodType<T>, value: unknown, what: string): T => {
  const parsed = schema.safeParse(value)
  if (parsed.success) return parsed.data
  const [issue] = parsed.error.issues
  const where = issue?.path.join('.') || what
  throw new Refusal(400, 'BAD_REQUEST', `${where}: ${issue?.message ?? 'is not valid'}.`)
}
