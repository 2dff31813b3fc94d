/** What a path's `:names` matched, percent-decoded. */
export type Params = Readonly<Record<string, string>>

export interface Match<T> {
  readonly route: T
  readonly params: Params
}

interface Entry<T> {
  readonly method: string
  readonly segments: readonly string[]
  readonly route: T
}

/** A table of routes. Literal segments match in any case, as ARM and Key Vault take them. */
export class Routes<T> {
  readonly #entries: Entry<T>[] = []

  on(method: string, pattern: string, route: T): this {
    this.#entries.push({ method, segments: pattern.split('/'), route })
    return this
  }

  /** Every route as `METHOD pattern`, in the order of their declaration. */
  get all(): readonly string[] {
    return this.#entries.map(({ method, segments }) => `${method} ${segments.join('/')}`)
  }

  /** The route, or which methods the path would take, or nothing. */
  find(method: string, path: string): Match<T> | { readonly allow: readonly string[] } | undefined {
    const segments = decode(path)
    if (segments === undefined) return undefined
    const allow: string[] = []
    for (const entry of this.#entries) {
      const params = match(entry.segments, segments)
      if (params === undefined) continue
      if (entry.method === method) return { route: entry.route, params }
      allow.push(entry.method)
    }
    return allow.length > 0 ? { allow } : undefined
  }
}

function decode(path: string): string[] | undefined {
  try {
    return path.split('/').map(decodeURIComponent)
  } catch {
    return undefined
  }
}

function match(pattern: readonly string[], path: readonly string[]): Params | undefined {
  if (pattern.length !== path.length) return undefined
  const params: Record<string, string> = {}
  for (const [at, wanted] of pattern.entries()) {
    const given = path[at] ?? ''
    if (wanted.startsWith(':')) {
      if (given === '') return undefined
      params[wanted.slice(1)] = given
    } else if (wanted.toLowerCase() !== given.toLowerCase()) return undefined
  }
  return params
}
