import { createHmac } from 'node:crypto'
import { format, inspect } from 'node:util'
import { fingerprintOfKey, Key } from '@keyturn/keyring'
import t from 'tap'
import { newKey } from './support.ts'

t.test('a key signs as its bytes do', async t => {
  const value = newKey()
  const expected = createHmac('sha256', Buffer.from(value, 'base64')).update('text')
  t.equal(new Key(value).sign('text'), expected.digest('base64'))
  t.equal(new Key(value).reveal(), value)
})

t.test('a key is named by its fingerprint alone, however it is printed', async t => {
  const value = newKey()
  const key = new Key(value)
  t.equal(key.fingerprint, fingerprintOfKey(value))
  const printed = [
    String(key),
    `${key}`,
    JSON.stringify({ key }),
    inspect(key, { showHidden: true, depth: null, getters: true }),
    format('%s %o %j', key, key, key),
    JSON.stringify(Object.getOwnPropertyDescriptors(key)),
  ]
  const raw = Buffer.from(value, 'base64')
  for (const text of printed) {
    t.match(text, key.fingerprint)
    for (const secret of [value, raw.toString('hex'), raw.toString('latin1')]) {
      t.notOk(text.includes(secret), 'and says nothing of the key')
    }
  }
})

t.test('what is no account key is refused without being quoted', async t => {
  const short = Buffer.alloc(32, 7).toString('base64')
  for (const value of ['', short, `${newKey()}\n`, `"${newKey()}"`, newKey().slice(4)]) {
    const error = t.throws(() => new Key(value), TypeError)
    if (value !== '') t.notOk(String(error).includes(value))
  }
})
