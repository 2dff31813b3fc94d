import { blockerCodes } from '@keyturn/core'
import t from 'tap'
import { groupsOf, headOf } from '../src/blockers/groups.ts'
import { remedyOf } from '../src/blockers/remedy.ts'
import { faultOf } from './support/commands.ts'

t.test('every command that helps against a blocker is one', async t => {
  const subject = { member: 'orders-7', client: 'api', consumer: 'monthly' }
  let commands = 0
  for (const code of blockerCodes) {
    for (const account of [undefined, 'orders']) {
      const remedy = remedyOf(code, subject, account)
      if (remedy === null) continue
      commands += 1
      t.equal(await faultOf(remedy), null, remedy)
      t.equal(remedy.includes('--account orders'), account !== undefined)
    }
  }
  t.ok(commands > 20)
  t.equal(await faultOf('keyturn evict --reason "…"'), 'keyturn evict --reason "…": 0 arguments')
})

t.test('a command names whom the blocker names, or nobody', async t => {
  const whom = { member: 'orders-7', client: 'api' }
  t.equal(
    remedyOf('CLIENT_LOST', whom),
    'keyturn waive CLIENT_LOST --member orders-7 --client api --reason "…"',
  )
  t.equal(remedyOf('MEMBER_STALE', whom), 'keyturn evict orders-7 --reason "…"')
  t.equal(remedyOf('MEMBER_STALE', {}), null)
  t.equal(remedyOf('CONSUMER_PENDING', {}), null)
  t.equal(remedyOf('BAKING', {}), null, 'it passes by itself')
})

t.test('blockers of one code are one group, and a person reads the first', async t => {
  const behind = (member: string) => ({
    code: 'KEYSET_BEHIND' as const,
    member,
    sentence: `Member ${member} is behind.`,
  })
  const many = Array.from({ length: 200 }, (_, index) => behind(`orders-${index + 1}`))
  const lost = { code: 'CLIENT_LOST', member: 'one', client: 'api', sentence: 'Lost.' } as const
  const [first, second] = groupsOf([...many, lost])
  t.match(first, { code: 'KEYSET_BEHIND', count: 200, sentence: 'Member orders-1 is behind.' })
  t.equal(first && headOf(first), 'KEYSET_BEHIND  orders-1, orders-2, orders-3 and 197 more')
  t.equal(second && headOf(second), 'CLIENT_LOST  api of one')
  const [paused] = groupsOf([{ code: 'PAUSED', sentence: 'Paused.' }])
  t.equal(paused && headOf(paused), 'PAUSED')
})
