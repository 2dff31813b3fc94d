import {
  type AccountStatus,
  accountStatusSchema,
  type HistoryEntry,
  historyEntrySchema,
  problemSchema,
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

/** What operators ask of a coordinator, over its API. */
export class OperatorClient {
  readonly #url: string
  readonly #token: string
  readonly #account: string | undefined

  constructor({ coordinator, tokenFile, account }: OperatorOptions) {
    if (!URL.canParse(coordinator)) throw new UsageError(`${coordinator} is not a URL.`)
    if (tokenFile === undefined) {
      throw new UsageError('Name the file that holds the operator token with --token-file.')
    }
    this.#url = coordinator.replace(/\/$/, '')
    this.#token = readToken(tokenFile)
    this.#account = account
  }

  async status(): Promise<AccountStatus> {
    const accounts = await this.#ask('GET', '/v1/accounts', z.array(accountStatusSchema))
    const named = this.#account
    const found = named === undefined ? accounts : accounts.filter(({ name }) => name === named)
    const [only] = found
    if (only && found.length === 1) return only
    const names = accounts.map(({ name }) => name).join(', ')
    throw new UsageError(`Name one account with --account: there are ${names}.`)
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
    throw new Failure(`${problem.data.code}: ${problem.data.detail}`)
  }

  async #send(method: string, path: string, body: unknown): Promise<Response> {
    try {
      return await fetch(`${this.#url}${path}`, {
        method,
        headers: { authorization: `Bearer ${this.#token}`, 'content-type': 'application/json' },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        signal: AbortSignal.timeout(30_000),
      })
    } catch {
      throw new Failure(`No coordinator answers at ${this.#url}: start it, or name it.`)
    }
  }
}
