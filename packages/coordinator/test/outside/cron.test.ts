import t from 'tap'
import { isCronPattern, systemCron } from '../../src/outside/cron.ts'

const at = (text: string) => Date.parse(text)

t.test('the next time of a pattern is that of its time zone', async t => {
  const after = at('2026-01-15T12:00:00Z')
  t.equal(systemCron.next('0 2 * * *', 'Europe/Berlin', after), at('2026-01-16T01:00:00Z'))
  t.equal(systemCron.next('0 2 * * *', 'America/New_York', after), at('2026-01-16T07:00:00Z'))
  t.equal(systemCron.next('0 2 * * 6', 'UTC', after), at('2026-01-17T02:00:00Z'))
})

t.test('it is later than the moment that was asked of, by a second at the least', async t => {
  const opening = at('2026-01-16T02:00:00Z')
  t.equal(systemCron.next('0 2 * * *', 'UTC', opening), at('2026-01-17T02:00:00Z'))
  t.equal(systemCron.next('0 2 * * *', 'UTC', opening - 1_000), opening)
})

t.test('summer time moves an opening, and loses none', async t => {
  const before = at('2026-03-28T12:00:00Z')
  const first = systemCron.next('30 2 * * *', 'Europe/Berlin', before) ?? 0
  t.ok(first < at('2026-03-29T02:00:00Z'), 'the day that has no half past two has one all the same')
  t.equal(systemCron.next('30 2 * * *', 'Europe/Berlin', first), at('2026-03-30T00:30:00Z'))
})

t.test('a pattern that never comes says so', async t => {
  t.equal(systemCron.next('0 0 30 2 *', 'UTC', at('2026-01-01T00:00:00Z')), null)
})

t.test('what is no pattern is known before it is used', async t => {
  t.ok(isCronPattern('0 2 * * 6'))
  for (const wrong of ['', 'on Saturdays', '61 * * * *', '* * *'])
    t.notOk(isCronPattern(wrong), wrong)
})
