import { createSecretKey } from 'node:crypto'
import fc from 'fast-check'
import t from 'tap'
import { startCosmos } from '../../packages/azure-sim/test/cosmos/support/cosmos.ts'
import { raw } from '../../packages/azure-sim/test/cosmos/support/raw.ts'
import { vectors as table } from '../../packages/azure-sim/test/cosmos/support/vectors.ts'
import { azureSpec } from '../../packages/azure-sim/test/specs.ts'
import { Scoring } from './support/score.ts'
import {
  isAccepted,
  pathOfVector,
  publishedVectors,
  type Request,
  requestOf,
} from './support/vectors.ts'

const vectors = await publishedVectors()
const scoring = new Scoring('vectors', vectors.length)
const problems = new Map(vectors.map(({ id }): [string, string[]] => [id, []]))
t.teardown(() => {
  for (const [id, found] of problems) scoring.count(id, found)
})

const note = (id: string, problem: string) => problems.get(id)?.push(problem)
const noneOf = () => [...problems].flatMap(([id, found]) => found.map(each => `${id}: ${each}`))

t.test('the table of facts is the published file', { skip: azureSpec.skip }, async t => {
  t.equal(table.length, vectors.length)
  for (const [at, vector] of vectors.entries()) {
    const { id, key, verb, resourceType, resourceLink, date, authorization } = vector
    t.match(table[at], { id, key, verb, resourceType, resourceLink, date, authorization })
    t.equal(table[at]?.url ?? null, vector.url ?? null, vector.id)
  }
})

t.test('every published signature is accepted', async t => {
  for (const vector of vectors) {
    if (!(await isAccepted(requestOf(vector), vector.authorization))) {
      note(vector.id, 'its header is refused')
    }
  }
  t.same(noneOf(), [])
})

t.test('every published request is let in over HTTP, at its own time', async t => {
  const { endpoint, keys, clock } = await startCosmos(t)
  for (const vector of vectors) {
    const path = pathOfVector(vector)
    if (path === null) continue
    const primary = keys.get('primary')
    const secret = Buffer.from(vector.key, 'base64')
    keys.current.set('primary', { ...primary, value: vector.key, secret: createSecretKey(secret) })
    clock.offsetMs = Date.parse(vector.date) - Date.now()
    const headers = { 'x-ms-date': vector.date, authorization: vector.authorization }
    const { status } = await raw(endpoint, { verb: vector.verb, path, headers })
    if (status === 401 || status === 403) note(vector.id, `it is answered with ${status}`)
  }
  t.same(noneOf(), [])
})

type Part = Exclude<keyof Request, 'signature' | 'key'>
const textParts: readonly Part[] = ['verb', 'type', 'link', 'date']

/** Every part is signed in lower case, but for the link. */
const isSame = (part: Part, one: string, other: string): boolean =>
  part === 'link' ? one === other : one.toLowerCase() === other.toLowerCase()

/** The request with one byte changed, for each of its bytes in turn; and with one byte more. */
function* changedByOneByte(request: Request, flip: number): Generator<[string, Request]> {
  for (const part of textParts) {
    const bytes = Buffer.from(request[part], 'latin1')
    for (const at of bytes.keys()) {
      const changed = flipped(bytes, at, flip).toString('latin1')
      if (!isSame(part, changed, request[part]))
        yield [`${part} ${at}`, { ...request, [part]: changed }]
    }
    yield [`${part} longer`, { ...request, [part]: `${request[part]}${String.fromCharCode(flip)}` }]
  }
  for (const part of ['signature', 'key'] as const) {
    for (const at of request[part].keys()) {
      yield [`${part} ${at}`, { ...request, [part]: flipped(request[part], at, flip) }]
    }
  }
}

const flipped = (bytes: Buffer, at: number, flip: number): Buffer => {
  const changed = Buffer.from(bytes)
  changed[at] = (changed[at] ?? 0) ^ flip
  return changed
}

t.test('with any one byte changed, every one of them is refused', async t => {
  let tried = 0
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 1, max: 255 }), async flip => {
      for (const vector of vectors) {
        for (const [what, changed] of changedByOneByte(requestOf(vector), flip)) {
          tried++
          if (await isAccepted(changed)) note(vector.id, `${what} changed by ${flip} is accepted`)
        }
      }
      return noneOf().length === 0
    }),
    { numRuns: 4 },
  )
  t.ok(tried > vectors.length * 100, `${tried} tried`)
  t.same(noneOf(), [])
})

t.test('the last digit of a signature has one spelling', async t => {
  // Two of its bits say nothing: a text that sets them is refused.
  const base64 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/='
  for (const vector of vectors) {
    const request = requestOf(vector)
    const text = request.signature.toString('latin1')
    for (const other of base64.replace(text.at(-2) ?? '', '')) {
      const signature = Buffer.from(`${text.slice(0, -2)}${other}=`, 'latin1')
      if (await isAccepted({ ...request, signature })) {
        note(vector.id, `${other} instead of ${text.at(-2)} is accepted`)
      }
    }
  }
  t.same(noneOf(), [])
})
