import { fileURLToPath } from 'node:url'
import t from 'tap'
import { cycles } from './support/house/cycles.ts'
import { brokenDeclarations } from './support/house/declared.ts'
import { houseAt } from './support/house/house.ts'
import { brokenBoundaries } from './support/house/may-import.ts'
import { impure, overlong } from './support/house/rules.ts'

const house = houseAt(fileURLToPath(new URL('..', import.meta.url)))

t.test('the rules see the whole house', async t => {
  const seen = new Set(house.sources.map(({ path }) => path.split('/').slice(0, 3).join('/')))
  for (const { short } of house.packages)
    t.ok(seen.has(`packages/${short}/src`), `packages/${short} has sources`)
})

t.test('every package imports only those that it may', async t => {
  t.equal(brokenBoundaries(house).join('\n'), '')
})

t.test('every import is declared, and every declaration is used', async t => {
  t.equal(brokenDeclarations(house).join('\n'), '')
})

t.test('core has no clock, no chance and no I/O, and waits for nothing', async t => {
  t.equal(impure(house).join('\n'), '')
})

t.test('no files import each other in a circle', async t => {
  t.equal(cycles(house).join('\n'), '')
})

t.test('every file is short enough for one idea', async t => {
  t.equal(overlong(house).join('\n'), '')
})
