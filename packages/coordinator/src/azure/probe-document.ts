import { type Ask, failureOf, linkOf, type ProbeContainer, pathOf } from './probe-container.ts'

/** A probe document that a crash leaves behind goes after this, where its container has a TTL. */
const ttlSeconds = 60

/** A read of one document, which need not be there: only who is let in learns that it is not. */
export const readDocument = async (
  ask: Ask,
  container: ProbeContainer,
  id: string,
): Promise<string | null> => {
  const resourceLink = `${linkOf(container)}/docs/${id}`
  const answer = await ask({
    ...{ verb: 'get', resourceType: 'docs', resourceLink },
    ...{ path: pathOf(resourceLink), headers: partitionOf(container, id) },
  })
  return failureOf(', at a document', answer)
}

/** Writes the probe document, and deletes it again. */
export const writeDocument = async (
  ask: Ask,
  container: ProbeContainer,
  id: string,
): Promise<string | null> => {
  const link = linkOf(container)
  const written = await ask({
    ...{ verb: 'post', resourceType: 'docs', resourceLink: link },
    path: `${pathOf(link)}/docs`,
    headers: {
      ...partitionOf(container, id),
      'content-type': 'application/json',
      'x-ms-documentdb-is-upsert': 'true',
    },
    body: JSON.stringify(documentFor(container, id)),
  })
  if (written.status >= 300) {
    return failureOf(', at a write', written) ?? `HTTP ${written.status}, at a write`
  }
  const resourceLink = `${link}/docs/${id}`
  const deleted = await ask({
    ...{ verb: 'delete', resourceType: 'docs', resourceLink },
    ...{ path: pathOf(resourceLink), headers: partitionOf(container, id) },
  })
  return failureOf(', at a delete', deleted)
}

/** The id is the value of every partition key, so that `/id` itself may be one. */
const partitionOf = (
  { partitionKeyPaths: paths }: ProbeContainer,
  id: string,
): Readonly<Record<string, string>> =>
  paths.length === 0 ? {} : { 'x-ms-documentdb-partitionkey': JSON.stringify(paths.map(() => id)) }

const documentFor = ({ partitionKeyPaths }: ProbeContainer, id: string): object => {
  const document: Record<string, unknown> = { id, ttl: ttlSeconds }
  for (const path of partitionKeyPaths) {
    const names = path.split('/').slice(1).map(unquoted)
    put(document, names, id)
  }
  return document
}

/** `/"a name"/b` is a path as well. */
const unquoted = (name: string): string => name.replace(/^"(.*)"$/, '$1')

const put = (into: Record<string, unknown>, names: readonly string[], value: string): void => {
  const [name, ...rest] = names
  if (name === undefined) return
  if (rest.length === 0) {
    into[name] = value
    return
  }
  const inner = (into[name] ?? {}) as Record<string, unknown>
  into[name] = inner
  put(inner, rest, value)
}
