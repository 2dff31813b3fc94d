import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { AzureSim } from '@keyturn/azure-sim'
import t from 'tap'
import { CoordinatorClient } from '../src/report/coordinator-client.ts'
import { FakeCoordinator } from './helpers/fake-coordinator.ts'
import { anyReport as report } from './helpers/report.ts'

const answering = async (status: number, body: string) => {
  const server = createServer((_request, response) => response.writeHead(status).end(body))
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const client = new CoordinatorClient(
    { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/` },
    'pod-1',
  )
  return {
    send: () => client.report(report, AbortSignal.timeout(60_000)),
    end: async () => {
      await client.close()
      server.close()
    },
  }
}

t.test('a token that rotates is read before each report', async t => {
  const coordinator = await FakeCoordinator.start()
  t.teardown(() => coordinator.stop())
  const tokens = ['one\n', 'two']
  const client = new CoordinatorClient(
    { url: coordinator.url, token: async () => tokens.shift() ?? '' },
    'pod-1',
  )
  t.teardown(() => client.close())
  for (const _ of [1, 2]) await client.report(report, AbortSignal.timeout(60_000))
  t.same(
    coordinator.reports.map(({ authorization }) => authorization),
    ['Bearer one', 'Bearer two'],
  )
})

t.test('what is no answer is refused, and nothing of it is quoted', async t => {
  const cases = [
    [200, 'no json', /HTTP 200, ANSWER_NOT_UNDERSTOOD/],
    [200, '{"floor":"x"}', /ANSWER_NOT_UNDERSTOOD/],
    [409, '{"code":"MEMBER_TWIN"}', /HTTP 409, MEMBER_TWIN/],
    [500, '{"code":"a secret value"}', /HTTP 500\)/],
    [403, 'null', /HTTP 403\)/],
  ] as const
  for (const [status, body, message] of cases) {
    const { send, end } = await answering(status, body)
    await t.rejects(send(), { code: 'COORDINATOR_REFUSED', message }, body)
    await end()
  }
  const { send, end } = await answering(200, 'x'.repeat(100_000))
  await t.rejects(send(), /too long/)
  await end()
})

t.test('a coordinator is trusted by its own authority only where it is named', async t => {
  // Any TLS server will do: what matters is whose certificate it shows.
  const azure = await AzureSim.start({ seed: 1 })
  t.teardown(() => azure.stop())
  const tryOne = async (ca: string | undefined) => {
    const client = new CoordinatorClient(
      { url: azure.vaultUrl, ...(ca === undefined ? {} : { ca }) },
      'pod-1',
    )
    await client
      .report(report, AbortSignal.timeout(60_000))
      .then(
        () => t.fail('it is no coordinator'),
        error =>
          t.match(
            error.code,
            ca === undefined ? /CERT|ISSUER|SIGNED|VERIFY/ : 'COORDINATOR_REFUSED',
          ),
      )
      .finally(() => client.close())
  }
  await tryOne(undefined)
  await tryOne(azure.ca)
})
