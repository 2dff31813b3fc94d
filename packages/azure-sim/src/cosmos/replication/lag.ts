import type { Topology } from '../../account/geography.ts'
import type { Region } from '../../account/types.ts'

/** How late regions see what is written; 0 everywhere by default. Settable at any time. */
export interface Lag {
  /** Whether any region may be behind. */
  readonly active: boolean
  /** The regions that serve; the writable one sees everything at once. */
  readonly regions: readonly Region[]
  /** As session tokens tell it. */
  readonly topology: Topology
  /** How late this write is seen there, in milliseconds, by the knobs of this moment. */
  writeMs(region: string, container: string, lsn: number): number
  /** How late this new container is known there, in milliseconds. */
  containerMs(region: string, container: string): number
}

/** No region is ever behind. */
export const noLag: Lag = {
  active: false,
  regions: [],
  topology: { version: 0, hub: 1 },
  writeMs: () => 0,
  containerMs: () => 0,
}
