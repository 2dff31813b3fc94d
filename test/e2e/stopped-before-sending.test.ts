import { readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import t from 'tap'
import { Turning } from './support/turning.ts'

t.setTimeout(600_000)

const sendWithinMs = 4_000

/** `T` in the kernel's word on the process. */
const isStopped = (pid: number): boolean =>
  / T /.test(readFileSync(`/proc/${pid}/stat`, 'utf8').replace(/^.*\)/, ''))

t.test(
  'a coordinator stopped between its record and the call sends nothing when it goes on',
  async t => {
    const turning = await Turning.open(t, {
      limits: { sendWithinMs },
      preload: new URL('./support/stops-after-intent.ts', import.meta.url),
    })
    const { coordinator } = turning
    await turning.verb({ verb: 'rotate', slot: 'secondary', reason: 'the test' })
    while (!isStopped(coordinator.pid)) await sleep(10)
    const since = performance.now()
    while (performance.now() - since <= sendWithinMs) await sleep(50)
    t.same(turning.calls('POST', '/regeneratekey'), [], 'recorded, not sent, and too late by now')
    coordinator.kill('SIGCONT')
    await coordinator.told(line => (line['event'] === 'effect-failed' ? true : undefined))
    await turning.completed()
    const journal = (await turning.history()).map(({ event }) => event)
    t.same(
      journal
        .filter(({ type }) => type.startsWith('regenerate-'))
        .map(({ type, attempt, why }) => [type, attempt, why].join(' ').trim()),
      [
        'regenerate-intended 1',
        'regenerate-settled 1 expired',
        'regenerate-intended 2',
        'regenerate-accepted 2',
        'regenerate-settled 2 ended',
      ],
    )
    t.equal(turning.calls('POST', '/regeneratekey').length, 1, 'the first one never came')
  },
)
