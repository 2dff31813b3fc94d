import type { Contract, Contracts } from './contracts.ts'
import { findOperation, literalsMatched, type Operation, operationsIn } from './paths.ts'
import { type Complaints, readSchemas, type Schemas } from './schemas.ts'

/** An answer as the simulator's channel publishes it. */
export interface Seen {
  readonly service: string
  readonly method: string
  readonly url: string
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly text: string
}

export interface Judgement {
  /** Never a name of an account or secret: `arm 2024-08-15 DatabaseAccounts_Get`. */
  readonly operation: string
  readonly version: string
  readonly complaints: Complaints
  /** Why no published schema tells of this answer; absent where one does. */
  readonly unjudged?: string
}

const polls = [
  '/subscriptions/{s}/providers/Microsoft.DocumentDB/locations/{l}/operationsStatus/{o}',
  '/subscriptions/{s}/providers/Microsoft.DocumentDB/locations/{l}/operationResults/{o}',
]
const pollOfAccount = /\/databaseAccounts\/[^/]+\/(?:[^/]+\/)?operationResults\/[^/]+$/i
const armError = ['definitions', 'ErrorResponse']

/** Holds answers of ARM and Key Vault against what Microsoft publishes of them. */
export class Judge {
  readonly #contracts: Contracts
  readonly #schemas = new Map<Contract, Schemas>()
  readonly #operations = new Map<Contract, readonly Operation[]>()

  constructor(contracts: Contracts) {
    this.#contracts = contracts
  }

  judge(seen: Seen): Judgement {
    const [path = '', query] = seen.url.split('?')
    const version = new URLSearchParams(query).get('api-version') ?? ''
    const about = { operation: `${seen.service} ${seen.method}`, version, complaints: [] }
    if (seen.service === 'control') return { ...about, unjudged: 'the simulator’s own endpoint' }
    if (seen.service !== 'arm' && seen.service !== 'vault') {
      return { ...about, unjudged: 'Microsoft publishes no OpenAPI document of it' }
    }
    if (!this.#contracts.present) {
      return { ...about, unjudged: 'Azure’s published files are not here (AZURE_SPECS)' }
    }
    const contract = this.#contracts.of(seen.service, version)
    const body = parse(seen.text)
    if (body === notJson) return { ...about, complaints: ['/ the body is not JSON'] }
    return { ...about, ...this.#underContract(contract, seen, path, body) }
  }

  #underContract(
    contract: Contract,
    { service, method, status }: Seen,
    path: string,
    body: unknown,
  ): Pick<Judgement, 'operation' | 'complaints' | 'unjudged'> {
    const schemas = this.#schemasOf(contract)
    // It says why in its status alone.
    if (method === 'HEAD' && status >= 400) {
      return { operation: `${contract.name} HEAD`, complaints: [] }
    }
    if (service === 'arm' && isPoll(path) && !isResult(path, status, body)) {
      return { operation: 'arm poll of an operation', complaints: ofPoll(schemas, status, body) }
    }
    const operations = this.#operationsOf(contract)
    const found = isResult(path, status, body)
      ? operations.find(({ id }) => id === 'DatabaseAccounts_Get')
      : findOperation(operations, method, path)
    const operation = `${contract.name} ${found?.id ?? 'no operation'}`
    if (found === undefined && status < 400) {
      return {
        operation,
        complaints: [],
        unjudged: `no file here describes ${method} of this path`,
      }
    }
    const said = found?.responses[`${status}`]
    if (said !== undefined && found !== undefined) {
      return { operation, complaints: ofResponse(schemas, found, `${status}`, body) }
    }
    if (status < 400) return { operation, complaints: [`/ it does not answer ${status}`] }
    return { operation, complaints: ofError(schemas, service, found, body) }
  }

  #schemasOf(contract: Contract): Schemas {
    const schemas = this.#schemas.get(contract) ?? readSchemas(contract.documents)
    this.#schemas.set(contract, schemas)
    return schemas
  }

  #operationsOf(contract: Contract): readonly Operation[] {
    const { main, documents } = contract
    const found = this.#operations.get(contract) ?? operationsIn(main, documents[main] ?? {})
    this.#operations.set(contract, found)
    return found
  }
}

const notJson = Symbol('not JSON')

const parse = (text: string): unknown => {
  if (text === '') return undefined
  try {
    return JSON.parse(text)
  } catch {
    return notJson
  }
}

const isPoll = (path: string): boolean =>
  polls.some(template => literalsMatched(template, path) >= 0) || pollOfAccount.test(path)

/** `Location` of a change to the account gives the account in the end. */
const isResult = (path: string, status: number, body: unknown): boolean =>
  /\/operationResults\//i.test(path) &&
  status === 200 &&
  typeof body === 'object' &&
  body !== null &&
  'properties' in body

/** The contract of ARM's asynchronous operations (common-types v6, OperationStatusResult). */
const ofPoll = (schemas: Schemas, status: number, body: unknown): Complaints => {
  if (status >= 400) return ofError(schemas, 'arm', undefined, body)
  if (body === undefined) return status === 200 || status === 204 ? [] : ['/ a poll says nothing']
  return schemas.complaints('common-types-v6.json', ['definitions', 'OperationStatusResult'], body)
}

const ofResponse = (
  schemas: Schemas,
  { file, path, method, responses }: Operation,
  code: string,
  body: unknown,
): Complaints => {
  if (responses[code] !== undefined && 'schema' in responses[code]) {
    return schemas.complaints(file, ['paths', path, method, 'responses', code, 'schema'], body)
  }
  // The recorded 202 has a body that no document tells of: the operation's first status.
  if (code === '202' && body !== undefined) return ofPoll(schemas, 202, body)
  return body === undefined ? [] : ['/ a body where the document has none']
}

/**
 * The operation's `default`; for ARM also the error that all of ARM shares: its front end refuses
 * tokens, versions and groups before the resource provider is asked.
 */
const ofError = (
  schemas: Schemas,
  service: string,
  operation: Operation | undefined,
  body: unknown,
): Complaints => {
  const own =
    operation?.responses['default'] === undefined
      ? null
      : ofResponse(schemas, operation, 'default', body)
  if (own?.length === 0) return saysWhy(body)
  if (service === 'vault') {
    const shared = schemas.complaints('common.json', ['definitions', 'KeyVaultError'], body)
    return shared.length === 0 ? saysWhy(body) : shared
  }
  const shared = schemas.complaints('common-types-v6.json', armError, body)
  return shared.length === 0 ? saysWhy(body) : shared
}

/** The documents require neither code nor message; an error without them helps nobody. */
const saysWhy = (body: unknown): Complaints => {
  const { error, ...flat } = (body ?? {}) as { error?: unknown; code?: unknown; message?: unknown }
  const { code, message } = (error ?? flat) as { code?: unknown; message?: unknown }
  return typeof code === 'string' && typeof message === 'string'
    ? []
    : ['/ an error without code or message']
}
