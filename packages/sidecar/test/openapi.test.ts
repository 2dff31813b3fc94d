import { problemSchema } from '@keyturn/protocol'
import { Ajv2020 } from 'ajv/dist/2020.js'
import t from 'tap'
import { operations } from '../src/local/operations.ts'
import { problems } from '../src/local/refused.ts'
import { keyset } from './helpers/keysets.ts'
import { ask, attachment, usage } from './helpers/local.ts'
import { fencedKeyset, startBeside } from './helpers/sidecars.ts'

interface Described {
  readonly operationId: string
  readonly requestBody?: { readonly content: Readonly<Record<string, { schema: object }>> }
  readonly responses: Readonly<
    Record<string, { description: string; content?: Record<string, { schema?: object }> }>
  >
}

interface Document {
  readonly openapi: string
  readonly paths: Readonly<Record<string, Readonly<Record<string, Described>>>>
}

const descriptionOf = async (socket: string): Promise<Document> =>
  JSON.parse((await ask(socket, 'GET', '/openapi.json')).text) as Document

const ajv = new Ajv2020({ strict: false, validateFormats: false })

t.test('the description that is served names every operation, and each is there', async t => {
  const { socket } = await startBeside(t)
  const { openapi, paths } = await descriptionOf(socket)
  t.equal(openapi, '3.1.0')
  const described = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, { operationId }]) => ({ path, method, operationId })),
  )
  t.same(described.map(({ operationId }) => operationId).sort(), Object.keys(operations).sort())
  for (const { method, path } of described) {
    const headers = { 'keyturn-client': 'c-9' }
    const where = path.replace('{id}', 'c-9')
    const answer = await ask(socket, method.toUpperCase(), where, { headers })
    t.notMatch(answer.text, /"NOT_FOUND"/, `${method} ${path}`)
  }
})

t.test('what is described is what is taken: schemas and checks agree', async t => {
  const { socket } = await startBeside(t)
  const { paths } = await descriptionOf(socket)
  const bodyOf = (path: string, method: string) => {
    const schema = paths[path]?.[method]?.requestBody?.content['application/json']?.schema
    if (schema === undefined) throw new Error(`${method} ${path} takes no body`)
    return ajv.compile(schema)
  }
  const attach = bodyOf('/v1/clients/{id}', 'put')
  const sample = bodyOf('/v1/clients/{id}/usage', 'post')
  const tries = [
    ['PUT', '/v1/clients/c-1', attach, attachment('c-1')],
    ['PUT', '/v1/clients/c-1', attach, attachment('../c-1')],
    ['PUT', '/v1/clients/c-1', attach, '{"name":"a","pid":-1,"presence":"c-1"}'],
    ['PUT', '/v1/clients/c-1', attach, '{"name":"a","pid":1,"presence":"c-1","more":1}'],
    ['POST', '/v1/clients/c-1/usage', sample, usage(1)],
    ['POST', '/v1/clients/c-1/usage', sample, usage(-1)],
    [
      'POST',
      '/v1/clients/c-1/usage',
      sample,
      usage(2, { usage: [{ fingerprint: 'no', inFlight: 0, total: 0, idleMs: null }] }),
    ],
  ] as const
  for (const [method, path, isDescribed, body] of tries) {
    const { status } = await ask(socket, method, path, { body })
    t.equal(status === 204, isDescribed(JSON.parse(body)), `${method} ${path} ${body}`)
  }
})

t.test('the keyset that is handed out is the one that is described', async t => {
  const { socket, lines } = await startBeside(t)
  await lines.until('serving')
  await ask(socket, 'PUT', '/v1/clients/c-1', { body: attachment('c-1') })
  const { paths } = await descriptionOf(socket)
  const schema =
    paths['/v1/keyset']?.['get']?.responses['200']?.content?.['application/json']?.schema
  const isDescribed = ajv.compile(schema ?? false)
  const headers = { 'keyturn-client': 'c-1' }
  const { text } = await ask(socket, 'GET', '/v1/keyset', { headers })
  t.ok(isDescribed(JSON.parse(text)), JSON.stringify(isDescribed.errors))
  t.notOk(isDescribed({ ...fencedKeyset(1), active: 'third' }))
  t.notOk(isDescribed({ ...keyset(), keys: { primary: 'x', secondary: 'y' } }))
})

t.test('a problem has a code that is described where it is met', async t => {
  const { socket } = await startBeside(t)
  const { paths } = await descriptionOf(socket)
  const met = [
    ['get', '/v1/keyset', '/v1/keyset', undefined],
    ['put', '/v1/clients/{id}', '/v1/clients/c-1', '{'],
    ['delete', '/v1/clients/{id}', '/v1/clients/c-1', usage(1)],
    ['post', '/v1/clients/{id}/usage', '/v1/clients/rendered.x/usage', usage(1)],
    ['post', '/v1/clients/{id}/ack', '/v1/clients/rendered.x/ack', '{"version":1}'],
  ] as const
  for (const [method, route, path, body] of met) {
    const asked = body === undefined ? {} : { body }
    const answer = await ask(socket, method.toUpperCase(), path, asked)
    t.equal(answer.headers['content-type'], 'application/problem+json')
    const problem = problemSchema.parse(JSON.parse(answer.text))
    t.equal(problem.status, answer.status)
    t.match(paths[route]?.[method]?.responses[`${problem.status}`]?.description, problem.code)
  }
})

t.test('every code is reachable from some operation, and has a sentence', async t => {
  const { socket } = await startBeside(t)
  const text = JSON.stringify(await descriptionOf(socket))
  for (const [code, { detail, status }] of Object.entries(problems)) {
    t.match(detail, /^[A-Z].*\.$/, code)
    // What no description can promise: a route that is not there, and a failure of our own.
    if (code === 'NOT_FOUND' || status === 500) continue
    t.match(text, new RegExp(`${code}: `), code)
  }
})
