import type { CoordinatorOperation } from '@keyturn/protocol'
import type { Request } from 'express'
import type { z } from 'zod'
import { Refusal } from './problem.ts'

type Output<S> = S extends z.ZodType ? z.output<S> : undefined

type Parts<O> = {
  readonly [K in 'params' | 'query' | 'body']: O extends { readonly [P in K]: infer S }
    ? Output<S>
    : undefined
}

/** What was asked, held against the schemas of its operation. */
export type Asked<O extends CoordinatorOperation> = Parts<O> & { readonly request: Request }

/** @throws {Refusal} BAD_REQUEST */
export const askedOf = <O extends CoordinatorOperation>(
  { params, query, body }: O,
  request: Request,
): Asked<O> => {
  const parts = {
    params: params && parse(params, request.params, 'the path'),
    query: query && parse(query, request.query, 'the query'),
    body: body && parse(body, request.body, 'the body'),
  }
  return { ...parts, request } as unknown as Asked<O>
}

const parse = (schema: z.ZodType, value: unknown, what: string): unknown => {
  const parsed = schema.safeParse(value)
  if (parsed.success) return parsed.data
  const [issue] = parsed.error.issues
  const where = issue?.path.join('.') || what
  throw new Refusal('BAD_REQUEST', `${where}: ${issue ? saysOf(issue) : 'is not valid'}.`)
}

/** Nothing that was sent is sent back. */
const saysOf = ({ code, message }: z.core.$ZodIssue): string =>
  code === 'unrecognized_keys' ? 'has a field that is not known' : message
