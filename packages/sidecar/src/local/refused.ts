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
  HOST_REFUSED: {
    status: 403,
    title: 'Not for this host',
    detail:
      'The Host header names something else than this sidecar: ask it as localhost, 127.0.0.1 or [::1], with its port.',
  },
  TOKEN_REFUSED: {
    status: 401,
    title: 'Token missing or wrong',
    detail:
      'The request does not carry the token of this sidecar: send what its token file holds now in the header keyturn-token.',
  },
  TOO_LARGE: {
    status: 413,
    title: 'Body too large',
    detail: 'The body is larger than anything this API takes: at most 64 KB.',
  },
  HEADERS_TOO_LARGE: {
    status: 431,
    title: 'Headers too large',
    detail: 'The headers are larger than anything this API takes: at most 8 KB.',
  },
  TOO_SLOW: {
    status: 408,
    title: 'Too slow',
    detail: 'The request did not arrive within 10 seconds: send it whole.',
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
  TOO_MANY_CLIENTS: {
    status: 429,
    title: 'Too many clients',
    detail:
      'The sidecar remembers as many clients as it can look after: end processes that are attached, or share one ring among more of an application.',
  },
  CLIENT_IN_FLIGHT: {
    status: 409,
    title: 'Requests in flight',
    detail: 'The client still has requests in flight: it says goodbye once they have ended.',
  },
  CLIENT_PASSIVE: {
    status: 409,
    title: 'A passive client',
    detail:
      'This client is a rendered file that the sidecar looks after itself: its consumer may only acknowledge a version.',
  },
  NOT_RENDERED: {
    status: 409,
    title: 'Not what was rendered',
    detail:
      'This version is not the one that stands in the rendered file now: load the file again, and acknowledge its version.',
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
  KEYSET_STALE: {
    status: 503,
    title: 'Keyset stale',
    detail:
      'The source has not answered for longer than it may: the last keyset is still served, see the sidecar log for what the source says.',
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
