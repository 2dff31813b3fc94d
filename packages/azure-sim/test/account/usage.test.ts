import fc from 'fast-check'
import t from 'tap'
import { makeKey, seededKeys } from '../../src/account/keys.ts'
import { KeyUsage } from '../../src/account/usage.ts'

const key = makeKey(seededKeys(1), 'primary', 1)
const record = (at: number, status = 200) => ({
  at,
  status,
  key,
  region: 'West US',
  verb: 'GET',
  resourceType: 'docs',
})

t.test(
  'the last use shows once the lag has passed, and never a use that did not happen',
  async () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: 500 }), { minLength: 1, maxLength: 200 }),
        fc.integer({ min: 0, max: 2_000 }),
        (gaps, lag) => {
          const usage = new KeyUsage(() => lag)
          const uses: number[] = []
          let now = 0
          for (const gap of gaps) {
            now += gap
            uses.push(now)
            usage.note(record(now))
            const exact = uses.findLast(at => at <= now - lag)
            const shown = usage.lastUse(key, now)
            if (exact === undefined ? shown !== undefined : shown === undefined) return false
            // Resolved in steps of a 64th of the lag: never ahead, and at most two steps behind.
            if (exact !== undefined && shown !== undefined) {
              if (!uses.includes(shown) || shown > exact || exact - shown > (2 * lag) / 64 + 1)
                return false
            }
          }
          return usage.lastUse(key, now + lag) === now
        },
      ),
      { numRuns: 500 },
    )
  },
)

t.test('refused requests are no use', async t => {
  const usage = new KeyUsage(() => 0)
  usage.note(record(1, 401))
  usage.note(record(2, 403))
  t.equal(usage.lastUse(key, 10), undefined)
})
