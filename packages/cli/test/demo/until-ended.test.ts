import type { AccountStatus } from '@keyturn/protocol'
import t from 'tap'
import { phaseMsMax, untilEnded } from '../../src/demo/until-ended.ts'
import { behind, rotation, summary } from '../support/watched.ts'

/** A rotation whose phases last so long, each in ms. */
const lasting = (phases: readonly (readonly [name: string, ms: number])[]) => {
  let now = 0
  const ends = phases.map(([name], index) => ({
    name,
    at: phases.slice(0, index + 1).reduce((sum, [, ms]) => sum + ms, 0),
  }))
  const look = async (): Promise<AccountStatus> => {
    const { name } = ends.find(({ at }) => at > now) ?? { name: 'completed' }
    const status = name === 'completed' ? 'completed' : 'running'
    const turn = rotation([{ name: name as 'preflight', ms: 0 }], { status })
    return { ...summary(turn), members: [], blockers: behind(1) } as unknown as AccountStatus
  }
  const pause = async () => {
    now += 1_000
  }
  return untilEnded(look, { now: () => now, pause })
}

t.test('a rotation that moves on is not stuck, however slow the machine is', async t => {
  const slow = phaseMsMax - 5_000
  const ended = await lasting([
    ['preflight', slow],
    ['fencing-standby', slow],
    ['probing-standby', slow],
  ])
  t.equal(ended.rotation?.status, 'completed')
})

t.test('one that stays in a phase is, and the sentence says why', async t => {
  const stuck = lasting([
    ['preflight', 1_000],
    ['probing-standby', phaseMsMax * 2],
  ])
  await t.rejects(stuck, { message: /^The rotation is stuck in probing-standby: Member orders-1 / })
})
