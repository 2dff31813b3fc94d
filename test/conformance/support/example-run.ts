import { AzureSim, VirtualClock } from '../../../packages/azure-sim/src/index.ts'
import { rawRequest, trust } from '../../../packages/azure-sim/test/clients.ts'
import { elsewhere, states } from './example-states.ts'
import { type Example, pathOf } from './examples.ts'
import { equal } from './pattern.ts'
import { type Instead, type Scene, type SceneAnswer, subscriptionOf } from './scene.ts'
import { lacking, notEchoed } from './shape.ts'

const scopes = {
  arm: 'https://management.azure.com/.default',
  vault: 'https://vault.azure.net/.default',
} as const

/** Longer than any operation here takes. */
const settleMs = 3_600_000

const startFor = async (example: Example, examples: readonly Example[]): Promise<Scene> => {
  const { accountName = 'ddb1', resourceGroupName = 'rg1' } = example.parameters
  const clock = new VirtualClock()
  const sim = await AzureSim.start({
    seed: 11,
    clock,
    tokenLifetimeSeconds: 86_400 * 365,
    accountName: String(accountName),
    resourceGroup: String(resourceGroupName),
    subscriptionId: subscriptionOf(example),
    vaultName: 'myvault',
    ...states[example.name]?.options,
  })
  trust(sim)
  const { service, version } = example
  const base = service === 'arm' ? sim.armEndpoint : sim.vaultUrl
  const { token } = await sim.credential.getToken(scopes[service])
  const call = (method: string, path: string, body?: unknown): Promise<SceneAnswer> => {
    const whole = path.startsWith('https:') ? path : `${base}${path}`
    const versioned = whole.includes('api-version=')
      ? whole
      : `${whole}${whole.includes('?') ? '&' : '?'}api-version=${version}`
    return rawRequest(versioned, {
      method,
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
  }
  const settle = async ({ headers }: SceneAnswer): Promise<void> => {
    const status = headers.get('azure-asyncoperation')
    if (status === null) return
    clock.advance(settleMs)
    const { body } = await call('GET', status)
    const ended = (body as { status?: string } | undefined)?.status
    if (ended !== 'Succeeded') throw new Error(`the operation ended as ${ended}`)
  }
  const patch = examples.filter(({ name }) => name === 'CosmosDBDatabaseAccountPatch')
  const fullest = patch.find(each => each.version === version) ?? patch.at(-1)
  return {
    ...{ sim, clock, example, call, settle, accountPath: sim.accountId },
    fullest: fullest?.parameters['updateParameters'],
  }
}

/** Brings about what the example presupposes, sends it, and says what differs from it. */
export const runExample = async (
  example: Example,
  examples: readonly Example[],
): Promise<readonly string[]> => {
  const state = states[example.name]
  if (state === undefined) return ['nobody says which state it presupposes']
  if (example.operation === null) return ['no document here names its operation']
  const scene = await startFor(example, examples)
  try {
    const instead = (await state.bring?.(scene)) ?? {}
    return await compare(scene, instead)
  } catch (error) {
    return [error instanceof Error ? error.message : String(error)]
  } finally {
    await scene.sim.stop()
  }
}

/** Parameters that are objects are the body, those that are not in the path the query. */
const requestOf = (scene: Scene, instead: Instead) => {
  const { example } = scene
  const { operation } = example
  const named = { ...example.parameters, ...instead }
  const template = operation?.path ?? ''
  const [, body] = Object.entries(named).find(([, value]) => typeof value === 'object') ?? []
  const query = Object.entries(named).filter(
    ([name, value]) =>
      typeof value !== 'object' &&
      !template.includes(`{${name}}`) &&
      ![
        'api-version',
        'vaultBaseUrl',
        'accountName',
        'resourceGroupName',
        'subscriptionId',
        'region',
      ].includes(name),
  )
  const search = new URLSearchParams(
    query.map(([name, value]): [string, string] => [name, String(value)]),
  )
  const texts = Object.fromEntries(
    Object.entries(instead).map(([name, value]) => [name, String(value)]),
  )
  const path = pathOf(example, { ...texts, subscriptionId: subscriptionOf(example) })
  return { body, path: query.length === 0 ? path : `${path}?${search}` }
}

const compare = async (scene: Scene, instead: Instead): Promise<readonly string[]> => {
  const { example, call } = scene
  const method = (example.operation?.method ?? '').toUpperCase()
  const { path, body } = requestOf(scene, instead)
  const answer = await call(method, path, body)
  const codes = Object.keys(example.responses)
  // Where the example has both, the service was recorded accepting: 202 first.
  const first = codes.includes('202') ? '202' : (codes[0] ?? '')
  const said = `${answer.status} ${answer.text.slice(0, 200)}`
  if (String(answer.status) !== first) return [`it is answered with ${said} and not ${first}`]
  const shown = first === '202' ? answer : await inTheEnd(scene, answer)
  return [
    ...sameAnswer(example.responses[first]?.body, shown.body, body),
    ...headersOf(example.responses[first]?.headers ?? {}, answer),
    ...(first === '202' ? await followed(scene, answer) : []),
    ...(codes.includes('404')
      ? equal('status of another name', 404, (await other(scene)).status)
      : []),
  ]
}

const sameAnswer = (example: unknown, actual: unknown, sent: unknown): readonly string[] => {
  if (example === undefined)
    return actual === undefined || hasStatus(actual) ? [] : ['it has a body']
  const mayBeEmpty = (path: string) => elsewhere.some(({ field }) => field.test(path))
  return [...lacking(example, actual, mayBeEmpty), ...notEchoed(sent, example, actual)]
}

/** A 202 was recorded with the operation's first status, which no example shows. */
const hasStatus = (body: unknown): boolean =>
  typeof body === 'object' && body !== null && 'status' in body

/** Links of an operation lead to it: the host is the simulator's, the id its own. */
const headersOf = (
  headers: Readonly<Record<string, string>>,
  answer: SceneAnswer,
): readonly string[] =>
  Object.keys(headers).flatMap(name => {
    const given = answer.headers.get(name)
    if (given === null) return [`there is no header ${name}`]
    const { pathname, searchParams } = new URL(given)
    const leads = /\/(operationsStatus|operationResults)\/[0-9a-f-]{36}$/.test(pathname)
    return leads && searchParams.has('api-version') ? [] : [`${name} is ${given}`]
  })

/** To the end of a long-running operation: it succeeds, and `Location` has the final status. */
const followed = async (scene: Scene, answer: SceneAnswer): Promise<readonly string[]> => {
  await scene.settle(answer)
  const final = Object.keys(scene.example.responses).find(code => code !== '202') ?? '200'
  const { status } = await scene.call('GET', answer.headers.get('location') ?? '')
  return equal('final status', Number(final), status)
}

/** What a change of the account that takes its time has made of it. */
const inTheEnd = async (scene: Scene, answer: SceneAnswer): Promise<SceneAnswer> => {
  if (!answer.headers.has('azure-asyncoperation')) return answer
  await scene.settle(answer)
  const account = await scene.call('GET', scene.accountPath)
  if (account.status !== 200) throw new Error(`the account is then answered with ${account.status}`)
  return account
}

const other = ({ example, call }: Scene): Promise<SceneAnswer> =>
  call('HEAD', pathOf(example, { accountName: 'nobodys-name' }))
