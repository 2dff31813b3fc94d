import { once } from 'node:events'
import { createServer } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import { AzureSim } from '@keyturn/azure-sim'
import { ResilientCosmosClient } from '@keyturn/cosmos'
import t from 'tap'

const names = ['HTTPS_PROXY', 'NO_PROXY', 'https_proxy', 'no_proxy'] as const

t.test('requests go through HTTPS_PROXY, except where NO_PROXY says', async t => {
  const sim = await AzureSim.start({ seed: 21 })
  t.teardown(() => sim.stop())
  const tunnels: string[] = []
  const proxy = createServer()
  proxy.on('connect', (request, client, head) => {
    tunnels.push(request.url ?? '')
    const { hostname, port } = new URL(`http://${request.url}`)
    const upstream = connect(Number(port), hostname, () => {
      client.write('HTTP/1.1 200 Connection Established\r\n\r\n')
      upstream.write(head)
      upstream.pipe(client).pipe(upstream)
    })
    upstream.on('error', () => client.destroy())
    client.on('error', () => upstream.destroy())
  })
  proxy.listen(0, '127.0.0.1')
  await once(proxy, 'listening')
  const before = names.map(name => [name, process.env[name]] as const)
  t.teardown(() => {
    proxy.close()
    proxy.closeAllConnections()
    for (const [name, value] of before) {
      if (value === undefined) delete process.env[name]
      else process.env[name] = value
    }
  })
  for (const name of names) delete process.env[name]
  process.env['HTTPS_PROXY'] = `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`
  const keys = {
    primary: sim.account.shown('primary').key.value,
    secondary: sim.account.shown('secondary').key.value,
  }
  const options = { endpoint: sim.endpoint, keys, transport: { ca: sim.ca } }
  {
    await using client = new ResilientCosmosClient(options)
    await client.getDatabaseAccount()
    t.same(tunnels, [new URL(sim.endpoint).host])
  }
  process.env['NO_PROXY'] = new URL(sim.endpoint).hostname
  await using direct = new ResilientCosmosClient(options)
  await direct.getDatabaseAccount()
  t.equal(tunnels.length, 1)
})
