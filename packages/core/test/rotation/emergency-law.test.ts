import { otherSlot, type Slot } from '@keyturn/core'
import { type Mail, Rig } from '@keyturn/testkit'
import fc from 'fast-check'
import t from 'tap'

const slot = fc.constantFrom<Slot>('primary', 'secondary')
const mail = fc.constantFrom<Mail>('delivered', 'answer-lost', 'never-sent', 'late')
const second = fc.integer({ min: 0, max: 300 })
const schedule = fc.record({
  first: fc.option(slot, { nil: undefined }),
  leaked: slot,
  leaksAt: second,
  abortsAt: fc.option(second),
  diesAt: fc.option(second),
  handAt: fc.option(fc.tuple(second, slot)),
  mails: fc.array(mail, { maxLength: 3 }),
})

t.test('whenever a key leaks: it is gone in the end, and nobody was ever stranded', async () => {
  fc.assert(
    fc.property(schedule, ({ first, leaked, leaksAt, abortsAt, diesAt, handAt, mails }) => {
      const rig = Rig.adopted({ limits: { attemptsMax: 100 } })
      const coming = [...mails]
      let broken = false
      rig.mail = going => {
        const staying = otherSlot(going)
        // When it is sent: a hand in the portal may be faster than a POST that comes late.
        broken ||= rig.members.some(
          ({ held }) =>
            held?.fingerprints[staying] !== rig.azure.keys[staying] ||
            held.fenced.includes(staying),
        )
        return coming.shift() ?? 'delivered'
      }
      rig.azure.onPost = going => {
        broken ||= rig.members.some(({ held }) => !held?.fenced.includes(going))
      }
      rig.rotate(first === undefined ? {} : { slot: first })
      let leakedKey = rig.azure.keys[leaked]
      for (let now = 0; now <= 300; now += 1) {
        if (now === abortsAt) rig.say({ verb: 'abort', by: 'ops', reason: 'no' })
        if (now === diesAt) rig.restart()
        if (now === handAt?.[0]) rig.azure.regenerateByHand(handAt[1])
        if (now === leaksAt) {
          // What members hold has leaked: a new key that stands in ARM alone has not.
          leakedKey = rig.azure.vault?.fingerprints[leaked] ?? leakedKey
          const reason = 'in a public log'
          const verb = { verb: 'rotate', by: 'ops', reason, id: 'e', slot: leaked } as const
          const refused = rig.say({ ...verb, emergency: true })
          if (refused.length > 0) throw new Error(JSON.stringify(refused))
        }
        rig.second()
      }
      for (let left = 3_000; left > 0 && !rig.ended; left -= 1) rig.second()
      // A hand in the portal may have been the last: it is seen at the next look.
      rig.run(60)
      const aborted = rig.phase === 'reverted' && (abortsAt ?? -1) > leaksAt
      const { published } = rig.record
      return (
        rig.ended &&
        !broken &&
        (aborted || rig.azure.keys[leaked] !== leakedKey) &&
        published?.fingerprints.primary === rig.azure.keys.primary &&
        published.fingerprints.secondary === rig.azure.keys.secondary &&
        published.fenced.length === 0
      )
    }),
    { numRuns: 150 },
  )
})
