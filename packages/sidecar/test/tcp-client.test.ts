import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Sidecar } from '@keyturn/sidecar'
import t from 'tap'
import { LocalHttp } from '../../keyring/src/sources/sidecar/http.ts'
import { SpokenSource } from './helpers/keysets.ts'
import { scratch } from './helpers/scratch.ts'
import { fencedKeyset } from './helpers/sidecars.ts'

const signal = AbortSignal.timeout(20_000)
const healthz = { method: 'GET', path: '/healthz' } as const

t.test('a client on TCP shows the token that the file holds now', async t => {
  const tokenFile = join(await scratch(t), 'token')
  const source = new SpokenSource(fencedKeyset(1))
  const sidecar = new Sidecar({ name: 'pod-1', source, tcp: { port: 0, tokenFile } })
  await sidecar.start()
  t.teardown(() => sidecar.stop())
  const line = new LocalHttp({ url: sidecar.url ?? '', tokenFile })
  t.teardown(() => line.close())
  t.equal((await line.ask(healthz, signal)).status, 200)
  await writeFile(tokenFile, 'n'.repeat(43))
  t.equal((await line.ask(healthz, signal)).status, 200, 'replaced, and read again')
})

t.test('a token file that is not there yet is a failure like any other', async t => {
  const tokenFile = join(await scratch(t), 'token')
  const line = new LocalHttp({ url: 'http://127.0.0.1:9', tokenFile })
  await t.rejects(line.ask(healthz, signal), { code: 'ENOENT' })
})

t.test('a sidecar on another machine is no sidecar', async t => {
  for (const url of [
    'http://10.0.0.1:80',
    'https://127.0.0.1:80',
    'http://localhost.example',
    '',
  ]) {
    t.throws(() => new LocalHttp({ url, tokenFile: '/x' }), TypeError, url)
  }
})
