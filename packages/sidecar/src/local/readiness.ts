import { notServing } from '@keyturn/core'
import type { RequestHandler } from 'express'
import type { MemberStore } from '../store.ts'
import { Refused } from './problem.ts'

/** Ready means: a client that attaches now is handed a keyset. */
export const readiness =
  (store: MemberStore): RequestHandler =>
  (_request, response) => {
    const refusal = notServing(store.state)
    if (refusal !== null) throw new Refused(refusal)
    const { held, joining } = store.state
    response.json({ status: 'ready', version: held?.version ?? null, joining })
  }
