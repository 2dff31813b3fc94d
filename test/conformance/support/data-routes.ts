import type { AzureSim } from '../../../packages/azure-sim/src/index.ts'
import { dataRequest } from './signed-request.ts'

const verbs = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'] as const

/** Below what each type lies; in a container where it is not named here. */
const owners: Readonly<Record<string, string>> = {
  dbs: '',
  offers: '',
  colls: 'dbs/d',
  users: 'dbs/d',
  clientencryptionkeys: 'dbs/d',
  permissions: 'dbs/d/users/u',
  attachments: 'dbs/d/colls/c/docs/x',
}

/** Where a type is found, as a feed and as one item. */
interface Place {
  readonly name: string
  readonly type: string
  readonly path: string
  /** What is signed. */
  readonly link: string
}

/** Words by which the simulator, as the service, says that there is no such thing. */
const notServed =
  /not supported by this simulator|Request url is invalid|requested verb is not supported/

const placesOf = (type: string, offer: string): readonly Place[] => {
  if (type === '') return [{ name: 'account', type, path: '/', link: '' }]
  if (type === 'offers') {
    const item = { name: 'offers/*', type, path: `/offers/${offer}`, link: offer.toLowerCase() }
    return [{ name: type, type, path: '/offers', link: '' }, item]
  }
  const owner = owners[type] ?? 'dbs/d/colls/c'
  const feed = owner === '' ? type : `${owner}/${type}`
  return [
    { name: type, type, path: `/${feed}`, link: owner },
    { name: `${type}/*`, type, path: `/${feed}/x`, link: `${feed}/x` },
  ]
}

/**
 * Which verbs the data plane takes for which resource types, found out by asking it: `GET docs` for
 * a feed, `GET docs/*` for one item, `GET account` for the account itself.
 *
 * @param types of Microsoft's SDK
 */
export const servedRoutes = async (
  sim: AzureSim,
  types: readonly string[],
): Promise<readonly string[]> => {
  const offer = await prepare(sim)
  const served: string[] = []
  for (const place of types.flatMap(type => placesOf(type, offer))) {
    for (const verb of verbs) {
      if (await isServed(sim, verb, place)) served.push(`${verb} ${place.name}`)
    }
  }
  // A HEAD has no body that could say why it was refused: it is served where GET is.
  return served.filter(
    route => !route.startsWith('HEAD ') || served.includes(route.replace('HEAD', 'GET')),
  )
}

/** A database, a user, a container; and an offer, whose id the service gives. */
const prepare = async (sim: AzureSim): Promise<string> => {
  const create = (type: string, link: string, body: object, headers = {}) => {
    const path = link === '' ? `/${type}` : `/${link}/${type}`
    return dataRequest(sim, { verb: 'POST', type, link, path, headers, body: JSON.stringify(body) })
  }
  await create('dbs', '', { id: 'd' }, { 'x-ms-offer-throughput': '400' })
  await create('dbs', '', { id: 'x' })
  await create('users', 'dbs/d', { id: 'u' })
  await create('colls', 'dbs/d', { id: 'x', partitionKey: { paths: ['/id'], kind: 'Hash' } })
  await create('colls', 'dbs/d', { id: 'c', partitionKey: { paths: ['/id'], kind: 'Hash' } })
  const { body } = await dataRequest(sim, { type: 'offers', link: '', path: '/offers' })
  const { Offers } = body as { Offers?: readonly { id: string }[] }
  return Offers?.[0]?.id ?? 'none'
}

const isServed = async (sim: AzureSim, verb: string, place: Place): Promise<boolean> => {
  const { name, ...request } = place
  const hasBody = verb !== 'GET' && verb !== 'HEAD'
  const { status, body } = await dataRequest(sim, {
    ...{ verb, ...request },
    // Never the container itself: others are asked for after it.
    ...(hasBody ? { body: '{"id":"y"}' } : {}),
  })
  if (status === 401) throw new Error(`${verb} ${name} was signed wrongly: ${body.message}`)
  return status !== 405 && !notServed.test(body.message ?? '')
}
