import { randomBytes } from 'node:crypto'
import t from 'tap'
import { openArm } from '../../src/azure/arm.ts'
import { openProber } from '../../src/azure/probe.ts'
import { secretKey } from '../../src/secret.ts'
import { startAzure } from '../support.ts'

t.test('a key is tried in a region of its own', async t => {
  const azure = await startAzure(t)
  const { accountId: account, credential, armEndpoint: endpoint } = azure
  const { keys, regions } = await openArm({ account, credential, endpoint }).look(null)
  const prober = openProber(Date.now)
  for (const region of regions) {
    t.equal(await prober.probe(region, keys.primary), null, `accepted in ${region.name}`)
    const stranger = secretKey(randomBytes(64).toString('base64'), 'the test')
    t.equal(await prober.probe(region, stranger), 'HTTP 401, wrong-key')
  }
})

t.test('a region that does not answer is no refusal and no acceptance', async t => {
  const prober = openProber(Date.now)
  const key = secretKey(randomBytes(64).toString('base64'), 'the test')
  const found = await prober.probe({ name: 'Nowhere', endpoint: 'https://127.0.0.1:1/' }, key)
  t.equal(found, 'ECONNREFUSED')
})
