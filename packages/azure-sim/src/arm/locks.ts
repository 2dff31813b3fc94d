import type { Reply } from '../http/call.ts'
import { scopesOf } from './authorization.ts'
import { scopeLocked } from './errors.ts'
import type { ArmOptions } from './options.ts'

/**
 * A read-only lock refuses every POST, `listKeys` among them (Azure/azure-sdk-for-java issue 2560):
 * to ARM it is a write.
 */
export function lockProblem(arm: ArmOptions, method: string): Reply | undefined {
  if (method === 'GET' || method === 'HEAD') return undefined
  const isDelete = method === 'DELETE'
  const locks = arm.locks().filter(({ level }) => isDelete || level === 'ReadOnly')
  if (locks.length === 0) return undefined
  const scopes = scopesOf(arm)
  const locked = [...new Set(locks.map(lock => scopes[lock.scope ?? 'account']))]
  return scopeLocked(scopes.account, isDelete ? 'delete' : 'write', locked)
}
