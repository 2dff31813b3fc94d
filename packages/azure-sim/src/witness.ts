import type { KeyKind } from './account/types.ts'

/** One data-plane request as the simulator saw it. */
export interface DataRecord {
  readonly at: number
  readonly region: string
  readonly verb: string
  readonly resourceType: string
  /** Which key signed it; `null` where no key this account ever had matches. */
  readonly key: {
    readonly kind: KeyKind
    readonly generation: number
    readonly thumbprint: string
  } | null
  readonly status: number
}

/** Writes down who signed with what, when and where, and each management call: evidence. */
export interface Witness {
  data(record: DataRecord): void
  arm(record: { at: number; verb: string; path: string; status: number; body?: unknown }): void
}
