import type {
  CalendarView,
  EvidenceView,
  HookView,
  OutsideEffect,
  Slot,
  World,
} from '@keyturn/core'

/** Azure's clock has nothing to do with the rig's. */
const azureEpoch = 1_700_000_000_000

/** What is known of those outside the fleet: Azure's evidence, consumers' hooks, the calendar. */
export class FakeOutside {
  /** Azure's word on each key's last use, on the rig's clock; as it will be read. */
  lastUse: Record<Slot, number | null> = { primary: null, secondary: null }
  evidenceDown = false
  reads = 0
  /** What comes of a hook, asked when it starts. */
  onHook: (consumer: string, slot: Slot) => HookView['is'] = () => 'succeeded'
  readonly hooksRun: { readonly consumer: string; readonly slot: Slot }[] = []
  /** Whether a PATCH of `disableLocalAuth` takes effect, and whether one did. */
  disabling = true
  localAuthDisabled = false
  disables = 0
  calendar: CalendarView | undefined = undefined
  #hooks: HookView[] = []
  #evidence: EvidenceView | null = null

  view(): Pick<World, 'evidence' | 'hooks' | 'calendar'> {
    const { calendar } = this
    return {
      evidence: this.#evidence,
      hooks: this.#hooks,
      ...(calendar === undefined ? {} : { calendar }),
    }
  }

  /** A new process remembers nothing. */
  restart(): void {
    this.#hooks = []
    this.#evidence = null
  }

  aTurnPasses(): void {
    this.#evidence = this.#evidence && { ...this.#evidence, fresh: false }
  }

  readEvidence(now: number): void {
    this.reads += 1
    const azure = (slot: Slot) => {
      const at = this.lastUse[slot]
      return at === null ? null : azureEpoch + at
    }
    const lastUse = { primary: azure('primary'), secondary: azure('secondary') }
    const uses = Object.values(lastUse).filter(use => use !== null)
    const lastUseOfAny = uses.length > 0 ? Math.max(...uses) : null
    const look = { at: now, azureNow: azureEpoch + now, lastUse, lastUseOfAny }
    const read = { ...look, fresh: true, error: null }
    this.#evidence = this.evidenceDown ? { ...read, fresh: false, error: 'down' } : read
  }

  run(effect: OutsideEffect, now: number): void {
    if (effect.do === 'disable-local-auth') {
      this.disables += 1
      this.localAuthDisabled = this.disabling
      return
    }
    const { rotation, consumer, slot } = effect
    this.hooksRun.push({ consumer, slot })
    const is = this.onHook(consumer, slot)
    const detail = is === 'failed' ? 'exit code 1' : null
    const others = this.#hooks.filter(hook => hook.consumer !== consumer || hook.slot !== slot)
    this.#hooks = [...others, { rotation, consumer, slot, is, at: now, detail }]
  }
}
