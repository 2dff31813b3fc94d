import {
  type AccountStatus,
  accountStatusSchema,
  blockerSchema,
  type DryRunAnswer,
  dryRunSchema,
  type HistoryEntry,
  historyEntrySchema,
  problemSchema,
  retireCheckSchema,
  type VerbRequest,
} from '@keyturn/protocol'
import { type Command, Option } from 'commander'
import { z } from 'zod'
import { Failure, UsageError } from './failure.ts'
import { readToken } from './read-file.ts'

export interface OperatorOptions {
  readonly coordinator: string
  readonly tokenFile?: string
  readonly account?: string
  /** Who asks, by name: it goes into the journal. */
  readonly as?: string
  /** Whether the account's read-only pair is meant. */
  readonly readOnly?: boolean
}

/** The options of every command that asks a coordinator for something. */
export const withOperatorOptions = (command: Command): Command =>
  command
    .addOption(
      new Option('--coordinator <url>', 'where the coordinator listens')
        .env('KEYTURN_COORDINATOR')
        .default('http://127.0.0.1:8443'),
    )
    .addOption(
      new Option('--token-file <path>', 'the file that holds the operator token').env(
        'KEYTURN_TOKEN_FILE',
      ),
    )
    .addOption(
      new Option('--account <name>', 'the account; needed where there are several').env(
        'KEYTURN_ACCOUNT',
      ),
    )
    .addOption(
      new Option('--as <name>', 'who asks: it goes into the journal').env('KEYTURN_OPERATOR'),
    )

/** What operators ask of a coordinator, over its API. */
export class OperatorClient {
  readonly #url: string
  readonly #token: string
  readonly #account: string | undefined
  readonly #as: string | undefined
  readonly #readOnly: boolean

  constructor({ coordinator, tokenFile, account, as, readOnly = false }: OperatorOptions) {
    if (!URL.canParse(coordinator)) throw new UsageError(`${coordinator} is not a URL.`)
    if (tokenFile === undefined) {
      throw new UsageError('Name the file that holds the operator token with --token-file.')
    }
    this.#url = coordinator.replace(/\/$/, '')
    this.#token = readToken(tokenFile)
    this.#account = account
    this.#as = as
    this.#readOnly = readOnly
  }

  async status(): Promise<AccountStatus> {
    const accounts = await this.#ask('GET', '/v1/accounts', z.array(accountStatusSchema))
    const [only, ...others] = this.#meant(accounts)
    if (only && others.length === 0) return only
    const names = accounts.map(({ name }) => name).join(', ')
    throw new UsageError(`Name one account with --account: there are ${names}.`)
  }

  /** The account named, or the only one; of two pairs of keys the one that was asked for. */
  #meant(accounts: readonly AccountStatus[]): readonly AccountStatus[] {
    const named = accounts.filter(({ name }) => name === this.#account)
    if (this.#readOnly) {
      const ids = named.map(({ account }) => account.toLowerCase())
      return accounts.filter(
        ({ pair, account }) =>
          pair === 'readOnly' &&
          (this.#account === undefined || ids.includes(account.toLowerCase())),
      )
    }
    if (this.#account !== undefined) return named
    return accounts.length === 1 ? accounts : accounts.filter(({ pair }) => pair !== 'readOnly')
  }

  async plan(what: { slot?: string; emergency?: boolean }): Promise<DryRunAnswer> {
    const { name } = await this.status()
    const query = new URLSearchParams()
    if (what.slot !== undefined) query.set('slot', what.slot)
    if (what.emergency) query.set('emergency', 'true')
    return this.#ask('GET', `/v1/accounts/${name}/plan?${query}`, dryRunSchema)
  }

  /** What stands against ending key authentication. */
  async againstRetiring(): Promise<z.infer<typeof retireCheckSchema>['blockers']> {
    const { name } = await this.status()
    const { blockers } = await this.#ask('GET', `/v1/accounts/${name}/retire`, retireCheckSchema)
    return blockers
  }

  async verb(request: VerbRequest): Promise<AccountStatus> {
    const { name } = await this.status()
    return this.#ask('POST', `/v1/accounts/${name}/verbs`, accountStatusSchema, request)
  }

  async history(): Promise<HistoryEntry[]> {
    const { name } = await this.status()
    return this.#ask('GET', `/v1/accounts/${name}/history`, z.array(historyEntrySchema))
  }

  async #ask<T>(method: string, path: string, schema: z.ZodType<T>, body?: unknown): Promise<T> {
    const response = await this.#send(method, path, body)
    const answer: unknown = await response.json().catch(() => null)
    if (response.ok) return schema.parse(answer)
    const problem = problemSchema.safeParse(answer)
    if (!problem.success) throw new Failure(`The coordinator answered HTTP ${response.status}.`)
    throw new Failure(saidBy(problem.data))
  }

  async #send(method: string, path: string, body: unknown): Promise<Response> {
    try {
      return await fetch(`${this.#url}${path}`, {
        method,
        headers: {
          authorization: `Bearer ${this.#token}`,
          'content-type': 'application/json',
          ...(this.#as === undefined ? {} : { 'keyturn-operator': this.#as }),
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        signal: AbortSignal.timeout(30_000),
      })
    } catch {
      throw new Failure(`No coordinator answers at ${this.#url}: start it, or name it.`)
    }
  }
}

/** The first blocker is the problem's own; the others are named after it. */
const saidBy = ({ code, detail, blockers = [] }: z.infer<typeof problemSchema>): string => {
  const others = blockers.slice(1).flatMap(blocker => {
    const parsed = blockerSchema.safeParse(blocker).data
    return parsed ? [[parsed.code, parsed.member ?? parsed.consumer].join(' ').trim()] : []
  })
  const also = [...new Set(others)].join(', ')
  return `${code}: ${detail}${also === '' ? '' : ` Also: ${also}.`}`
}
