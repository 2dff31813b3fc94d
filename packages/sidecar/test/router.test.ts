import fc from 'fast-check'
import t from 'tap'
import { operations } from '../src/local/operations.ts'
import { routerOf } from '../src/local/router.ts'

const find = routerOf(Object.values(operations))

t.test('every operation is found by its method and path, query or not', async t => {
  for (const operation of Object.values(operations)) {
    const path = operation.path.replace('{id}', 'c-1')
    const id = path === operation.path ? undefined : 'c-1'
    for (const url of [path, `${path}?`, `${path}?a=/v1/keyset`]) {
      t.same(find(operation.method.toUpperCase(), url), { route: operation, id }, url)
    }
  }
})

t.test('HEAD asks what GET asks, and nothing else is like another', async t => {
  t.equal(find('HEAD', '/healthz')?.route.method, 'get')
  for (const [method, url] of [
    ['POST', '/healthz'],
    ['OPTIONS', '/healthz'],
    ['GET', '/healthz/'],
    ['GET', '/HEALTHZ'],
    ['GET', '//healthz'],
    ['GET', 'http://elsewhere/v1/keyset'],
    ['GET', '*'],
    ['PUT', '/v1/clients/'],
    ['PUT', '/v1/clients'],
    ['PUT', '/v1/clients/a/b'],
    ['POST', '/v1/clients//usage'],
    ['POST', '/v1/clients/a/b/usage'],
    ['POST', '/v1/clients/usage'],
    [undefined, undefined],
  ] as const) {
    t.equal(find(method, url), null, `${method} ${url}`)
  }
})

t.test('an id comes back as it was, whatever is in it', async () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme', minLength: 1 }), id => {
      return find('POST', `/v1/clients/${encodeURIComponent(id)}/usage`)?.id === id
    }),
  )
})

t.test('an id that is no encoding of anything is refused', async t => {
  t.throws(() => find('POST', '/v1/clients/%zz/usage'), { code: 'BAD_REQUEST' })
})
