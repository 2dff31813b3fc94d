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
import { z } from 'zod'
import { Failure, UsageError } from './failure.ts'
import { openSend, type Send, unanswered } from './http.ts'
import { readToken } from './read-file.ts'
import { withSettings } from './settings/options.ts'
import type { Settings } from './settings/table.ts'

export interface OperatorOptions extends Settings {
  /** Whether the account's read-only pair is meant. */
  readonly readOnly?: boolean
}

/** The options of every command that asks a coordinator for something. */
export const withOperatorOptions = withSettings

/** What operators ask of a coordinator, over its API. */
export class OperatorClient {
  readonly #url: string
  readonly #token: string
  readonly #account: string | undefined
  readonly #as: string | undefined
  readonly #readOnly: boolean
  readonly #settings: Settings
  #opened: Promise<Send> | null = null

  constructor(options: OperatorOptions) {
    const { coordinator, tokenFile, account, as, readOnly = false } = options
    if (coordinator === undefined) throw new UsageError('Name the coordinator with --coordinator.')
    if (tokenFile === undefined) {
      throw new UsageError('Name the file that holds the operator token with --token-file.')
    }
    this.#settings = options
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
    const problem = problemSchema.safeParse(answer)
    if (!response.ok && problem.success) throw new Failure(...saidBy(problem.data))
    const parsed = response.ok ? schema.safeParse(answer) : null
    if (parsed?.success) return parsed.data
    const kind = response.headers.get('content-type')?.split(';', 1)[0] ?? 'nothing'
    const sentence = `What answers at ${this.#url} is no coordinator that this release knows (HTTP ${response.status}, ${kind}): name it with --coordinator, or see what stands between.`
    throw new Failure(sentence, 'NOT_A_COORDINATOR')
  }

  async #send(method: string, path: string, body: unknown): Promise<Response> {
    this.#opened ??= openSend(this.#settings)
    const send = await this.#opened
    const init: RequestInit = {
      method,
      headers: {
        authorization: `Bearer ${this.#token}`,
        'content-type': 'application/json',
        ...(this.#as === undefined ? {} : { 'keyturn-operator': this.#as }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      // A redirect would carry the token to whoever it names.
      redirect: 'manual',
      signal: AbortSignal.timeout(30_000),
    }
    return send(`${this.#url}${path}`, init).catch(error => {
      throw unanswered(this.#url, error)
    })
  }
}

/** The first blocker is the problem's own; the others are named after it. */
const saidBy = (problem: z.infer<typeof problemSchema>): [sentence: string, code: string] => {
  const { code, detail, blockers = [] } = problem
  const others = blockers.slice(1).flatMap(blocker => {
    const parsed = blockerSchema.safeParse(blocker).data
    return parsed ? [[parsed.code, parsed.member ?? parsed.consumer].join(' ').trim()] : []
  })
  const also = [...new Set(others)].join(', ')
  return [`${detail}${also === '' ? '' : ` Also: ${also}.`}`, code]
}
