import type { SourceStatus } from '@keyturn/keyring'
import t from 'tap'
import { watchSource } from '../src/source-watch.ts'
import { LogLines } from './helpers/log-lines.ts'

t.test('a source that fails is told once per reason, and once when it is well again', async t => {
  const errors = [null, 'away', 'away', 'forbidden', null, null]
  const stop = new AbortController()
  const lines = new LogLines()
  const clock = {
    now: () => 0,
    wall: () => 0,
    sleep: async () => {
      if (errors.length === 0) stop.abort()
    },
  }
  const status = (): SourceStatus => ({
    kind: 'keyVault',
    serving: null,
    ageMs: null,
    lastError: errors.shift() ?? null,
  })
  await watchSource(status, { clock, log: lines.log, lookMs: 1_000 }, stop.signal)
  t.same(
    lines.lines.map(({ event, msg }) => [event, msg]),
    [
      ['source-failed', 'away'],
      ['source-failed', 'forbidden'],
      ['source-recovered', 'The source gives keysets again.'],
    ],
  )
})
