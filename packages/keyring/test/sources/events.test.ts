import fc from 'fast-check'
import t from 'tap'
import { EventReader } from '../../src/sources/sidecar/events.ts'

t.test('events are read however the text is cut', async () => {
  const word = fc.stringMatching(/^[a-z0-9{}":,]{1,20}$/)
  const anyEvent = fc.record({ event: word, id: word, data: word })
  fc.assert(
    fc.property(
      fc.array(anyEvent, { maxLength: 5 }),
      fc.infiniteStream(fc.nat(30)),
      (events, cuts) => {
        const text = events
          .map(({ event, id, data }) => `event: ${event}\nid: ${id}\ndata: ${data}\n\n`)
          .join('')
        const reader = new EventReader()
        const read = []
        for (let at = 0; at < text.length; ) {
          const length = 1 + (cuts.next().value ?? 0)
          read.push(...reader.read(text.slice(at, at + length)))
          at += length
        }
        return JSON.stringify(read) === JSON.stringify(events)
      },
    ),
  )
})

t.test('comments are passed over, and what never ends is an error', async t => {
  const reader = new EventReader()
  t.same(reader.read(': hello\n\nevent:x\ndata:1\ndata: 2\n\n'), [
    { event: 'x', id: null, data: '1\n2' },
  ])
  t.throws(() => reader.read('x'.repeat(300_000)), /does not end/)
})
