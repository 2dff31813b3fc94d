import {
  type AccountStatus,
  accountStatusSchema,
  blockerSchema,
  type Denial,
  type DryRunAnswer,
  denialsSchema,
  dryRunSchema,
  type FleetAnswer,
  fleetSchema,
  type HistoryEntry,
  historyEntrySchema,
  type PastRotation,
  problemSchema,
  retireCheckSchema,
  rotationsSchema,
  type VerbRequest,
  verbRequestSchema,
} from '@keyturn/protocol'
import { z } from 'zod'
import { Away, type Followed, followEvents } from './account-events.ts'
import { Failure, UsageError } from './failure.ts'
import { openSend, type Send, secureUrl, unanswered } from './http.ts'
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
  readonly #account: string | undefined
  readonly #as: string | undefined
  readonly #readOnly: boolean
  readonly #settings: Settings
  #opened: Promise<Send> | null = null

  constructor(options: OperatorOptions) {
    const { coordinator, tokenFile, cert, account, as, readOnly = false } = options
    if (coordinator === undefined) throw new UsageError('Name the coordinator with --coordinator.')
    if (tokenFile === undefined && cert === undefined) {
      const sentence = 'Name the file that holds your token with --token-file, or a certificate.'
      throw new UsageError(sentence)
    }
    // Looked at now, so that a wrong path is said at once; and again for each request.
    if (tokenFile !== undefined) readToken(tokenFile)
    this.#settings = options
    this.#url = secureUrl(coordinator, options)
    this.#account = account
    this.#as = as
    this.#readOnly = readOnly
  }

  async status(): Promise<AccountStatus> {
    const accounts = await this.#ask('GET', '/v1/accounts', z.array(accountStatusSchema))
    const [only, ...others] = this.#meant(accounts)
    if (only && others.length === 0) return only
    const names = accounts.map(({ name }) => name).join(', ')
    throw new UsageError(
      this.#account === undefined || only
        ? `Name one account with --account: there are ${names}.`
        : `The coordinator has no account ${this.#account}: there are ${names}.`,
    )
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

  /** @throws {UsageError} where the words of a person do not fit, before anybody is asked */
  async verb(request: VerbRequest): Promise<AccountStatus> {
    const checked = verbRequestSchema.safeParse(request)
    if (!checked.success) {
      const [issue] = checked.error.issues
      throw new UsageError(`${issue?.path.join('.')}: ${issue?.message}.`)
    }
    const { name } = await this.status()
    return this.#ask('POST', `/v1/accounts/${name}/verbs`, accountStatusSchema, request)
  }

  /** The journal, the oldest entry first. @param after the revision before the first one */
  async history(after = 0): Promise<HistoryEntry[]> {
    const { name } = await this.status()
    const entries: HistoryEntry[] = []
    for (;;) {
      const from = entries.at(-1)?.revision ?? after
      const path = `/v1/accounts/${name}/history?after=${from}&limit=${entriesAtOnce}`
      const page = await this.#ask('GET', path, z.array(historyEntrySchema))
      entries.push(...page)
      if (page.length < entriesAtOnce) return entries
    }
  }

  /** Every member, and how far the fleet is. */
  async fleet(): Promise<Omit<FleetAnswer, 'next'>> {
    const { name } = await this.status()
    const page = (after: string | null) => {
      const query = after === null ? '' : `?${new URLSearchParams({ after })}`
      return this.#ask('GET', `/v1/accounts/${name}/fleet${query}`, fleetSchema)
    }
    const { progress, ...first } = await page(null)
    const members = [...first.members]
    let { next } = first
    while (next !== null) {
      const more: FleetAnswer = await page(next)
      members.push(...more.members)
      next = more.next
    }
    return { progress, members }
  }

  /** What was asked for and denied, the newest first. */
  async denials(limit = 1_000): Promise<Denial[]> {
    return (await this.#ask('GET', `/v1/denials?limit=${limit}`, denialsSchema)).denials
  }

  /** Past and running, the newest first. */
  async rotations(limit = 20): Promise<PastRotation[]> {
    const { name } = await this.status()
    const path = `/v1/accounts/${name}/rotations?limit=${limit}`
    return (await this.#ask('GET', path, rotationsSchema)).rotations
  }

  /**
   * What happens with the account, until the signal, and through restarts of the coordinator.
   * @param known the revision up to which the journal is known; without it only what is new
   * @throws {Failure} where the coordinator refuses
   */
  async *follow(signal: AbortSignal, known?: number): AsyncGenerator<Followed, void> {
    const { name } = await this.status()
    const open = async (revision: number | null, over: AbortSignal): Promise<Response> => {
      const resume: Record<string, string> =
        revision === null ? {} : { 'last-event-id': String(revision) }
      const path = `/v1/accounts/${name}/events`
      const sending = { headers: resume, signal: over }
      const response = await this.#send('GET', path, sending).catch(error => {
        if (error instanceof Failure && error.code === 'COORDINATOR_UNREACHABLE') {
          throw new Away(error.message, { cause: error })
        }
        throw error
      })
      if (response.ok && isStream(response)) return response
      const refusal = refusalOf(this.#url, response, await response.json().catch(() => null))
      throw mayPass.includes(response.status) ? new Away(refusal.message) : refusal
    }
    yield* followEvents(open, signal, known ?? null)
  }

  async #ask<T>(method: string, path: string, schema: z.ZodType<T>, body?: unknown): Promise<T> {
    const signal = AbortSignal.timeout(answerWithinMs)
    const response = await this.#send(method, path, { body, signal })
    const answer: unknown = await response.json().catch(() => null)
    const parsed = response.ok ? schema.safeParse(answer) : null
    if (parsed?.success) return parsed.data
    const [issue] = parsed?.error.issues ?? []
    throw refusalOf(this.#url, response, answer, issue && ` at ${issue.path.join('.')}`)
  }

  async #send(method: string, path: string, { body, headers, signal }: Sending): Promise<Response> {
    this.#opened ??= openSend(this.#settings)
    const send = await this.#opened
    const { tokenFile } = this.#settings
    const init: RequestInit = {
      method,
      headers: {
        // A token that is renewed in its file is renewed here.
        ...(tokenFile === undefined ? {} : { authorization: `Bearer ${readToken(tokenFile)}` }),
        'content-type': 'application/json',
        ...(this.#as === undefined ? {} : { 'keyturn-operator': this.#as }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      // A redirect would carry the token to whoever it names.
      redirect: 'manual',
      signal,
    }
    return send(`${this.#url}${path}`, init).catch(error => {
      throw unanswered(this.#url, error)
    })
  }
}

interface Sending {
  readonly body?: unknown
  readonly headers?: Readonly<Record<string, string>>
  readonly signal: AbortSignal
}

const answerWithinMs = 30_000
const entriesAtOnce = 1_000

const isStream = ({ headers }: Response): boolean =>
  headers.get('content-type')?.startsWith('text/event-stream') ?? false

/** Said while a coordinator starts, or by what stands before it. */
const mayPass: readonly number[] = [429, 502, 503, 504]

const refusalOf = (url: string, response: Response, answer: unknown, where = ''): Failure => {
  const problem = problemSchema.safeParse(answer)
  if (!response.ok && problem.success) return new Failure(...saidBy(problem.data))
  const kind = response.headers.get('content-type')?.split(';', 1)[0] ?? 'nothing'
  const sentence = `What answers at ${url} is no coordinator that this release knows (HTTP ${response.status}, ${kind}${where}): name it with --coordinator, or see what stands between.`
  return new Failure(sentence, 'NOT_A_COORDINATOR')
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
