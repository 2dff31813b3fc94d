/** What an answer says about the key that signed. */
export type AnswerKind =
  | 'accepted'
  | 'wrong-key'
  | 'local-auth-disabled'
  | 'bad-header'
  | 'clock-skew'
  | 'other'

export type Verdict =
  | { readonly kind: Exclude<AnswerKind, 'clock-skew'> }
  /** `serverTime` is RFC 1123, as the service wrote it; `null` where it did not say. */
  | { readonly kind: 'clock-skew'; readonly serverTime: string | null }

export interface AzureAnswer {
  readonly status: number
  /** Of the header `x-ms-substatus`; `null`: absent. */
  readonly substatus: number | null
  /** The body's text, or only its message. Empty is fine for anything below 400. */
  readonly text: string
}

const accepted: Verdict = { kind: 'accepted' }
const other: Verdict = { kind: 'other' }

const localAuthDisabledSubstatus = 5202
const serverTimePattern = /current server time: ([A-Za-z]{3}, [^()]*? GMT)/i

/**
 * Statuses that the service gives only to a request whose signature it has accepted.
 * Throttling, time-outs and 5xx are left out: a gateway may give them before it looks.
 */
const acceptedStatuses: readonly number[] = [304, 404, 409, 412, 424, 449]

/**
 * What an answer means for the key. Texts: Microsoft's troubleshooting pages and recorded answers
 * of the service; both the gateway's and the backend's wording occur.
 *
 * A 401 with a text that nobody has seen yet counts as a wrong key: it was not executed, so the
 * worst that follows is a second try. One with a substatus of its own is passed through.
 */
export const classifyAnswer = ({ status, substatus, text }: AzureAnswer): Verdict => {
  if (status < 300) return accepted
  if (status === 401) return classify401(substatus, text)
  if (status === 403) return classify403(text)
  return acceptedStatuses.includes(status) ? accepted : other
}

const classify401 = (substatus: number | null, text: string): Verdict => {
  if (substatus === localAuthDisabledSubstatus || /local authorization is disabled/i.test(text)) {
    return { kind: 'local-auth-disabled' }
  }
  if (/required header authorization is missing|authorization header does/i.test(text)) {
    return { kind: 'bad-header' }
  }
  return substatus === null || substatus === 0 ? { kind: 'wrong-key' } : other
}

const classify403 = (text: string): Verdict =>
  /not valid at the current time/i.test(text)
    ? { kind: 'clock-skew', serverTime: serverTimePattern.exec(text)?.[1] ?? null }
    : other

/** Whether a request would change something: what a read-only key is refused. */
export const isWrite = (verb: string, isQuery: boolean): boolean => {
  const method = verb.toUpperCase()
  return method !== 'GET' && method !== 'HEAD' && !isQuery
}
