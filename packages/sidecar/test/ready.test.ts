import type { SourceStatus } from '@keyturn/keyring'
import t from 'tap'
import { SpokenSource } from './helpers/keysets.ts'
import { ask, attachment } from './helpers/local.ts'
import { fencedKeyset, startBeside } from './helpers/sidecars.ts'

/** A source that went silent when the test says so. */
class AgedSource extends SpokenSource {
  ageMs = 0
  override status(): SourceStatus {
    return { ...super.status(), ageMs: this.ageMs }
  }
}

t.test(
  'a source that is silent for too long makes it not ready, and keys are served on',
  async t => {
    const source = new AgedSource(fencedKeyset(1))
    const { socket, lines } = await startBeside(t, { source, stalenessMsMax: 60_000 })
    await lines.until('serving')
    source.ageMs = 60_000
    t.equal((await ask(socket, 'GET', '/readyz')).status, 200, 'at the bound')
    source.ageMs = 60_001
    const red = await ask(socket, 'GET', '/readyz')
    t.match(JSON.parse(red.text), { status: 503, code: 'KEYSET_STALE' })
    t.equal((await ask(socket, 'GET', '/healthz')).status, 200, 'no reason to restart it')
    await ask(socket, 'PUT', '/v1/clients/c-1', { body: attachment('c-1') })
    const headers = { 'keyturn-client': 'c-1' }
    t.equal((await ask(socket, 'GET', '/v1/keyset', { headers })).status, 200)
    source.ageMs = 0
    t.equal((await ask(socket, 'GET', '/readyz')).status, 200, 'and green again')
  },
)
