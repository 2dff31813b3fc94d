import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import t from 'tap'
import { sabotages } from './support/sabotages.ts'

const at = (name: string): string => join(import.meta.dirname, 'support', name)

interface Hunt {
  readonly caught: boolean
  readonly after: number
  readonly why: string | null
}

/** Plays the schedules in a process of its own, over sources without one rule. */
const hunt = async (sabotage: string | null, runs: number): Promise<Hunt> => {
  const child = spawn(
    process.execPath,
    [
      '--conditions=keyturn-source',
      '--disable-warning=ExperimentalWarning',
      `--import=${at('sabotage.ts')}`,
      at('hunt.ts'),
    ],
    {
      env: {
        ...process.env,
        KEYTURN_RUNS: String(runs),
        ...(sabotage === null ? {} : { KEYTURN_SABOTAGE: sabotage }),
      },
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  )
  return JSON.parse(await text(child.stdout))
}

t.test('without a sabotage the same schedules go well', async t => {
  t.match(await hunt(null, 100), { caught: false, after: 100 })
})

for (const { name } of sabotages) {
  t.test(`it is noticed when ${name}`, async t => {
    const { caught, after, why } = await hunt(name, 1500)
    t.ok(caught, `after ${after} schedules: ${why}`)
  })
}
