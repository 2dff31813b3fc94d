import type { z } from 'zod'
import type { CoordinatorProblem } from './problems.ts'
import type { Role } from './roles.ts'

/**
 * One thing that may be asked of the coordinator. Its routes, their checks, who may ask, their
 * description and their clients are all made of it.
 */
export interface CoordinatorOperation {
  readonly method: 'get' | 'post'
  /** With `{name}` where a parameter stands. */
  readonly path: string
  readonly summary: string
  /** Whoever has one of these may ask; `null`: anybody, without saying who. */
  readonly may: readonly Role[] | null
  readonly params?: z.ZodObject
  readonly query?: z.ZodObject
  readonly body?: z.ZodType
  /** Whether Azure is asked for it, whose reads are rationed. */
  readonly looks?: boolean
  /** Whether the body is a verb, which takes a role of its own. */
  readonly verbs?: boolean
  readonly answer: {
    readonly type: 'application/json' | 'text/event-stream' | 'text/html'
    readonly schema?: z.ZodType
  }
  /** Besides those that every request may meet. */
  readonly refusals: readonly CoordinatorProblem[]
}
