import type { z } from 'zod'
import { type JsonSchema, jsonSchemaOf } from './json-schema.ts'
import { problemContentType, problemSchema } from './problem.ts'

/** One operation, as a description needs to know it. */
export interface DescribedOperation {
  readonly method: string
  /** With `{name}` where a parameter stands. */
  readonly path: string
  readonly summary: string
  readonly parameters?: readonly DescribedParameter[]
  readonly body?: z.ZodType | undefined
  readonly answer: {
    readonly status: number
    readonly type?: string | undefined
    readonly schema?: z.ZodType | undefined
  }
  readonly refusals: readonly string[]
  /** Whether anybody may ask. */
  readonly isOpen?: boolean
  /** Members of the operation that OpenAPI does not know, `x-…`. */
  readonly more?: Readonly<Record<`x-${string}`, unknown>>
}

export interface DescribedParameter {
  readonly name: string
  readonly in: 'path' | 'query' | 'header'
  readonly required: boolean
  readonly description?: string
  readonly schema: JsonSchema
}

export interface DescribedApi {
  readonly title: string
  readonly description: string
  readonly operations: Readonly<Record<string, DescribedOperation>>
  readonly problems: Readonly<Record<string, { readonly status: number; readonly title: string }>>
  /** Codes that every request may meet. */
  readonly always: readonly string[]
  readonly security: readonly Readonly<Record<string, readonly string[]>>[]
  readonly securitySchemes: Readonly<Record<string, unknown>>
}

/** An API as OpenAPI 3.1, made from the very schemas that requests are checked against. */
export const openApiOf = (api: DescribedApi): Record<string, unknown> => {
  const paths: Record<string, Record<string, unknown>> = {}
  for (const [name, operation] of Object.entries(api.operations)) {
    const { path, method } = operation
    paths[path] = { ...paths[path], [method]: described(api, name, operation) }
  }
  return {
    openapi: '3.1.0',
    info: { title: api.title, version: 'v1', description: api.description },
    security: api.security,
    paths,
    components: {
      schemas: { Problem: jsonSchemaOf(problemSchema) },
      securitySchemes: api.securitySchemes,
    },
  }
}

const described = (
  api: DescribedApi,
  operationId: string,
  { summary, parameters = [], body, answer, refusals, isOpen, more }: DescribedOperation,
): Record<string, unknown> => {
  const schema = answer.schema === undefined ? {} : { schema: jsonSchemaOf(answer.schema) }
  const content = answer.type === undefined ? {} : { content: { [answer.type]: schema } }
  return {
    operationId,
    summary,
    ...(isOpen ? { security: [] } : {}),
    ...(parameters.length === 0 ? {} : { parameters }),
    ...(body === undefined ? {} : { requestBody: bodyOf(body) }),
    responses: {
      [answer.status]: { description: summary, ...content },
      ...refusalsOf(api, [...new Set([...api.always, ...refusals])]),
    },
    ...more,
  }
}

const bodyOf = (body: z.ZodType) => ({
  required: true,
  content: { 'application/json': { schema: jsonSchemaOf(body) } },
})

/** Codes of one status share its entry, as OpenAPI has one for each status. */
const refusalsOf = ({ problems }: DescribedApi, codes: readonly string[]) => {
  const byStatus = Object.groupBy(codes, code => `${problems[code]?.status ?? 500}`)
  return Object.fromEntries(
    Object.entries(byStatus).map(([status, some = []]) => [
      status,
      {
        description: some.map(code => `${code}: ${problems[code]?.title}.`).join(' '),
        content: { [problemContentType]: { schema: { $ref: '#/components/schemas/Problem' } } },
      },
    ]),
  )
}

/** The fields of an object, each a parameter. */
export const parametersOf = (
  where: 'path' | 'query',
  object: z.ZodObject | undefined,
): DescribedParameter[] => {
  if (object === undefined) return []
  const { properties = {}, required = [] } = jsonSchemaOf(object) as ObjectSchema
  return Object.entries(properties).map(([name, schema]) => ({
    ...{ name, in: where, required: where === 'path' || required.includes(name) },
    ...(schema.description === undefined ? {} : { description: schema.description }),
    schema,
  }))
}

interface ObjectSchema {
  readonly properties?: Readonly<Record<string, JsonSchema & { readonly description?: string }>>
  readonly required?: readonly string[]
}
