import type { SecretKey } from '@keyturn/core'
import { z } from 'zod'
import { askDataPlane, type DataAnswer, type DataRequest } from './data-plane.ts'

/** Where a policy allows a probe document to be written and deleted. */
export interface ProbeContainerName {
  readonly database: string
  readonly container: string
}

/** A container whose documents are tried, as its definition says. */
export interface ProbeContainer extends ProbeContainerName {
  /** `/pk`, or several of a hierarchical partition key; none: a container from before them. */
  readonly partitionKeyPaths: readonly string[]
}

/** A failure to find one, as a probe tells it; never a body. */
export type Found = { readonly container: ProbeContainer | null } | { readonly failure: string }

/** So many databases are looked into for one with a container. */
const databasesMax = 10

const definitionSchema = z.object({
  id: z.string(),
  partitionKey: z.object({ paths: z.array(z.string()) }).optional(),
})
const databasesSchema = z.object({ Databases: z.array(z.object({ id: z.string() })) })
const containersSchema = z.object({ DocumentCollections: z.array(definitionSchema) })

export type Ask = (asked: DataRequest) => Promise<DataAnswer>

export const asking =
  (endpoint: string, key: SecretKey, now: () => number): Ask =>
  asked =>
    askDataPlane(endpoint, key, asked, now)

export const linkOf = ({ database, container }: ProbeContainerName): string =>
  `dbs/${database}/colls/${container}`

export const pathOf = (link: string): string =>
  `/${link.split('/').map(encodeURIComponent).join('/')}`

/** What went wrong, in a few words; `null`: the key was accepted. */
export const failureOf = (what: string, { status, verdict }: DataAnswer): string | null =>
  verdict.kind === 'accepted' ? null : `HTTP ${status}, ${verdict.kind}${what}`

/** The container that the policy names, by its definition. */
export const namedContainer = async (ask: Ask, name: ProbeContainerName): Promise<Found> => {
  const link = linkOf(name)
  const answer = await ask({
    ...{ verb: 'get', resourceType: 'colls', resourceLink: link },
    path: pathOf(link),
  })
  const what = `, at container ${name.database}/${name.container}`
  if (answer.status >= 300) {
    return { failure: failureOf(what, answer) ?? `HTTP ${answer.status}${what}` }
  }
  return { container: described(name.database, definitionSchema.parse(JSON.parse(answer.text))) }
}

/** Any container of the account; none in an empty one. */
export const anyContainer = async (ask: Ask): Promise<Found> => {
  const listed = await ask({ verb: 'get', resourceType: 'dbs', resourceLink: '', path: '/dbs' })
  const failure = failureOf(', at the list of databases', listed)
  if (failure !== null) return { failure }
  const { Databases: databases } = databasesSchema.parse(JSON.parse(listed.text))
  for (const { id } of databases.slice(0, databasesMax)) {
    const resourceLink = `dbs/${id}`
    const path = `${pathOf(resourceLink)}/colls`
    const answer = await ask({ verb: 'get', resourceType: 'colls', resourceLink, path })
    const refused = failureOf(', at a list of containers', answer)
    if (refused !== null) return { failure: refused }
    if (answer.status >= 300) continue
    const { DocumentCollections: containers } = containersSchema.parse(JSON.parse(answer.text))
    const [first] = containers
    if (first) return { container: described(id, first) }
  }
  return { container: null }
}

const described = (
  database: string,
  { id, partitionKey }: z.infer<typeof definitionSchema>,
): ProbeContainer => ({
  database,
  container: id,
  partitionKeyPaths: partitionKey?.paths ?? [],
})
