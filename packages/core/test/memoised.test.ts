import t from 'tap'
import { memoised } from '../src/memoised.ts'

t.test('each value is worked out once, by what it is and not by what it looks like', async t => {
  const asked: object[] = []
  const nothing = memoised((value: object) => {
    asked.push(value)
    return null
  })
  const [one, other] = [{}, {}]
  for (const value of [one, one, other, one, other]) t.equal(nothing(value), null)
  t.equal(asked.length, 2)
  t.equal(asked[0], one)
  t.equal(asked[1], other)
})
