import type { Container, CosmosClient, Database } from '@azure/cosmos'

/** What the rows of one client share: they run in order, each on what those before it left. */
export interface Scene {
  readonly client: CosmosClient
  readonly database: Database
  readonly container: Container
  /** The same database by a client that encrypts: the SDK's bulk calls fail on such a one. */
  readonly encrypting: Database
  /** What a row leaves for later ones: a continuation, a link, an id that the service gave. */
  readonly kept: Map<string, unknown>
}

/** A call of the SDK's public surface, made with a plain and with a resilient client. */
export interface Row {
  /** `Class.member`; the run sees to it that the row really calls it. */
  readonly call: string
  /** What is special about it; the title of its test. */
  readonly as: string
  readonly run: (scene: Scene) => unknown
  /** Whether it ends in an error: a row that fails for want of a scene compares nothing. */
  readonly fails: boolean
}

/** A call that succeeds. */
export const row = (call: string, as: string, run: Row['run']): Row => ({
  call,
  as,
  run,
  fails: false,
})

/** A call that ends in an error, of the service or of the SDK. */
export const refused = (call: string, as: string, run: Row['run']): Row => ({
  call,
  as,
  run,
  fails: true,
})

/** What an earlier row kept. */
export const kept = (scene: Scene, name: string): string => {
  const value = scene.kept.get(name)
  if (typeof value !== 'string') throw new Error(`no row has kept ${name}`)
  return value
}

/** What an async iterator gives, to its end. */
export const all = async (iterable: AsyncIterable<unknown>): Promise<unknown[]> => {
  const values: unknown[] = []
  for await (const value of iterable) values.push(value)
  return values
}
