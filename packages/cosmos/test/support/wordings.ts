import {
  createHttpHeaders,
  type PipelineRequest,
  type PipelineResponse,
} from '@azure/core-rest-pipeline'

/** The kinds of 401 that mean, or may mean, that the key was the wrong one. */
export const wordings = ['wrong key', 'mac signature', 'substatus 0', 'never seen before'] as const
export type Wording = (typeof wordings)[number]

const texts: Readonly<Record<Wording, string>> = {
  'wrong key':
    "The input authorization token can't serve the request. The wrong key is being used or the " +
    'expected payload is not built as per the protocol.',
  'mac signature':
    'The MAC signature found in the HTTP request is not the same as the computed signature.',
  'substatus 0': 'The wrong key is being used.',
  'never seen before': 'Unauthorized.',
}

const respond = (
  request: PipelineRequest,
  status: number,
  message: string,
  headers: Record<string, string> = {},
): PipelineResponse => ({
  request,
  status,
  headers: createHttpHeaders(headers),
  bodyAsText: JSON.stringify({ code: String(status), message }),
})

export const answer401 = (request: PipelineRequest, wording: Wording): PipelineResponse =>
  respond(request, 401, texts[wording], wording === 'substatus 0' ? { 'x-ms-substatus': '0' } : {})

export const answerSkew = (request: PipelineRequest, now: number): PipelineResponse =>
  respond(
    request,
    403,
    'The authorization token is not valid at the current time. Please create another token and ' +
      `retry (token start time: x, token expiry time: y, current server time: ${new Date(now).toUTCString()}).`,
  )

export const plainAnswer = (request: PipelineRequest, status: number): PipelineResponse =>
  respond(request, status, 'as it is')
