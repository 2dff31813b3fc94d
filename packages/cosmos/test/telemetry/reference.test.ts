import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fixed, Ring } from '@keyturn/keyring'
import { createNoopMeter, type Meter, type MeterProvider, metrics } from '@opentelemetry/api'
import t from 'tap'
import { eventNames, KeysEmitter } from '../../src/events.ts'
import { ClientMetrics } from '../../src/telemetry/metrics.ts'
import { newKey } from '../support/account.ts'

const page = readFileSync(join(import.meta.dirname, '../../../../docs/client-telemetry.md'), 'utf8')
const named = (pattern: RegExp): string[] =>
  [...new Set(Array.from(page.matchAll(pattern), ([, name = '']) => name))].sort()

t.test('the page names every instrument, and none that is not there', async t => {
  const made: string[] = []
  const noop = createNoopMeter()
  const meter = new Proxy(noop, {
    get: (target, name: keyof Meter) =>
      name.startsWith('create')
        ? (instrument: string) => {
            made.push(instrument)
            return Reflect.apply(target[name], target, [instrument])
          }
        : Reflect.get(target, name).bind(target),
  })
  const provider: MeterProvider = { getMeter: () => meter }
  metrics.setGlobalMeterProvider(provider)
  t.teardown(() => metrics.disable())
  const ring = new Ring({ source: fixed({ primary: newKey(), secondary: newKey() }) })
  new ClientMetrics(ring, new KeysEmitter()).unbind()
  t.ok(made.length > 0)
  t.same(named(/^\| `(keyturn\.client\.[\w.]+)` \|/gm), made.sort())
})

t.test('the page names every event and its channel', async t => {
  t.same(named(/^\| `([\w-]+)` \| `keyturn:/gm), [...eventNames].sort())
  t.same(named(/`keyturn:([\w-]+)`/g), [...eventNames].sort())
})
