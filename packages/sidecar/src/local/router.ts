import { Refused } from './refused.ts'

export interface Route {
  readonly method: string
  /** With `{id}` where a client's id stands. */
  readonly path: string
}

export interface Found<Kind extends Route> {
  readonly route: Kind
  readonly id: string | undefined
}

export type Router<Kind extends Route> = (
  method: string | undefined,
  url: string | undefined,
) => Found<Kind> | null

const placeholder = '{id}'

/** Finds the route for a request. Whatever is not exactly one of them is none. */
export const routerOf = <Kind extends Route>(routes: readonly Kind[]): Router<Kind> => {
  const fixed = new Map<string, Kind>()
  const withId: { readonly route: Kind; readonly before: string; readonly after: string }[] = []
  for (const route of routes) {
    const [before = '', after] = route.path.split(placeholder)
    if (after === undefined) fixed.set(`${route.method} ${route.path}`, route)
    else withId.push({ route, before, after })
  }
  return (method = '', url = '') => {
    const asked = method === 'HEAD' ? 'get' : method.toLowerCase()
    const path = url.split('?', 1)[0] ?? ''
    const route = fixed.get(`${asked} ${path}`)
    if (route !== undefined) return { route, id: undefined }
    for (const { route, before, after } of withId) {
      if (route.method !== asked || !path.startsWith(before) || !path.endsWith(after)) continue
      const id = path.slice(before.length, path.length - after.length)
      if (id !== '' && !id.includes('/')) return { route, id: decoded(id) }
    }
    return null
  }
}

const decoded = (id: string): string => {
  try {
    return decodeURIComponent(id)
  } catch {
    throw new Refused('BAD_REQUEST')
  }
}
