export interface KnownProblem {
  readonly status: number
  readonly title: string
}

/**
 * Every answer of the coordinator that is not a success, but for refused verbs: these carry the
 * code of their first blocker. The `detail` says what it is about.
 */
export const coordinatorProblems = {
  BAD_REQUEST: { status: 400, title: 'Not understood' },
  TOKEN_MISSING: { status: 401, title: 'Nobody said who asks' },
  TOKEN_REFUSED: { status: 401, title: 'Not a token of this coordinator' },
  CERTIFICATE_REFUSED: { status: 401, title: 'Not a certificate of this coordinator' },
  ROLE_MISSING: { status: 403, title: 'Not allowed' },
  CROSS_SITE: { status: 403, title: 'Not for other sites' },
  NOT_FOUND: { status: 404, title: 'No such route' },
  UNKNOWN_ACCOUNT: { status: 404, title: 'No such account' },
  TOO_SLOW: { status: 408, title: 'Too slow' },
  JOURNAL_CONFLICT: { status: 409, title: 'Another coordinator leads' },
  TOO_LARGE: { status: 413, title: 'Body too large' },
  TOO_MANY_STREAMS: { status: 429, title: 'Too many streams' },
  TOO_MANY_REQUESTS: { status: 429, title: 'Too many requests' },
  ISSUER_UNREACHABLE: { status: 503, title: 'Nobody to ask about the token' },
  INTERNAL: { status: 500, title: 'Internal error' },
} as const satisfies Record<string, KnownProblem>

export type CoordinatorProblem = keyof typeof coordinatorProblems
