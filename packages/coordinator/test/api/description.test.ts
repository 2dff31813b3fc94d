import { createHash } from 'node:crypto'
import { coordinatorOperations, coordinatorProblems } from '@keyturn/protocol'
import { Ajv2020, type AnySchema } from 'ajv/dist/2020.js'
import t from 'tap'
import { ask, configFor, report, reportOf, startAzure, startCoordinator } from '../support.ts'

interface Document {
  readonly openapi: string
  readonly paths: Record<string, Record<string, Operation>>
}

interface Operation {
  readonly operationId: string
  readonly requestBody?: { readonly content: Record<string, { readonly schema: AnySchema }> }
  readonly responses: Record<
    string,
    { readonly description: string; readonly content: Record<string, { schema?: AnySchema }> }
  >
}

const ajv = new Ajv2020({ strict: false, validateFormats: false })

t.test('every operation is described, and answers as it is described', async t => {
  const azure = await startAzure(t)
  const coordinator = await startCoordinator(t, azure, configFor(t, azure, ['one']))
  await report(coordinator, 'one', reportOf(azure, 'one', {}))
  await ask(coordinator, 'POST', '/v1/accounts/orders/verbs', { verb: 'adopt' })
  await ask(coordinator, 'POST', '/v1/accounts/orders/verbs', { verb: 'rotate', reason: 'due' })
  const document = (await ask(coordinator, 'GET', '/v1/openapi.json')).body as unknown as Document
  t.equal(document.openapi, '3.1.0')
  const described = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ path, method, operation })),
  )
  t.same(
    described.map(({ operation }) => operation.operationId).sort(),
    Object.keys(coordinatorOperations).sort(),
  )
  for (const { path, method, operation } of described) {
    const schema = operation.responses['200']?.content?.['application/json']?.schema
    if (method !== 'get' || schema === undefined) continue
    const answer = await ask(coordinator, 'GET', path.replace('{name}', 'orders'))
    t.equal(answer.status, 200, path)
    const validate = ajv.compile(schema)
    t.ok(validate(answer.body), `${path} ${JSON.stringify(validate.errors)}`)
  }
  const text = JSON.stringify(document)
  for (const code of Object.keys(coordinatorProblems)) {
    if (code !== 'NOT_FOUND') t.match(text, `${code}: `, code)
  }
})

t.test('the page shows all of it, and can do nothing', async t => {
  const azure = await startAzure(t)
  const coordinator = await startCoordinator(t, azure, configFor(t, azure))
  const response = await fetch(`${coordinator.url}/v1/docs`)
  const page = await response.text()
  t.match(response.headers.get('content-type'), /^text\/html/)
  for (const { path } of Object.values(coordinatorOperations)) t.match(page, path)
  t.notMatch(page, /<script|src=|https?:\/\//)
  const [, style = ''] = /<style>(.*?)<\/style>/s.exec(page) ?? []
  const hash = createHash('sha256').update(style).digest('base64')
  const policy = response.headers.get('content-security-policy') ?? ''
  t.match(policy, /^default-src 'none'; style-src 'sha256-/)
  t.ok(policy.includes(hash), 'its own style is allowed, and nothing else')
})
