import { clientHeader, openApiOf, tokenHeader } from '@keyturn/protocol'
import { type Operation, operations } from './operations.ts'
import { type ProblemCode, problems } from './refused.ts'

/** Whatever is asked: the guard and the parser come before any route. */
const always = [
  'BROWSER_REFUSED',
  'HOST_REFUSED',
  'TOKEN_REFUSED',
  'BAD_REQUEST',
  'TOO_LARGE',
  'TOO_SLOW',
  'HEADERS_TOO_LARGE',
] as const satisfies readonly ProblemCode[]

const idParameter = {
  name: 'id',
  in: 'path',
  required: true,
  description: 'A random name of one process’s ring, or of one rendered file',
  schema: { type: 'string' },
} as const

const clientParameter = {
  name: clientHeader,
  in: 'header',
  required: true,
  description: 'The id under which the client is attached',
  schema: { type: 'string' },
} as const

const described = (operation: Operation) => ({
  ...operation,
  parameters: [
    ...(operation.path.includes('{id}') ? [idParameter] : []),
    ...(operation.ofClient ? [clientParameter] : []),
  ],
})

/** The local API as OpenAPI 3.1, made from the very schemas that requests are checked against. */
export const openApi = (): Record<string, unknown> =>
  openApiOf({
    title: 'Keyturn sidecar: local API',
    description:
      'Over a Unix socket, or over loopback TCP, where every request carries the token of the token file.',
    operations: Object.fromEntries(
      Object.entries(operations).map(([name, operation]) => [name, described(operation)]),
    ),
    problems,
    always,
    security: [{ token: [] }, {}],
    securitySchemes: { token: { type: 'apiKey', in: 'header', name: tokenHeader } },
  })
