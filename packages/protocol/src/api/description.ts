import { openApiOf, parametersOf } from '../openapi.ts'
import type { CoordinatorOperation } from './operation.ts'
import { coordinatorOperations } from './operations.ts'
import { coordinatorProblems } from './problems.ts'
import { verbRoles } from './roles.ts'

/** Met before an operation is reached, whichever it is. */
const always = ['BAD_REQUEST', 'CROSS_SITE', 'TOO_SLOW', 'INTERNAL'] as const

/** Met where somebody has to say who asks. */
const named = [
  ...['TOKEN_MISSING', 'TOKEN_REFUSED', 'CERTIFICATE_REFUSED', 'ROLE_MISSING'],
  ...['TOO_MANY_REQUESTS', 'ISSUER_UNREACHABLE'],
] as const

const ofBlocker = 'The code of a blocker'

const description = `The coordinator turns keys. Members report to it; people look, turn and approve.
Whatever it refuses is a problem (RFC 9457) with a stable code. A verb that is refused answers 409
with the code of its first blocker, and with all of them in \`blockers\`. No answer holds a key:
keys are named by fingerprints. Each operation says in \`x-roles\` who may ask it.`

/** The coordinator's API as OpenAPI 3.1. */
export const coordinatorDescription = (): Record<string, unknown> => {
  const operations: [string, CoordinatorOperation][] = Object.entries(coordinatorOperations)
  return openApiOf({
    title: 'Keyturn coordinator',
    description,
    operations: Object.fromEntries(operations.map(([name, each]) => [name, described(each)])),
    problems: { ...coordinatorProblems, [ofBlocker]: { status: 409, title: 'Refused' } },
    always,
    security: [{ bearer: [] }, { certificate: [] }],
    securitySchemes: {
      bearer: { type: 'http', scheme: 'bearer', description: 'A JWT of an issuer, or a token' },
      certificate: { type: 'mutualTLS' },
    },
  })
}

const described = ({ may, params, query, ...operation }: CoordinatorOperation) => ({
  ...operation,
  answer: { ...operation.answer, status: 200 },
  parameters: [...parametersOf('path', params), ...parametersOf('query', query)],
  refusals: [
    ...(may === null ? [] : named),
    ...(operation.body ? ['TOO_LARGE'] : []),
    ...operation.refusals,
    ...(operation.verbs ? [ofBlocker] : []),
  ],
  isOpen: may === null,
  more: {
    'x-roles': may ?? [],
    ...(operation.verbs ? { 'x-verb-roles': verbRoles } : {}),
  } as const,
})
