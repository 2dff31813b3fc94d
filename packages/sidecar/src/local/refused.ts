export interface Known {
  readonly status: number
  readonly title: string
  readonly detail: string
}

/** Every answer of the local API that is not a success. None quotes what was sent. */
export const problems = {
  NOT_FOUND: {
    status: 404,
    title: 'No such route',
    detail: 'The sidecar has no such route: see its API description for those it has.',
  },
  BROWSER_REFUSED: {
    status: 403,
    title: 'Not for browsers or proxies',
    detail:
      'The request carries a header of a browser or a proxy: applications talk to the sidecar directly, without Origin or X-Forwarded-For.',
  },
  BAD_REQUEST: {
    status: 400,
    title: 'Not understood',
    detail: 'The request is not what this route takes: send JSON as the API description has it.',
  },
  CLIENT_UNKNOWN: {
    status: 404,
    title: 'Client not attached',
    detail: 'The sidecar does not know this client: attach it with PUT /v1/clients/{id} first.',
  },
  CLIENT_ID_TAKEN: {
    status: 409,
    title: 'Client id taken',
    detail: 'Another process is attached under this id: every ring takes a random id of its own.',
  },
  CLIENT_IN_FLIGHT: {
    status: 409,
    title: 'Requests in flight',
    detail: 'The client still has requests in flight: it says goodbye once they have ended.',
  },
  CLIENT_NOT_RECORDED: {
    status: 503,
    title: 'Client not recorded',
    detail:
      'The sidecar could not record this client on its disk, so it hands it no keys: see the sidecar log.',
  },
  NO_KEYSET: {
    status: 503,
    title: 'No keyset yet',
    detail: 'The sidecar has read no keyset yet: see its log for what its source answers.',
  },
  NOT_JOINED: {
    status: 503,
    title: 'Not joined yet',
    detail: 'The sidecar serves once the coordinator has recorded it, or the wait for it is over.',
  },
  BELOW_FLOOR: {
    status: 503,
    title: 'Keyset too old',
    detail:
      'The sidecar holds a keyset older than the fleet serves: it waits for its source to catch up.',
  },
  STOPPING: {
    status: 503,
    title: 'Stopping',
    detail: 'The sidecar is stopping: attach again when it is back.',
  },
  INTERNAL: {
    status: 500,
    title: 'Internal error',
    detail: 'The sidecar failed at this request: see its log.',
  },
} as const satisfies Record<string, Known>

export type ProblemCode = keyof typeof problems

/** Thrown by the desk: the question is answered with this problem. */
export class Refused extends Error {
  override readonly name = 'Refused'
  readonly code: ProblemCode

  constructor(code: ProblemCode) {
    super(problems[code].detail)
    this.code = code
  }
}
