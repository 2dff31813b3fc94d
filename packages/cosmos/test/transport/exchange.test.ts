import { createPipelineRequest } from '@azure/core-rest-pipeline'
import t from 'tap'
import { Exchange } from '../../src/transport/exchange.ts'
import { HandOver } from '../../src/transport/hand-over.ts'

/** As bytes that are more than a string can hold, without half a gigabyte of them. */
const unreadable = Object.assign(Buffer.from('{}'), {
  toString() {
    throw new RangeError('Cannot create a string longer than this')
  },
})

/** Exchanges under way on connections of their own. */
const begin = (handOver: HandOver) => {
  const freed: string[] = []
  const exchange = (name: string) => {
    const client = { dispatch: () => true }
    const lane = { client, release: () => freed.push(name), discard: () => {} }
    const made = new Exchange(createPipelineRequest({ url: 'http://x/' }), lane, handOver)
    made.onHeaders(200, [])
    return made
  }
  return { freed, exchange }
}

t.test('an answer that cannot be read is an error of its own caller alone', async t => {
  const { freed, exchange } = begin(new HandOver())
  const [one, two, three] = [exchange('one'), exchange('two'), exchange('three')]
  one.onData(unreadable)
  for (const each of [two, three]) each.onData(Buffer.from('{}'))
  for (const each of [one, two, three]) each.onComplete()
  const both = Promise.all([two.answer, three.answer])
  await t.rejects(one.answer, { name: 'RestError', message: /Cannot create a string/ })
  t.match(await both, [{ bodyAsText: '{}' }, { bodyAsText: '{}' }])
  t.same(freed, ['one', 'two', 'three'])
})

t.test('it is, too, where nobody else is under way', async t => {
  const { freed, exchange } = begin(new HandOver())
  const alone = exchange('alone')
  alone.onData(unreadable)
  alone.onComplete()
  await t.rejects(alone.answer, { name: 'RestError', message: /Cannot create a string/ })
  t.same(freed, ['alone'])
})
