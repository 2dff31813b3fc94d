export {
  backgroundClock,
  type Chance,
  type Clock,
  rest,
  systemChance,
  systemClock,
} from './clock.ts'
export { KeysetError, keysetFromDocument, keysetToDocument, parseKeyset } from './document.ts'
export { type FixedOptions, FixedSource, fixed, type KeyPair } from './fixed.ts'
export { fingerprintOfKey, Key } from './key.ts'
export { type RefreshLimits, type RefreshOutcome, refreshLimits } from './ring/refresher.ts'
export { Ring, type RingOptions } from './ring/ring.ts'
export type { Begun, Signed, SigningRequest } from './ring/signing.ts'
export type {
  LiveKey,
  LiveKeyset,
  RefreshReason,
  RingNews,
  RingSink,
  Source,
  SourceKind,
  SourceStatus,
} from './source.ts'
export { type ChainOptions, ChainSource, chain, type ServingChange } from './sources/chain.ts'
export type { Texts, Volume } from './sources/directory.ts'
export { type FilesOptions, FilesSource, files } from './sources/files.ts'
export { KeyVaultSource, keyVault } from './sources/key-vault.ts'
export type {
  KeyVaultOptions,
  SecretFacts,
  SecretNames,
  SecretReader,
} from './sources/key-vault-options.ts'
export type {
  LocalAnswer,
  LocalRequest,
  LocalStream,
  SidecarLine,
} from './sources/sidecar/http.ts'
export { type Presence, PresenceSocket, presencePath } from './sources/sidecar/presence.ts'
export {
  type OwnLine,
  SidecarSource,
  type SidecarSourceOptions,
  sidecar,
} from './sources/sidecar/sidecar.ts'
