import { randomBytes } from 'node:crypto'
import t from 'tap'
import { inShort } from '../../src/azure/azure-error.ts'

const key = () => randomBytes(64).toString('base64')

/** As Azure's clients make it of an answer that was cut off on its way: with all of its text. */
const parseError = (text: string): Error => {
  try {
    return Object.assign(new Error('there is nothing wrong'), { text: JSON.parse(text) })
  } catch (error) {
    const said = `Error "${error}" occurred while parsing the response body - ${text}.`
    return Object.assign(new Error(said), { name: 'RestError', code: 'PARSE_ERROR' })
  }
}

t.test('an answer that could not be parsed is not repeated, for it may hold keys', async t => {
  const primary = key()
  const listed = JSON.stringify({ primaryMasterKey: primary, secondaryMasterKey: key() })
  for (const end of [1, 30, 60, 105, 130, listed.length - 1]) {
    const said = inShort(parseError(listed.slice(0, end)))
    t.equal(said, 'PARSE_ERROR: the answer could not be read', `cut after ${end}`)
  }
  const garbled = inShort(parseError(`${listed.slice(0, 60)}"${listed.slice(60)}`))
  t.notMatch(garbled, primary.slice(0, 8))
})

t.test('whatever looks like a key is left out of any error', async t => {
  const secret = key()
  for (const said of [`refused ${secret}`, `${'x '.repeat(70)}${secret}`, `{"k":"${secret}"}`]) {
    const short = inShort(new Error(said))
    t.notOk(short.includes(secret.slice(0, 12)), short)
  }
})

t.test('Azure’s code and its first sentence are kept', async t => {
  const error = (message: string, code?: string) => Object.assign(new Error(message), { code })
  t.equal(
    inShort(error('an exclusive lock\nis held', 'PreconditionFailed')),
    'PreconditionFailed: an exclusive lock',
  )
  t.equal(inShort(error('ECONNRESET', 'ECONNRESET')), 'ECONNRESET')
  t.equal(inShort(error('', 'ETIMEDOUT')), 'ETIMEDOUT')
  t.equal(inShort('no error at all'), 'unknown error')
  const scope = '/subscriptions/1-2/resourceGroups/orders/providers/Microsoft.DocumentDB'
  t.match(inShort(error(`no right over ${scope}`)), scope)
  const guid = '5f0a2c1e-8a9b-4c3d-9e8f-001122334455'
  t.match(inShort(error(`activity ${guid}`)), guid)
})
