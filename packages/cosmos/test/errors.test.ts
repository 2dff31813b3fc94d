import t from 'tap'
import { clientClosed, type KeysError, keysUnavailable, localAuthDisabled } from '../src/errors.ts'

const errors: readonly KeysError[] = [
  keysUnavailable(1000, 'the vault answered HTTP 403'),
  localAuthDisabled(401, 5202, '{"message":"Local Authorization is disabled."}'),
  clientClosed(),
]

t.test('every error of ours has a code of its own and names cause and remedy', async t => {
  t.equal(new Set(errors.map(({ code }) => code)).size, errors.length)
  for (const { code, name, message } of errors) {
    t.match(code, /^[A-Z_]+$/)
    t.equal(name, 'KeysError')
    t.ok(message.split(/\.\s|\.$/).filter(Boolean).length >= 2, `${code}: a cause and a remedy`)
  }
})

t.test('what lies behind an error is its cause', async t => {
  const [unavailable, disabled, closed] = errors
  t.match(unavailable?.cause, { message: 'the vault answered HTTP 403' })
  t.same(disabled?.cause, {
    status: 401,
    substatus: 5202,
    message: 'Local Authorization is disabled.',
  })
  t.equal(closed?.cause, undefined)
})

t.test('an answer that is no JSON leaves a cause without a message', async t => {
  for (const body of [undefined, null, '', '<html>', '7', '{"message":7}'])
    t.match(localAuthDisabled(401, null, body).cause, { substatus: null, message: '' })
})
