import { inShort } from '../azure/azure-error.ts'
import type { Asked } from './facts.ts'

/** Why something could not be asked: Azure's code and sentence, never a body. */
export const unknown = (error: unknown): Asked<never> => {
  const { statusCode } = (error ?? {}) as { statusCode?: unknown }
  const status = typeof statusCode === 'number' ? statusCode : undefined
  return { known: false, why: inShort(error), status }
}
