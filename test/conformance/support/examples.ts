import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { azureSpec } from '../../../packages/azure-sim/test/specs.ts'
import { type Contract, Contracts } from '../openapi/contracts.ts'
import { type Operation, operationsIn } from '../openapi/paths.ts'
import type { Json } from '../openapi/schemas.ts'

/** One of Microsoft's own examples: a request, and the answers that it may get. */
export interface Example {
  /** Below the folder of published files. */
  readonly file: string
  /** `CosmosDBDatabaseAccountGet`. */
  readonly name: string
  readonly service: 'arm' | 'vault'
  readonly version: string
  readonly parameters: Readonly<Record<string, unknown>>
  readonly responses: Readonly<Record<string, ExampleResponse>>
  readonly contract: Contract
  /** `null` where no document here names the example. */
  readonly operation: Operation | null
}

export interface ExampleResponse {
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: unknown
}

/** Every official example that lies here; empty where the files are absent. */
export const readExamples = (): readonly Example[] => {
  const contracts = new Contracts(azureSpec.folder)
  if (!contracts.present) return []
  return globSync(['**/examples/*.json', 'arm/2026-03-15/CosmosDB*.json'], {
    cwd: azureSpec.folder,
  })
    .toSorted()
    .map(file => readExample(contracts, file))
}

const readExample = (contracts: Contracts, file: string): Example => {
  const text = readFileSync(join(azureSpec.folder, file), 'utf8').replace(/^\uFEFF/, '')
  const { parameters, responses, operationId } = JSON.parse(text) as {
    parameters: Record<string, unknown>
    responses: Record<string, ExampleResponse>
    operationId?: string
  }
  const name = (file.split('/').at(-1) ?? '').replace(/(-example)?\.json$/, '')
  const service = file.startsWith('arm/') ? 'arm' : 'vault'
  const version = String(parameters['api-version'])
  const contract = contracts.of(service, version)
  const document = contract.documents[contract.main] ?? {}
  const operation = operationsIn(contract.main, document).find(
    each => each.id === operationId || namesExample(document, each, file),
  )
  const about = { file, name, service, version, parameters, responses, contract } as const
  return { ...about, operation: operation ?? null }
}

const namesExample = (document: Json, { path, method }: Operation, file: string): boolean => {
  const paths = document['paths'] as Record<string, Record<string, Json>>
  const named = (paths[path]?.[method]?.['x-ms-examples'] ?? {}) as Record<string, { $ref: string }>
  const last = `/${file.split('/').at(-1)}`
  return Object.values(named).some(({ $ref }) => $ref.endsWith(last))
}

/** The example's path with its own parameters in it, or what stands for them here. */
export const pathOf = (
  { operation, parameters }: Example,
  instead: Readonly<Record<string, string>> = {},
): string =>
  (operation?.path ?? '').replace(/\{([^}]+)\}/g, (_, name: string) =>
    encodeURIComponent(instead[name] ?? String(parameters[name] ?? '')),
  )
