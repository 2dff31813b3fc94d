import {
  clientHeader,
  jsonSchemaOf,
  problemContentType,
  problemSchema,
  tokenHeader,
} from '@keyturn/protocol'
import { type Operation, operations } from './operations.ts'
import { type ProblemCode, problems } from './refused.ts'

/** Whatever is asked: the guard and the parser come before any route. */
const ofEveryRequest = [
  'BROWSER_REFUSED',
  'HOST_REFUSED',
  'TOKEN_REFUSED',
  'BAD_REQUEST',
  'TOO_LARGE',
  'TOO_SLOW',
  'HEADERS_TOO_LARGE',
] as const satisfies readonly ProblemCode[]

/** Codes of one status share its entry, as OpenAPI has one for each status. */
const refusalsOf = (codes: readonly ProblemCode[]): Record<string, unknown> => {
  const byStatus = Object.groupBy(codes, code => `${problems[code].status}`)
  return Object.fromEntries(
    Object.entries(byStatus).map(([status, some = []]) => [
      status,
      {
        description: some.map(code => `${code}: ${problems[code].title}.`).join(' '),
        content: { [problemContentType]: { schema: { $ref: '#/components/schemas/Problem' } } },
      },
    ]),
  )
}

const idParameter = {
  name: 'id',
  in: 'path',
  required: true,
  description: 'A random name of one process’s ring, or of one rendered file',
  schema: { type: 'string' },
}

const clientParameter = {
  name: clientHeader,
  in: 'header',
  required: true,
  description: 'The id under which the client is attached',
  schema: { type: 'string' },
}

const described = (operationId: string, operation: Operation): Record<string, unknown> => {
  const { summary, path, body, ofClient, answer, refusals } = operation
  const parameters = [
    ...(path.includes('{id}') ? [idParameter] : []),
    ...(ofClient ? [clientParameter] : []),
  ]
  const schema = answer.schema === undefined ? {} : { schema: jsonSchemaOf(answer.schema) }
  const content = answer.type === undefined ? {} : { content: { [answer.type]: schema } }
  return {
    operationId,
    summary,
    ...(parameters.length === 0 ? {} : { parameters }),
    ...(body === undefined
      ? {}
      : {
          requestBody: {
            required: true,
            content: { 'application/json': { schema: jsonSchemaOf(body) } },
          },
        }),
    responses: {
      [answer.status]: { description: summary, ...content },
      ...refusalsOf([...ofEveryRequest, ...refusals]),
    },
  }
}

/** The local API as OpenAPI 3.1, made from the very schemas that requests are checked against. */
export const openApi = (): Record<string, unknown> => {
  const paths: Record<string, Record<string, unknown>> = {}
  for (const [name, operation] of Object.entries(operations)) {
    paths[operation.path] = {
      ...paths[operation.path],
      [operation.method]: described(name, operation),
    }
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Keyturn sidecar: local API',
      version: 'v1',
      description:
        'Over a Unix socket, or over loopback TCP, where every request carries the token of the token file.',
    },
    security: [{ token: [] }, {}],
    paths,
    components: {
      schemas: { Problem: jsonSchemaOf(problemSchema) },
      securitySchemes: {
        token: { type: 'apiKey', in: 'header', name: tokenHeader },
      },
    },
  }
}
