import { SimError } from './errors.ts'
import { type Call, type Handler, jsonObject, type Reply } from './http/call.ts'
import { Routes } from './http/routes.ts'

/** What another process may see and change. */
export interface Controls {
  describe(): unknown
  testimony(): unknown
  weather(): unknown
  setWeather(settings: unknown): void
  once(ambush: unknown): void
  regeneration(): unknown
  setRegeneration(knobs: unknown): void
  /** How operations on regions, and creations, updates and deletions go. */
  operations(): unknown
  setOperations(knobs: unknown): void
  locks(): unknown
  setLocks(locks: unknown): void
  rotateSigningKey(options: unknown): Promise<void>
}

/** Outside Azure's own paths, so that no client of Azure can meet it by chance. */
export const controlPath = '/_sim'

/**
 * The simulator's own endpoint, beside ARM. It asks for no token: it listens on loopback only and
 * shows no key. It shows the simulated principals' secrets, which open nothing but the simulator.
 */
export function createControl(controls: Controls): Handler {
  const ok = (body: unknown): Reply => ({ status: 200, body })
  const change = (call: Call, apply: (settings: unknown) => void, show: () => unknown): Reply => {
    const settings = jsonObject(call)
    if (settings === undefined) return problem('The body is not a JSON object.')
    try {
      apply(settings)
    } catch (error) {
      if (error instanceof SimError) return problem(error.message)
      throw error
    }
    return ok(show())
  }
  const routes = new Routes<Handler>()
    .on('GET', controlPath, () => ok(controls.describe()))
    .on('GET', `${controlPath}/witness`, () => ok(controls.testimony()))
    .on('GET', `${controlPath}/weather`, () => ok(controls.weather()))
    .on('PUT', `${controlPath}/weather`, call =>
      change(call, controls.setWeather, controls.weather),
    )
    .on('POST', `${controlPath}/weather/once`, call =>
      change(call, controls.once, controls.weather),
    )
    .on('GET', `${controlPath}/regeneration`, () => ok(controls.regeneration()))
    .on('PUT', `${controlPath}/regeneration`, call =>
      change(call, controls.setRegeneration, controls.regeneration),
    )
    .on('GET', `${controlPath}/operations`, () => ok(controls.operations()))
    .on('PUT', `${controlPath}/operations`, call =>
      change(call, controls.setOperations, controls.operations),
    )
    .on('GET', `${controlPath}/locks`, () => ok(controls.locks()))
    .on('PUT', `${controlPath}/locks`, call => change(call, controls.setLocks, controls.locks))
    .on('POST', `${controlPath}/signing-key/rotate`, async call => {
      await controls.rotateSigningKey(jsonObject(call) ?? {})
      return { status: 204 }
    })
  return call => {
    const match = routes.find(call.method, call.path)
    if (match === undefined) return { status: 404, body: { error: 'There is no such control.' } }
    if ('allow' in match) return { status: 405, headers: { allow: match.allow.join(', ') } }
    return match.route(call)
  }
}

const problem = (error: string): Reply => ({ status: 400, body: { error } })
