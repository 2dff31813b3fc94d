import { backoffMs, memberAtStart, storeIsDue } from '@keyturn/core'
import { type Chance, type Clock, rest } from '@keyturn/keyring'
import { reasonOf } from './error.ts'
import { tellFacts } from './facts.ts'
import type { Log } from './log.ts'
import type { Disk } from './ports.ts'
import { Recorder } from './state/recorder.ts'
import { MemberStore } from './store.ts'

export interface RememberedMember {
  readonly store: MemberStore
  readonly recorder: Recorder
}

interface Parts {
  readonly disk: Disk | null
  readonly newId: () => string
  readonly log: Log
}

/**
 * The member as its durable state has it. Nothing of this process is on the disk yet.
 * @throws SidecarError STATE_UNWRITABLE
 */
export const rememberMember = async (parts: Parts): Promise<RememberedMember> => {
  const { disk, newId, log } = parts
  const loaded = await disk?.load()
  if (loaded?.is === 'unreadable') {
    log.error(
      { event: 'state-unreadable', asidePath: loaded.asidePath, reason: loaded.reason },
      'The durable state was not readable and is set aside: clients of before are unknown, and the coordinator will ask about them.',
    )
  }
  if (disk === null) {
    log.warn(
      { event: 'not-durable' },
      'There is no state directory: after a restart this member will not remember its clients, and says so.',
    )
  }
  const stored = loaded?.is === 'state' ? loaded.state : null
  const store = new MemberStore(memberAtStart(stored, newId(), disk !== null))
  const recorder = new Recorder(store, disk)
  let before = store.state
  store.follow(() => {
    tellFacts(log, before, store.state)
    before = store.state
  })
  return { store, recorder }
}

interface KeepParts extends RememberedMember {
  readonly clock: Clock
  readonly chance: Chance
  readonly log: Log
}

const backoff = { firstMs: 100, maxMs: 10_000 } as const

/** Writes whatever becomes due, until the signal is aborted; a full disk is tried again. */
export const keepRecorded = async (parts: KeepParts, signal: AbortSignal): Promise<void> => {
  const { store, recorder, clock, chance, log } = parts
  for (let failures = 0; !signal.aborted; ) {
    await store.until(storeIsDue, signal)
    if (signal.aborted) return
    try {
      await recorder.record()
      failures = 0
    } catch (error) {
      failures += 1
      const fact = { event: 'state-not-written', reason: reasonOf(error), failures }
      log.error(fact, 'The durable state could not be written: nothing new is acknowledged.')
      await rest(clock, backoffMs(failures, chance(), backoff), signal)
    }
  }
}
