import { createHash, createSecretKey } from 'node:crypto'
import type { AccountKey, KeyKind, KeyRing, Region } from '../../../src/account/types.ts'
import { keyKinds } from '../../../src/account/types.ts'

/** A key of 64 bytes that is a pure function of its name. */
export function makeKey(kind: KeyKind, generation = 1): AccountKey {
  const half = (which: string): Buffer =>
    createHash('sha256').update(`${kind}/${generation}/${which}`).digest()
  const bytes = Buffer.concat([half('a'), half('b')])
  const value = bytes.toString('base64')
  return {
    kind,
    generation,
    value,
    secret: createSecretKey(bytes),
    readOnly: kind.endsWith('Readonly'),
    thumbprint: createHash('sha256').update(value).digest('hex').slice(0, 16),
  }
}

/** An account's keys whose acceptance a test sets by hand, region by region. */
export class HandKeys implements KeyRing {
  readonly current = new Map<KeyKind, AccountKey>(keyKinds.map(kind => [kind, makeKey(kind)]))
  readonly retired: AccountKey[] = []
  /** Keys that a region does not take, by `region/kind`. */
  readonly deaf = new Set<string>()

  get(kind: KeyKind): AccountKey {
    return this.current.get(kind) ?? makeKey(kind)
  }

  regenerate(kind: KeyKind): AccountKey {
    const former = this.get(kind)
    this.retired.push(former)
    const next = makeKey(kind, former.generation + 1)
    this.current.set(kind, next)
    return next
  }

  keysTakenBy(region: string, access: 'read' | 'write'): readonly AccountKey[] {
    return [...this.current.values()].filter(
      key => !(access === 'write' && key.readOnly) && !this.deaf.has(`${region}/${key.kind}`),
    )
  }

  keysKnown(): readonly AccountKey[] {
    return [...this.retired, ...this.current.values()]
  }
}

export const westUs: Region = { name: 'West US', endpoint: '', writable: true }
export const eastUs: Region = { name: 'East US', endpoint: '', writable: false }
