import t from 'tap'
import { openArm } from '../../src/azure/arm.ts'
import { retryAfterMs } from '../../src/azure/retry-after.ts'
import { startAzure } from '../support.ts'

t.test('a Retry-After is seconds or a date; anything else asks for nothing', async t => {
  t.equal(retryAfterMs('17', 0), 17_000)
  t.equal(retryAfterMs('Thu, 01 Jan 1970 00:01:00 GMT', 20_000), 40_000)
  t.equal(retryAfterMs('Thu, 01 Jan 1970 00:01:00 GMT', 90_000), 0)
  t.equal(retryAfterMs('soon', 0), 0)
})

t.test('a throttled call tells for how long ARM wants to be left alone, once', async t => {
  const azure = await startAzure(t)
  const { accountId: account, credential, armEndpoint: endpoint } = azure
  const arm = openArm({ account, credential, endpoint })
  azure.weather.once({ service: 'arm', fault: 'throttle', path: 'regenerateKey' })
  const sent = await arm.regenerate('secondary', 5_000)
  t.match(sent, { is: 'refused' })
  t.ok((arm.restMs?.() ?? 0) > 0)
  t.equal(arm.restMs?.(), 0)
  await arm.look(null)
  t.equal(arm.restMs?.(), 0, 'a call that is well asks for nothing')
})
