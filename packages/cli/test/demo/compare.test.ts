import t from 'tap'
import { judge } from '../../src/demo/compare.ts'
import { resultWith } from '../support/reports.ts'

t.test('what fails alike without a rotation did not fail because of it', async t => {
  const rotated = [
    resultWith([
      ['one.0/3', 'ECONNRESET'],
      ['one.1/9', '503'],
    ]),
  ]
  const unrotated = [resultWith([['one.0/3', 'ECONNRESET']]), resultWith([['one.1/9', '503']])]
  t.same(judge(rotated, unrotated), {
    failedByRotation: 0,
    comparison: { operations: 20, failed: 2, alike: 2, onlyWithout: 0 },
  })
})

t.test('what fails only with the rotation is its fault', async t => {
  const rotated = [
    resultWith([
      ['one.0/3', 'ECONNRESET'],
      ['one.0/4', '401'],
    ]),
  ]
  t.match(judge(rotated, [resultWith([['one.0/3', 'ECONNRESET']])]), { failedByRotation: 1 })
  t.match(judge(rotated, [resultWith([])]), { failedByRotation: 2 })
})

t.test('the same operation failing in another way is no excuse', async t => {
  const verdict = judge([resultWith([['one.0/3', '401']])], [resultWith([['one.0/3', '503']])])
  t.match(verdict, { failedByRotation: 1, comparison: { alike: 0, onlyWithout: 1 } })
})

t.test('what fails only without a rotation is told, and counts for nothing', async t => {
  const verdict = judge([resultWith([])], [resultWith([['one.0/3', '503']])])
  t.match(verdict, { failedByRotation: 0, comparison: { failed: 1, alike: 0, onlyWithout: 1 } })
})
