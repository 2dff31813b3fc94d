import { badRequest, ServiceError } from '../errors.ts'

/** Where in the query's text an error lies: character offsets, the end not included. */
export interface Span {
  readonly start: number
  readonly end: number
}

/**
 * A query that the service would refuse, in the forms of its own: most errors have a code and a
 * place, some only a code, some are plain sentences.
 * Source of the forms: Microsoft.Azure.Cosmos.Tests, QueryPlanBaselineTests.*.xml, and ServiceJNITests
 * of the Java SDK (both published by Microsoft).
 */
export class SqlError extends Error {
  readonly code: string | number | undefined
  readonly span: Span | undefined

  constructor(sentence: string, code?: string | number, span?: Span) {
    super(sentence)
    this.code = code
    this.span = span
  }

  /** The service's 400. */
  refusal(): ServiceError {
    const { code, span, message } = this
    if (code === undefined) return badRequest(message)
    const location = span === undefined ? {} : { location: { start: span.start, end: span.end } }
    const errors = [{ severity: 'Error', ...location, code, message }]
    return new ServiceError(400, 'BadRequest', `Message: ${JSON.stringify({ errors })}`)
  }
}

export const syntaxError = (near: string, span: Span): SqlError =>
  new SqlError(`Syntax error, incorrect syntax near '${near.slice(0, 64)}'.`, 'SC1001', span)

/** What the service understands and this simulator does not; never answered wrongly instead. */
export const unsupported = (what: string): SqlError =>
  new SqlError(`${what} are not supported by this simulator.`)
