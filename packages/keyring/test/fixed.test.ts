import { fixed, Ring } from '@keyturn/keyring'
import t from 'tap'
import { newKey } from './support.ts'

t.test('a literal is held as soon as the ring starts', async t => {
  const source = fixed({ primary: newKey(), secondary: newKey(), active: 'secondary' })
  const ring = new Ring({ source })
  t.equal(ring.current, null)
  ring.start()
  t.match(ring.current, { version: 0, active: 'secondary', fenced: [] })
  t.match(source.status(), { kind: 'fixed', serving: 'fixed', lastError: null })
  await ring.stop()
})

t.test('a literal may be replaced while it is in use', async t => {
  const source = fixed({ primary: newKey(), secondary: newKey() })
  const ring = new Ring({ source }).start()
  const before = ring.current?.keys.primary.fingerprint
  source.replace({ primary: newKey(), secondary: newKey() })
  t.not(ring.current?.keys.primary.fingerprint, before)
  await ring.stop()
})

t.test('a literal that is no key is refused at once', async t => {
  t.throws(() => fixed({ primary: 'secret', secondary: newKey() }), TypeError)
})
