import t from 'tap'
import { platformPolicyOf, platformSchema } from '../../src/platform/options.ts'

t.test('what is not said has its default, and a decision sees no more than it needs', async t => {
  const kubernetes = platformSchema.parse({
    ...{ is: 'kubernetes', namespaces: ['shop'], selector: 'app=shop' },
  })
  t.match(kubernetes, { machines: false, ageMsMax: 120_000 })
  t.same(platformPolicyOf(kubernetes), { platform: { is: 'kubernetes', ageMsMax: 120_000 } })
  const command = platformSchema.parse({ is: 'command', command: ['who-runs'], ageMsMax: 60_000 })
  t.same(platformPolicyOf(command), { platform: { is: 'command', ageMsMax: 60_000 } })
  const word = { is: 'none', acceptedBy: 'ada', reason: 'three virtual machines' } as const
  t.same(platformPolicyOf(platformSchema.parse(word)), { platform: word })
  t.same(platformPolicyOf(undefined), {})
})

t.test('what cannot work is refused at once', async t => {
  for (const config of [
    { is: 'kubernetes', namespaces: [], selector: 'app=shop' },
    { is: 'kubernetes', namespaces: ['Shop/..'], selector: 'app=shop' },
    { is: 'kubernetes', namespaces: ['shop'], selector: '' },
    { is: 'kubernetes', namespaces: ['shop'], selector: 'a=b', labels: {} },
    { is: 'command', command: [] },
    { is: 'none', reason: 'nobody says so' },
    { is: 'nomad' },
  ]) {
    t.equal(platformSchema.safeParse(config).success, false, JSON.stringify(config))
  }
})
